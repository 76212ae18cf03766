import type { ReservationUse } from '../../analytics/cost/reservations.js';
import type { Unpriced } from '../../analytics/cost/unpriced.js';
import type { GroupName } from '../../analytics/groups/groups.js';
import { trendsOf } from '../../analytics/time/trends.js';
import { centsText, centsThatAddUp, toCents } from '../../analytics/view/money.js';
import type { RunSql, Scope } from '../../analytics/view/scope.js';
import { asStarted } from '../../findings/as-started.js';
import { reservationLines } from '../money/reservation-lines.js';
import { unpricedLine } from '../money/unpriced-line.js';
import type { Io } from '../terminal/io.js';
import { formatTable, type TableColumn } from '../terminal/table.js';
import { bytesText, dayText, nobody, type ReportLine, sumOf } from './report-lines.js';
import { sparkline } from './sparkline.js';
import { type MissingHours, missingText } from './view-options.js';

/** A report and what it was made of. */
export interface ReportView {
  readonly scope: Scope;
  readonly timezone: string;
  /** Null where nobody was asked: then neither reservations nor unpriced queries are known. */
  readonly missing: MissingHours | null;
  readonly lines: readonly ReportLine[];
  /** What stands beside the lines: idle capacity is no query's. Empty in a view with filters. */
  readonly reservations: readonly ReservationUse[];
  /** Queries that are in no amount. */
  readonly unpriced: readonly Unpriced[];
  readonly by: string;
  readonly output: string;
}

/** A line of the table; `rest` lines are summed in it. */
type ShownLine = ReportLine & { readonly rest: number };

/** A report as a table whose lines add up to its total, for a terminal or a pipe. */
export async function reportText(
  run: RunSql | null,
  view: ReportView & { readonly options: { readonly top?: number } },
  io: Io,
): Promise<string> {
  const { lines, by, scope, timezone, missing, options } = view;
  const isColoured = io.isStdoutTty && !io.env.NO_COLOR && io.env.TERM !== 'dumb';
  const head = `${dayText(scope.window.start, timezone)} – ${dayText(scope.window.end, timezone)} ${timezone}`;
  if (lines.length === 0) return `${head}: no query matches. Widen the range (--range all) or drop a filter.\n`;
  const shown = foldRest(lines, Math.max(1, options.top ?? (by === 'day' ? 92 : 20)));
  const cents = centsThatAddUp(shown.map(({ nanos }) => nanos));
  const total = lines.reduce((sum, { nanos }) => sum + nanos, 0n);
  const last = await overTime(run, view, shown);
  const table = formatTable({
    heading: isColoured ? (text) => `\x1b[1m${text}\x1b[0m` : (text) => text,
    ...(io.isStdoutTty ? { width: io.columns } : {}),
    columns: columnsOf(by),
    rows: shown.map((line, index) => [
      line.rest > 0 ? `(${line.rest} more)` : labelOf(by, line.key),
      count(line.queries),
      count(line.refused),
      line.failed === null ? '' : count(line.failed),
      bytesText(line.scannedBytes),
      costText(line.nanos, cents[index] ?? 0n),
      total === 0n ? '' : `${((Number(line.nanos) / Number(total)) * 100).toFixed(1)} %`,
      last[index] ?? '',
    ]),
    total: totalOf(by, lines, total),
  });
  const untold = unpricedLine(view.unpriced);
  const beside = [...reservationLines(view.reservations), ...(untold ? [untold] : [])].map((line) => `${line}\n`);
  const reserved = beside.length === 0 ? '' : `\n${beside.join('')}`;
  const note = missing === null ? NOT_ASKED(view.output) : missingText(missing, view.output);
  return `${head}\n\n${table}${reserved}${note === null ? '' : `\n${asStarted(note, io.program)}\n`}`;
}

function columnsOf(by: string): TableColumn[] {
  return [
    { title: by, cut: 'middle' },
    ...['queries', 'refused', 'failed', 'scanned', 'cost $', 'share'].map(
      (title): TableColumn => ({ title, align: 'right' }),
    ),
    { title: isBarred(by) ? '' : 'over time', isOptional: true },
  ];
}

/** Days and cost centres have a bar of their cost, the others a line over time. */
function isBarred(by: string): boolean {
  return by === 'day' || by === 'cost-center';
}

/** The catalog that nearly all tables share is left out. */
function labelOf(by: string, key: string | null): string {
  if (key === null) return nobody(by);
  return by === 'table' ? key.replace(/^awsdatacatalog\./, '') : key;
}

/** Cents; an amount that is less than half of one is not shown as nothing. */
function costText(nanos: bigint, cents: bigint): string {
  return nanos > 0n && cents === 0n ? '<0.01' : centsText(cents);
}

/** Athena's table holds rows, and nothing of hours without a report. */
const NOT_ASKED = (output: string) =>
  `Not asked: whether hours are missing (aqt verify ${output}), what has no price, and idle capacity (aqt report ${output}).`;

async function overTime(
  run: RunSql | null,
  { scope, by, timezone }: ReportView,
  shown: readonly ShownLine[],
): Promise<string[]> {
  if (isBarred(by)) {
    const highest = Math.max(...shown.map(({ nanos }) => Number(nanos)), 1);
    return shown.map(({ nanos, rest }) => (rest > 0 ? '' : '█'.repeat(Math.round((Number(nanos) / highest) * 24))));
  }
  if (run === null) return [];
  const trends = await trendsOf(run, scope, {
    by: by as GroupName,
    keys: shown.filter(({ rest }) => rest === 0).map(({ key }) => key),
    timezone,
    measure: by === 'table' ? 'queries' : 'cost',
  });
  return shown.map(({ key, rest }) => (rest > 0 ? '' : sparkline(trends.get(key ?? '') ?? [])));
}

/** A query counts for every table it touches, so only money has a sum by table. */
function totalOf(by: string, lines: readonly ReportLine[], total: bigint): string[] {
  const cost = costText(total, toCents(total));
  if (by === 'table') return ['total', '', '', '', '', cost, '', ''];
  const sum = sumOf(lines);
  return [
    'total',
    count(sum.queries),
    count(sum.refused),
    by === 'cost-center' ? '' : count(sum.failed ?? 0),
    bytesText(sum.scannedBytes),
    cost,
    '',
    '',
  ];
}

/** Keeps the first lines and sums the others into one; the line of nobody is always kept. */
function foldRest(lines: readonly ReportLine[], top: number): ShownLine[] {
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
