import { type HourVerdict, verify } from '../collect/verify.js';
import { openStore } from '../storage/open-store.js';
import { decodeReport } from '../storage/report-codec.js';
import { EXIT, type Io } from './io.js';
import { type DayAccount, sumByDay } from './verify-days.js';

export interface VerifyArguments {
  readonly output: string;
  readonly from?: string;
  readonly to?: string;
  readonly profile?: string;
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
  const request = {
    store,
    from: options.from ?? null,
    to: options.to ?? null,
    decode: decodeReport,
    signal: io.signal,
  };
  for await (const verdict of verify(request)) {
    verdicts.push(verdict);
    if (!options.json) for (const fault of verdict.faults) io.stderr(`${nameOf(verdict)}: ${fault}\n`);
  }
  const days = sumByDay(verdicts);
  const faults = verdicts.filter((verdict) => verdict.faults.length > 0).length;
  if (options.json) io.stdout(`${JSON.stringify(jsonOf(verdicts, days), null, 2)}\n`);
  else if (verdicts.length === 0)
    io.stdout(
      `${options.output} holds no hour of a report. Collect one: aqt collect --from <date> --output ${options.output}\n`,
    );
  else io.stdout(tableOf(days, io));
  return faults > 0 || verdicts.length === 0 ? EXIT.findings : EXIT.done;
}

function nameOf({ tree, reportDate, hour }: HourVerdict): string {
  return `${tree}${reportDate} ${String(hour).padStart(2, '0')}h`;
}

function jsonOf(verdicts: readonly HourVerdict[], days: readonly DayAccount[]) {
  return {
    schema_version: 1,
    unexplained: days.reduce((sum, day) => sum + day.unexplained, 0),
    days: days.map(({ cells: _, ...day }) => day),
    hours: verdicts.map(({ tree, reportDate, hour, manifest, faults, isFinal }) => ({
      tree,
      reportDate,
      hour,
      isFinal,
      faults,
      ledger: manifest?.ledger ?? null,
      pending: manifest?.pending.length ?? 0,
      version: manifest?.version ?? null,
    })),
  };
}

function tableOf(days: readonly DayAccount[], io: Io): string {
  const isColoured = io.isStdoutTty && !io.env.NO_COLOR && io.env.TERM !== 'dumb';
  const paint = (code: number, text: string) => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text);
  const cell = { final: paint(32, '■'), open: paint(36, '□'), empty: paint(90, '·'), fault: paint(31, '✗'), none: ' ' };
  const numbers = (day: DayAccount) => [
    day.startsRead,
    day.rows,
    day.duplicates,
    day.repeatedStarts,
    day.malformed,
    day.unattributed,
    day.pending,
    day.unexplained,
  ];
  const heads = ['read', 'rows', 'copies', 'repeats', 'malformed', 'unattributed', 'to settle', 'unexplained'];
  const total = days.reduce(
    (sum, day) => numbers(day).map((value, index) => value + (sum[index] ?? 0)),
    heads.map(() => 0),
  );
  const name = (day: DayAccount) => `${day.tree}${day.reportDate}`;
  const width = Math.max(10, ...days.map((day) => name(day).length));
  const line = (first: string, cells: string, values: readonly (number | string)[]) =>
    `${first.padEnd(width)}  ${cells}  ${values.map((value, index) => String(value).padStart(heads[index]?.length ?? 0)).join('  ')}\n`;
  const unexplained = total.at(-1) ?? 0;
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
