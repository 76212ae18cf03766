import { chargeback } from '../../analytics/cost/chargeback.js';
import { orderGroups } from '../../analytics/groups/group-list.js';
import { type GroupName, type GroupRow, groupBy } from '../../analytics/groups/groups.js';
import type { RunSql, Scope } from '../../analytics/view/scope.js';
import { UsageError } from '../../compose/usage-error.js';
import type { Answer } from './print-answer.js';

/** One line of a report. Money is in billionths of a dollar, and exact. */
export interface ReportLine {
  /** Null is what belongs to nobody. */
  readonly key: string | null;
  readonly queries: number;
  /** Starts that AWS refused; they are no queries. */
  readonly refused: number;
  readonly nanos: bigint;
  readonly scannedBytes: bigint;
  readonly failed: number | null;
  readonly people: number | null;
}

/** All lines of a report: by day in order of time, else the most expensive first, what belongs to nobody last. */
export async function reportLines(
  run: RunSql,
  scope: Scope,
  { by, directory }: { readonly by: string; readonly directory: Parameters<typeof chargeback>[2] },
): Promise<ReportLine[]> {
  if (by === 'cost-center') {
    const charges = await chargeback(run, scope, directory);
    return charges.map(({ costCenter, ...charge }) => ({ key: costCenter, ...charge, failed: null, people: null }));
  }
  const rows = await groupBy(run, scope, { by: by as GroupName, limit: MAX_LINES });
  if (rows.length === MAX_LINES) throw tooMany(by);
  return linesOf(rows, by);
}

/** The lines out of an answer of Athena to `athenaGroupsSql`. */
export async function athenaLines(answer: Answer, by: string): Promise<ReportLine[]> {
  const rows: Summed[] = [];
  for await (const { columns, rows: part } of answer)
    for (const row of part) {
      const named = Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]));
      rows.push(named as unknown as Summed);
      if (rows.length === MAX_LINES) throw tooMany(by);
    }
  return linesOf(rows, by);
}

type Summed = Pick<
  GroupRow,
  'key' | 'queries' | 'refused' | 'failed' | 'people' | 'nanos' | 'bytes' | 'first' | 'last'
>;

function linesOf(rows: readonly Summed[], by: string): ReportLine[] {
  const ordered = orderGroups(rows, by === 'day' ? 'key' : 'cost');
  const lines = ordered.map(({ key, queries, refused, failed, people, nanos, bytes }) => ({
    ...{ key, queries, refused, failed, people },
    nanos: BigInt(String(nanos ?? 0)),
    scannedBytes: BigInt(String(bytes ?? 0)),
  }));
  return [...lines.filter(({ key }) => key !== null), ...lines.filter(({ key }) => key === null)];
}

function tooMany(by: string): UsageError {
  return new UsageError(`--by ${by} gives more than ${MAX_LINES} lines: narrow the view`);
}

const MAX_LINES = 100_000;

/** What the line of nobody is called. */
export function nobody(by: string): string {
  return { person: '(unresolved)', table: '(no table)', fingerprint: '(no text)' }[by] ?? '(unallocated)';
}

/** Several lines as one, without a key of its own. */
export function sumOf(lines: readonly ReportLine[]): ReportLine {
  let [queries, refused, failed] = [0, 0, 0];
  let [nanos, scannedBytes] = [0n, 0n];
  for (const line of lines) {
    queries += line.queries;
    refused += line.refused;
    failed += line.failed ?? 0;
    nanos += line.nanos;
    scannedBytes += line.scannedBytes;
  }
  return { key: '', queries, refused, failed, people: null, nanos, scannedBytes };
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** Decimal units, three digits. */
export function bytesText(bytes: bigint | number): string {
  let value = Number(bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${UNITS[unit]}`;
}

/** Wall-clock minute in a zone: `2026-11-15 00:00`. */
export function dayText(instant: number, timezone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' });
  return parts.format(instant);
}
