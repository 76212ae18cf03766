import { writeFile } from 'node:fs/promises';
import type { Cache } from '../../analytics/cache/cache.js';
import { csvLine } from '../../analytics/cache/csv.js';
import { GROUP_KEYS, type GroupName } from '../../analytics/view/groups.js';
import { centsText, centsThatAddUp, toCents } from '../../analytics/view/money.js';
import type { RunSql, Scope } from '../../analytics/view/scope.js';
import { trendsOf } from '../../analytics/view/trends.js';
import { readDirectory } from '../collect/directory-file.js';
import { UsageError } from '../terminal/failure.js';
import { EXIT, type Io } from '../terminal/io.js';
import { asStarted } from '../terminal/program-name.js';
import { formatTable } from '../terminal/table.js';
import { openReports } from './open-reports.js';
import { htmlReport } from './report-html.js';
import { bytesText, dayText, nobody, type ReportLine, reportLines, sumOf } from './report-lines.js';
import { sparkline } from './sparkline.js';
import { type MissingHours, missingText, scopeOf, type ViewArguments } from './view-options.js';

export interface ReportArguments extends ViewArguments {
  readonly output: string;
  readonly by?: string;
  /** Lines of the table before the rest is summed; 20 by default. JSON and CSV have all. */
  readonly top?: number;
  readonly json?: boolean;
  readonly csv?: boolean;
  /** File for one self-contained page; `-` is stdout. */
  readonly html?: string;
  /** Identity directory with the chargeback rules, for `--by cost-center`. */
  readonly directory?: string;
  readonly profile?: string;
  readonly offline?: boolean;
}

/** What a report can be made by. */
export const REPORT_KEYS: readonly string[] = [
  'person',
  'team',
  'workgroup',
  'table',
  'app',
  'fingerprint',
  'day',
  'cost-center',
  ...Object.keys(GROUP_KEYS),
].filter((key, index, all) => all.indexOf(key) === index);

/**
 * `aqt report`: queries, cost and bytes by person, team, table, …, for a view. The lines add up to the total, to the cent, and
 * what belongs to nobody is a line of its own.
 */
export async function runReport(options: ReportArguments, io: Io): Promise<number> {
  const by = options.by ?? 'person';
  if (!REPORT_KEYS.includes(by)) throw new UsageError(`--by ${by}: use ${REPORT_KEYS.join(', ')}`);
  if (by === 'cost-center' && !options.directory) {
    throw new UsageError(
      '--by cost-center needs --directory <file> with chargeback rules, or cost centres of teams and people',
    );
  }
  const directory = await readDirectory(options.directory ?? null);
  const cache = await openReports(options, io);
  try {
    const run: RunSql = (sql) => cache.rows(sql, io.signal);
    const view = await scopeOf(run, options);
    if (options.html !== undefined) {
      const page = await htmlReport(run, { ...view, directory, output: options.output, now: io.clock.now() });
      if (options.html === '-') io.data(page);
      else {
        await writeFile(options.html, page);
        io.stderr(`${options.html} (${Math.round(Buffer.byteLength(page) / 1024)} KB, needs no network)\n`);
      }
      return EXIT.done;
    }
    const lines = await reportLines(run, view.scope, { by, directory });
    await print(cache, { ...view, lines, by, options }, io);
    return EXIT.done;
  } finally {
    cache.close();
  }
}

interface Printed {
  readonly scope: Scope;
  readonly timezone: string;
  readonly missing: MissingHours;
  readonly lines: readonly ReportLine[];
  readonly by: string;
  readonly options: ReportArguments;
}

async function print(cache: Cache, printed: Printed, io: Io): Promise<void> {
  const { lines, by, options } = printed;
  const cents = centsThatAddUp(lines.map(({ nanos }) => nanos));
  if (options.json) io.stdout(`${JSON.stringify(jsonOf(printed, cents), null, 2)}\n`);
  else if (options.csv) {
    io.data(csvLine([by, 'queries', 'failed', 'people', 'scanned_bytes', 'cost_usd']));
    for (const [index, line] of lines.entries()) {
      const cost = plainCents(cents[index] ?? 0n);
      io.data(
        csvLine([line.key ?? nobody(by), line.queries, line.failed, line.people, line.scannedBytes.toString(), cost]),
      );
    }
  } else io.stdout(await textOf(cache, printed, io));
}

function jsonOf({ lines, by, scope, timezone, missing }: Printed, cents: readonly bigint[]) {
  const total = lines.reduce((sum, { nanos }) => sum + nanos, 0n);
  return {
    schema_version: 1,
    by,
    from: new Date(scope.window.start).toISOString(),
    to: new Date(scope.window.end).toISOString(),
    timezone,
    missing_hours: missing.gaps,
    faulty_hours: missing.faulty,
    hours_lacking_places: missing.lacking,
    total: {
      queries: lines.reduce((sum, { queries }) => sum + queries, 0),
      cost_usd: plainCents(toCents(total)),
      cost_nano_usd: total.toString(),
    },
    rows: lines.map((line, index) => ({
      key: line.key,
      queries: line.queries,
      failed: line.failed,
      people: line.people,
      scanned_bytes: line.scannedBytes.toString(),
      cost_usd: plainCents(cents[index] ?? 0n),
      cost_nano_usd: line.nanos.toString(),
    })),
  };
}

function plainCents(cents: bigint): string {
  return centsText(cents).replaceAll(',', '');
}

async function textOf(
  cache: Cache,
  { lines, by, scope, timezone, missing, options }: Printed,
  io: Io,
): Promise<string> {
  const isColoured = io.isStdoutTty && !io.env.NO_COLOR && io.env.TERM !== 'dumb';
  const head = `${dayText(scope.window.start, timezone)} – ${dayText(scope.window.end, timezone)} ${timezone}`;
  if (lines.length === 0) return `${head}: no query matches. Widen the range (--range all) or drop a filter.\n`;
  const shown = foldRest(lines, Math.max(1, options.top ?? (by === 'day' ? 92 : 20)));
  const trends =
    by === 'cost-center' || by === 'day'
      ? new Map<string, number[]>()
      : await trendsOf((sql) => cache.rows(sql, io.signal), scope, {
          by: by as GroupName,
          keys: shown.filter(({ rest }) => rest === 0).map(({ key }) => key),
          timezone,
          measure: by === 'table' ? 'queries' : 'cost',
        });
  const cents = centsThatAddUp(shown.map(({ nanos }) => nanos));
  const total = lines.reduce((sum, { nanos }) => sum + nanos, 0n);
  const bytes = lines.reduce((sum, line) => sum + line.scannedBytes, 0n);
  const highest = Math.max(...shown.map(({ nanos }) => Number(nanos)), 1);
  const sum = (part: (line: ReportLine) => number): string => count(lines.reduce((all, line) => all + part(line), 0));
  // A query counts for every table it touches, so these columns have no sum by table.
  const isPartition = by !== 'table';
  const table = formatTable({
    heading: isColoured ? (text) => `\x1b[1m${text}\x1b[0m` : (text) => text,
    columns: [
      { title: by, maxWidth: Math.max(16, io.columns - 66) },
      { title: 'queries', align: 'right' },
      { title: 'failed', align: 'right' },
      { title: 'scanned', align: 'right' },
      { title: 'cost $', align: 'right' },
      { title: 'share', align: 'right' },
      { title: by === 'day' || by === 'cost-center' ? '' : 'over time', maxWidth: 30 },
    ],
    rows: shown.map((line, index) => [
      line.rest > 0 ? `(${line.rest} more)` : (line.key ?? nobody(by)),
      count(line.queries),
      line.failed === null ? '' : count(line.failed),
      bytesText(line.scannedBytes),
      centsText(cents[index] ?? 0n),
      total === 0n ? '' : `${((Number(line.nanos) / Number(total)) * 100).toFixed(1)} %`,
      line.rest > 0
        ? ''
        : by === 'day' || by === 'cost-center'
          ? '█'.repeat(Math.round((Number(line.nanos) / highest) * 24))
          : sparkline(trends.get(line.key ?? '') ?? []),
    ]),
    total: [
      'total',
      isPartition ? sum((line) => line.queries) : '',
      isPartition && by !== 'cost-center' ? sum((line) => line.failed ?? 0) : '',
      isPartition ? bytesText(bytes) : '',
      centsText(toCents(total)),
      '',
      '',
    ],
  });
  const note = missingText(missing, options.output);
  return `${head}\n\n${table}${note === null ? '' : `\n${asStarted(note, io.program)}\n`}`;
}

/** Keeps the first lines and sums the others into one; the line of nobody is always kept. */
function foldRest(lines: readonly ReportLine[], top: number): (ReportLine & { readonly rest: number })[] {
  const isKept = (line: ReportLine, index: number): boolean =>
    index < top || line.key === null || lines.length <= top + 1;
  const kept = lines.filter(isKept).map((line) => ({ ...line, rest: 0 }));
  const others = lines.filter((line, index) => !isKept(line, index));
  if (others.length === 0) return kept;
  const rest = { ...sumOf(others), rest: others.length };
  const named = kept.filter(({ key }) => key !== null);
  return [...named, rest, ...kept.filter(({ key }) => key === null)];
}

function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
