import { UsageError } from '../../compose/usage-error.js';
import { asStarted } from '../../findings/as-started.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { openScratchFolder } from '../../storage/scratch-folder.js';
import { type Examination, examine } from '../../verify/examine.js';
import type { ExaminedTree, PlacedFault } from '../../verify/weigh.js';
import type { addVerify } from '../look/commands-explore.js';
import { openTree } from '../look/open-tree.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { accountOf, type DayAccount, sumByDay } from './verify-days.js';
import { fileLines } from './verify-files.js';
import { placeLines, placesOf } from './verify-places.js';
import { hoursOf, tableOf } from './verify-table.js';
import { faultLines, findingLines, nextSteps } from './verify-text.js';

export type VerifyArguments = OptionsOf<typeof addVerify> & TreeArgument;

interface Result extends Examination {
  readonly days: readonly DayAccount[];
}

/**
 * `aqt verify`: the account of every hour, recomputed. Exit 3 when anything is unexplained, or when there is a finding that nobody
 * accepted.
 * @throws UsageError when there is nothing to verify
 */
export async function runVerify(options: VerifyArguments, io: Io): Promise<number> {
  const { accept, head = null } = options;
  if (accept !== undefined && accept.trim() === '')
    throw new UsageError('--accept needs the reason: --accept "why this is in order"');
  if (head !== null && !/^[0-9a-f]{64}$/.test(head))
    throw new UsageError(`--head ${head}: not the sha256 of a seal, 64 hexadecimal digits, as aqt verify prints it`);
  const store = await openTree(options, io);
  const scratch = openScratchFolder();
  try {
    const examination = await examine({
      ...{
        store,
        from: options.from ?? null,
        to: options.to ?? null,
        codec: REPORT_CODEC,
        signal: io.signal,
        scratch,
        head,
        // What it needs is loaded for it alone: that takes half the time of a small tree.
        ...(options.recompute ? { recompute: (await import('./recompute.js')).createRecompute(store, io) } : {}),
      },
      accept: accept === undefined ? null : { reason: accept, acceptedAt: new Date(io.clock.now()).toISOString() },
    });
    const treeFaults = [...examination.treeFaults, ...headFaults(examination.trees, head)];
    const result = { ...examination, treeFaults, days: sumByDay(examination.hours, examination.findings) };
    if (options.json) io.stdout(`${JSON.stringify(jsonOf(result), null, 2)}\n`);
    else show(result, options, io);
    const isClean = unexplainedOf(result) === 0 && result.findings.every(({ accepted }) => accepted !== null);
    return isClean ? EXIT.done : EXIT.findings;
  } finally {
    scratch.remove();
  }
}

function headFaults(trees: readonly ExaminedTree[], head: string | null): PlacedFault[] {
  if (head === null || trees.some(({ hasHead }) => hasHead)) return [];
  const text = `the seal ${head} is not in the chain (its head is ${trees[0]?.chain.head ?? 'none'}): what was sealed then was changed or removed, or the seal is of another tree`;
  return [{ text, remedy: 'restore', tree: '' }];
}

function unexplainedOf({ days, treeFaults }: Pick<Result, 'days' | 'treeFaults'>): number {
  return days.reduce((sum, day) => sum + day.unexplained, treeFaults.length);
}

function show(result: Result, { output, hours }: VerifyArguments, io: Io): void {
  const { hours: checkedHours, days, trees, treeFaults, findings } = result;
  for (const line of faultLines(checkedHours)) io.stderr(`${line}\n`);
  for (const { tree, text } of treeFaults) io.stderr(`${tree}${text}\n`);
  const unexplained = unexplainedOf(result);
  const open = findings.filter(({ accepted }) => accepted === null);
  const heads = trees.flatMap(({ tree, chain }) =>
    chain.head === null
      ? []
      : [
          `${tree}${chain.length} seals, head ${chain.head}`,
          '  (keep it elsewhere: aqt verify --head <it> proves all of this later)',
        ],
  );
  const lines = [
    verdict(unexplained, open.length),
    ...findingLines(findings),
    ...nextSteps(output, { checkedHours, treeFaults, findings: open }),
    ...heads,
  ];
  io.stdout(
    `${hours ? hoursOf(checkedHours) : ''}${tableOf(days, io)}${placeLines(placesOf(trees))}${fileLines(trees)}${asStarted(lines.join('\n'), io.program)}\n`,
  );
}

/** That reports agree with their evidence says nothing of what the evidence lacks. */
function verdict(unexplained: number, open: number): string {
  if (unexplained > 0) return `${unexplained} unexplained: see the messages above.`;
  return open === 0
    ? 'Nothing is unexplained.'
    : 'Every report agrees with its evidence, which has gaps or contradictions:';
}

function jsonOf(result: Result) {
  const { hours: checkedHours, days, trees, treeFaults, findings } = result;
  return {
    schema_version: 1,
    unexplained: unexplainedOf(result),
    trees: trees.map(({ tree, chain, closings }) => ({
      tree,
      seals: chain.length,
      head: chain.head,
      faults: chain.faults,
      unattributed: days.filter((day) => day.tree === tree).reduce((sum, day) => sum + day.unattributed, 0),
      unlistedWorkGroups: closings.flatMap(({ workGroups }) => workGroups.filter(({ failure }) => failure !== null)),
    })),
    faults: treeFaults.map(({ tree, text }) => `${tree}${text}`),
    places: placesOf(trees),
    files: trees.flatMap(({ tree, files }) => files.map((day) => ({ tree, ...day }))),
    findings: findings.map(({ kind, tree, key, label, days, count, text, next, accepted }) => ({
      kind,
      ...{ tree, reportDate: label?.reportDate ?? null, hour: label?.hour ?? null },
      ...{ key, text, count, from: days?.from ?? null, to: days?.to ?? null, next, accepted },
    })),
    days: days.map(({ cells: _, ...day }) => day),
    hours: checkedHours.map(({ tree, reportDate, hour, manifest, faults, remedies, isFinal }) => ({
      tree,
      reportDate,
      hour,
      isFinal,
      faults,
      remedies,
      ...accountOf(manifest),
      unexplained: faults.length,
      ledger: manifest?.ledger ?? null,
      pending: manifest?.pending.length ?? 0,
      version: manifest?.version ?? null,
    })),
  };
}
