import { type HourVerdict, type TreeVerdict, verify } from '../collect/verify.js';
import type { Manifest } from '../record/manifest.js';
import { openStore } from '../storage/open-store.js';
import { decodeReport } from '../storage/report-codec.js';
import { EXIT, type Io } from './io.js';
import { type DayAccount, sumByDay } from './verify-days.js';

export interface VerifyArguments {
  readonly output: string;
  readonly from?: string;
  readonly to?: string;
  readonly profile?: string;
  /** sha256 of a seal that was kept elsewhere: it must be in the chain. */
  readonly head?: string;
  /** One line for each hour. */
  readonly hours?: boolean;
  readonly json?: boolean;
}

/** `aqt verify`: the account of every hour, recomputed. Exit 3 when anything is unexplained or nothing is there. */
export async function runVerify(options: VerifyArguments, io: Io): Promise<number> {
  const store = await openStore(options.output, {
    clock: io.clock,
    env: io.env,
    ...(options.profile ? { profile: options.profile } : {}),
  });
  const verdicts: HourVerdict[] = [];
  const trees: TreeVerdict[] = [];
  const request = {
    store,
    from: options.from ?? null,
    to: options.to ?? null,
    decode: decodeReport,
    onTree: (tree: TreeVerdict) => void trees.push(tree),
    signal: io.signal,
  };
  for await (const verdict of verify(request)) {
    verdicts.push(verdict);
    if (!options.json) for (const fault of verdict.faults) io.stderr(`${nameOf(verdict)}: ${fault}\n`);
  }
  const days = sumByDay(verdicts);
  const treeFaults = trees.flatMap(({ tree, chain }) => chain.faults.map((fault) => `${tree}${fault}`));
  if (options.head !== undefined && !trees.some(({ chain }) => chain.seals.includes(options.head ?? '')))
    treeFaults.push(
      `the seal ${options.head} is not in the chain: what was sealed then was changed or removed (the chain's head is ${trees[0]?.chain.head ?? 'none'})`,
    );
  const faults = verdicts.filter((verdict) => verdict.faults.length > 0).length + treeFaults.length;
  if (options.json) io.stdout(`${JSON.stringify(jsonOf({ verdicts, days, trees, treeFaults }), null, 2)}\n`);
  else {
    for (const fault of treeFaults) io.stderr(`${fault}\n`);
    if (verdicts.length === 0)
      io.stdout(
        `${options.output} holds no hour of a report. Collect one: aqt collect --from <date> --output ${options.output}\n`,
      );
    else {
      if (options.hours) io.stdout(hoursOf(verdicts));
      io.stdout(tableOf(days, { io, treeFaults: treeFaults.length }));
      io.stdout(witnessText(trees));
    }
  }
  return faults > 0 || verdicts.length === 0 ? EXIT.findings : EXIT.done;
}

function nameOf({ tree, reportDate, hour }: HourVerdict): string {
  return `${tree}${reportDate} ${String(hour).padStart(2, '0')}h`;
}

function jsonOf(result: {
  readonly verdicts: readonly HourVerdict[];
  readonly days: readonly DayAccount[];
  readonly trees: readonly TreeVerdict[];
  readonly treeFaults: readonly string[];
}) {
  const { verdicts, days, trees, treeFaults } = result;
  return {
    schema_version: 1,
    unexplained: days.reduce((sum, day) => sum + day.unexplained, treeFaults.length),
    trees: trees.map(({ tree, chain, closings }) => ({
      tree,
      seals: chain.length,
      head: chain.head,
      faults: chain.faults,
      unattributed: closings.flatMap(({ unattributed }) => unattributed).length,
      unlistedWorkGroups: unlistedIn(closings),
    })),
    faults: treeFaults,
    days: days.map(({ cells: _, ...day }) => day),
    hours: verdicts.map(({ tree, reportDate, hour, manifest, faults, isFinal }) => ({
      tree,
      reportDate,
      hour,
      isFinal,
      faults,
      ...accountOf(manifest),
      unexplained: faults.length,
      ledger: manifest?.ledger ?? null,
      pending: manifest?.pending.length ?? 0,
      version: manifest?.version ?? null,
    })),
  };
}

/** Expected is what either witness told of; what is not a row is explained by a reason. */
function accountOf(manifest: Manifest | null) {
  if (!manifest) return { expected: null, collected: null, explained: null };
  const { startsRead, unattributed, rows, duplicates, repeatedStarts, malformed } = manifest.ledger;
  return { expected: startsRead + unattributed, collected: rows, explained: { duplicates, repeatedStarts, malformed } };
}

function hoursOf(verdicts: readonly HourVerdict[]): string {
  const lines = verdicts.map((verdict) => {
    const { expected, collected, explained } = accountOf(verdict.manifest);
    if (!explained) return `${nameOf(verdict)}  no account: ${verdict.faults.length} unexplained`;
    const reasons = `${explained.duplicates} copies, ${explained.repeatedStarts} repeats, ${explained.malformed} malformed`;
    return `${nameOf(verdict)}  ${expected} expected = ${collected} collected + ${reasons}; ${verdict.faults.length} unexplained`;
  });
  return `${lines.join('\n')}\n\n`;
}

/** What the second witness found, and the hash that proves all of it later. */
function witnessText(trees: readonly TreeVerdict[]): string {
  const lines = trees.flatMap(({ tree, chain, closings }) => {
    const ids = closings.flatMap(({ unattributed }) => unattributed);
    return [
      ...(ids.length > 0
        ? [
            `${tree}${ids.length} executions that Athena lists and CloudTrail had not shown when their day was closed: ${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ', …' : ''}`,
          ]
        : []),
      ...unlistedIn(closings).map(
        ({ region, workGroup, failure }) =>
          `${tree}Athena's list of workgroup ${workGroup} in ${region} could not be read (${failure}): what ran there unseen by CloudTrail is not known`,
      ),
      ...(chain.head === null
        ? []
        : [`${tree}${chain.length} seals, head ${chain.head} (keep it elsewhere; aqt verify --head proves it later)`]),
    ];
  });
  return lines.map((line) => `${line}\n`).join('');
}

function unlistedIn(closings: TreeVerdict['closings']) {
  const groups = closings.flatMap(({ workGroups }) => workGroups.filter(({ failure }) => failure !== null));
  const named = new Map(groups.map((group) => [`${group.accountId}/${group.region}/${group.workGroup}`, group]));
  return [...named.values()];
}

function tableOf(
  days: readonly DayAccount[],
  { io, treeFaults }: { readonly io: Io; readonly treeFaults: number },
): string {
  const isColoured = io.isStdoutTty && !io.env.NO_COLOR && io.env.TERM !== 'dumb';
  const paint = (code: number, text: string) => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text);
  const cell = { final: paint(32, '■'), open: paint(36, '□'), empty: paint(90, '·'), fault: paint(31, '✗'), none: ' ' };
  const numbers = (day: DayAccount) => [
    day.startsRead + day.unattributed,
    day.rows,
    day.duplicates,
    day.repeatedStarts,
    day.malformed,
    day.unattributed,
    day.pending,
    day.unexplained,
  ];
  const heads = ['expected', 'rows', 'copies', 'repeats', 'malformed', 'unattributed', 'to settle', 'unexplained'];
  const total = days.reduce(
    (sum, day) => numbers(day).map((value, index) => value + (sum[index] ?? 0)),
    heads.map(() => 0),
  );
  const name = (day: DayAccount) => `${day.tree}${day.reportDate}`;
  const width = Math.max(10, ...days.map((day) => name(day).length));
  const line = (first: string, cells: string, values: readonly (number | string)[]) =>
    `${first.padEnd(width)}  ${cells}  ${values.map((value, index) => String(value).padStart(heads[index]?.length ?? 0)).join('  ')}\n`;
  const unexplained = (total.at(-1) ?? 0) + treeFaults;
  const ruler = '0     6     12    18    ';
  return [
    line('day', ruler, heads),
    ...days.map((day) => line(name(day), day.cells.map((kind) => cell[kind]).join(''), numbers(day))),
    line('all', ' '.repeat(24), total),
    `\n${cell.final} final  ${cell.open} open: may still change  ${cell.empty} no query  ${cell.fault} faulty or missing\n`,
    unexplained === 0
      ? 'Nothing is unexplained.\n'
      : `${unexplained} unexplained: see the messages above. Damaged or lost: aqt settle <output> --mend; never collected: aqt collect.\n`,
  ].join('');
}
