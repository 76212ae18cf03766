import { COPY_WORDS } from '../../findings/finding-words.js';
import type { ReportStore } from '../../ports/report-store.js';
import { openStore } from '../../storage/open-store.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { acceptFindings, readAccepted } from '../../tree/acceptances.js';
import type { CheckedHour, CheckedTree } from '../../verify/checked.js';
import { verify } from '../../verify/verify.js';
import { treeFindings } from '../../verify/verify-findings.js';
import { UsageError } from '../terminal/failure.js';
import { EXIT, type Io } from '../terminal/io.js';
import { asStarted } from '../terminal/program-name.js';
import { accountOf, type DayAccount, sumByDay } from './verify-days.js';
import { placeLines, placesOf } from './verify-places.js';
import { hoursOf, tableOf } from './verify-table.js';
import { faultLines, findingLines, nextSteps, type PlacedFault, type PlacedFinding } from './verify-text.js';

export interface VerifyArguments {
  readonly output: string;
  readonly from?: string;
  readonly to?: string;
  readonly profile?: string;
  /** sha256 of a seal that was kept elsewhere: it must be in the chain. */
  readonly head?: string;
  /** Why the present findings are in order: they are kept as accepted. */
  readonly accept?: string;
  /** One line for each hour. */
  readonly hours?: boolean;
  readonly json?: boolean;
}

interface Result {
  readonly checkedHours: readonly CheckedHour[];
  readonly days: readonly DayAccount[];
  readonly trees: readonly CheckedTree[];
  readonly treeFaults: readonly PlacedFault[];
  readonly findings: readonly PlacedFinding[];
}

/**
 * `aqt verify`: the account of every hour, recomputed. Exit 3 when anything is unexplained, when there is a finding that nobody
 * accepted, or when nothing is there.
 */
export async function runVerify(options: VerifyArguments, io: Io): Promise<number> {
  if (options.accept !== undefined && options.accept.trim() === '')
    throw new UsageError('--accept needs the reason: --accept "why this is in order"');
  const profile = options.profile ? { profile: options.profile } : {};
  const store = await openStore(options.output, { clock: io.clock, env: io.env, ...profile });
  const checkedHours: CheckedHour[] = [];
  const trees: CheckedTree[] = [];
  const onTree = (tree: CheckedTree) => void trees.push(tree);
  const dates = { from: options.from ?? null, to: options.to ?? null };
  for await (const checked of verify({ store, ...dates, codec: REPORT_CODEC, onTree, signal: io.signal }))
    checkedHours.push(checked);
  if (options.accept !== undefined)
    await accept(store, { trees, checkedHours, reason: options.accept, now: io.clock.now() });
  const { treeFaults, findings } = await weigh(store, { trees, checkedHours, head: options.head ?? null });
  const result = { checkedHours, days: sumByDay(checkedHours), trees, treeFaults, findings };
  if (options.json) io.stdout(`${JSON.stringify(jsonOf(result), null, 2)}\n`);
  else show(result, options, io);
  const isClean = unexplainedOf(result) === 0 && findings.every(({ accepted }) => accepted !== null);
  return isClean && checkedHours.length > 0 ? EXIT.done : EXIT.findings;
}

/** What may be accepted: findings, a copy without its evidence, and a chain of seals that no command can mend. */
function acceptable(
  { tree, chain, closings, faults, missing, isCopy }: CheckedTree,
  checkedHours: readonly CheckedHour[],
) {
  const own = checkedHours.filter((checked) => checked.tree === tree);
  const manifests = own.flatMap(({ manifest }) => manifest ?? []);
  return {
    findings: [
      ...own.flatMap(({ findings }) => findings),
      ...treeFindings(manifests, { closings: isCopy ? null : closings, missing }),
      ...(isCopy && own.length > 0 ? [{ ...COPY_WORDS, label: null, next: null }] : []),
    ],
    broken: faults.filter(({ remedy }) => remedy === 'accept').map((fault) => ({ fault, key: `seals: ${fault.text}` })),
    chain,
  };
}

async function accept(
  store: ReportStore,
  request: {
    readonly trees: readonly CheckedTree[];
    readonly checkedHours: readonly CheckedHour[];
    readonly reason: string;
    readonly now: number;
  },
): Promise<void> {
  const { trees, checkedHours, reason, now } = request;
  for (const tree of trees) {
    const { findings, broken } = acceptable(tree, checkedHours);
    const keys = [...findings, ...broken].map(({ key }) => key);
    const acceptance = { reason, acceptedAt: new Date(now).toISOString() };
    if (keys.length > 0) await acceptFindings(store, { tree: tree.tree, keys, acceptance });
  }
}

/** Separates what is unexplained from what is found, and what was found from what was accepted. */
async function weigh(
  store: ReportStore,
  request: {
    readonly trees: readonly CheckedTree[];
    readonly checkedHours: readonly CheckedHour[];
    readonly head: string | null;
  },
): Promise<{ readonly treeFaults: PlacedFault[]; readonly findings: PlacedFinding[] }> {
  const { trees, checkedHours, head } = request;
  const treeFaults: PlacedFault[] = [];
  const findings: PlacedFinding[] = [];
  for (const checked of trees) {
    const { tree, faults } = checked;
    const accepted = await readAccepted(store, tree);
    const { findings: found, broken } = acceptable(checked, checkedHours);
    for (const finding of found) findings.push({ ...finding, tree, accepted: accepted.get(finding.key) ?? null });
    for (const fault of faults) {
      const key = broken.find((one) => one.fault === fault)?.key;
      const acceptance = key === undefined ? undefined : accepted.get(key);
      if (key !== undefined && acceptance)
        findings.push({ key, label: null, text: fault.text, next: null, tree, accepted: acceptance });
      else treeFaults.push({ ...fault, tree });
    }
  }
  if (head !== null && !trees.some(({ chain }) => chain.seals.includes(head)))
    treeFaults.push({
      text: `the seal ${head} is not in the chain: what was sealed then was changed or removed (the chain's head is ${trees[0]?.chain.head ?? 'none'})`,
      remedy: 'accept',
      tree: '',
    });
  return { treeFaults, findings };
}

function unexplainedOf({ days, treeFaults }: Pick<Result, 'days' | 'treeFaults'>): number {
  return days.reduce((sum, day) => sum + day.unexplained, treeFaults.length);
}

function show(result: Result, { output, hours }: VerifyArguments, io: Io): void {
  const { checkedHours, days, trees, treeFaults, findings } = result;
  for (const line of faultLines(checkedHours)) io.stderr(`${line}\n`);
  for (const { tree, text } of treeFaults) io.stderr(`${tree}${text}\n`);
  if (checkedHours.length === 0) {
    io.stdout(
      asStarted(
        `${output} holds no hour of a report. Collect one: aqt collect --from <date> --output ${output}\n`,
        io.program,
      ),
    );
    return;
  }
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
    unexplained === 0 ? 'Nothing is unexplained.' : `${unexplained} unexplained: see the messages above.`,
    ...findingLines(findings),
    ...nextSteps(output, { checkedHours, treeFaults, findings: open }),
    ...heads,
  ];
  io.stdout(
    `${hours ? hoursOf(checkedHours) : ''}${tableOf(days, io)}${placeLines(placesOf(checkedHours, trees))}${asStarted(lines.join('\n'), io.program)}\n`,
  );
}

function jsonOf(result: Result) {
  const { checkedHours, days, trees, treeFaults, findings } = result;
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
    places: placesOf(checkedHours, trees),
    findings: findings.map(({ tree, key, label, text, next, accepted }) => ({
      ...{ tree, reportDate: label?.reportDate ?? null, hour: label?.hour ?? null },
      ...{ key, text, next, accepted },
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
