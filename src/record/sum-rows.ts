import { IDENTITY_CONFIDENCES, type ReportRow } from './columns.js';
import type { RollupRow } from './rollup-columns.js';

/** Adds up the rows of a day by person, workgroup and table. */
export interface RowSums {
  add(row: ReportRow): void;
  /** The sums in the order of their keys; the same rows give the same, in whatever order. Null where there were more than may be held. */
  rows(): readonly RollupRow[] | null;
}

/** Sums that are held, some 100 MB. What has more is hardly less than its rows. */
export const MOST_SUMS = 200_000;

type Sum = { -readonly [Name in keyof RollupRow]: RollupRow[Name] };

/**
 * Starts with nothing. The cost of a query is split evenly over the tables that it reads (over those it writes when it reads none, whole
 * where it touches none): what does not divide goes, a billionth of a dollar each, to the first of them, so that costs add up exactly.
 */
export function sumRows(most = MOST_SUMS): RowSums {
  const sums = new Map<string, Sum>();
  let isOver = false;
  return {
    add(row) {
      if (isOver) return;
      const reads = row.tables_read ?? [];
      const writes = row.tables_written ?? [];
      const touched = [...reads, ...writes.filter((table) => !reads.includes(table))];
      const shares = sharesOf(row.cost_usd, Math.max(reads.length || writes.length, 1));
      for (const [index, table] of (touched.length > 0 ? touched : [null]).entries()) {
        const { person, workgroup, account_id, region } = row;
        const key = JSON.stringify([person, workgroup, account_id, region, table]);
        const sum = sums.get(key) ?? emptySum(row, table);
        sums.set(key, sum);
        addTouch(sum, row, { reads: reads.includes(table ?? ''), writes: writes.includes(table ?? '') });
        // A table beyond those that are paid for costs nothing, also where nobody knows what the others cost.
        sum.cost_nanos = plus(sum.cost_nanos, index < shares.length ? (shares[index] ?? null) : 0n);
        if (index === 0) addOnce(sum, row);
      }
      isOver = sums.size > most;
      if (isOver) sums.clear();
    },
    rows: () => (isOver ? null : [...sums.values()].sort(compareKeys)),
  };
}

/** Billionths of a dollar for each part; null where the cost is not known. */
function sharesOf(costUsd: number | null, parts: number): readonly (bigint | null)[] {
  if (costUsd === null) return new Array<null>(parts).fill(null);
  const nanos = BigInt(Math.round(costUsd * 1e9));
  const [share, rest] = [nanos / BigInt(parts), Number(nanos % BigInt(parts))];
  return Array.from({ length: parts }, (_, index) => share + (index < rest ? 1n : 0n));
}

function emptySum(row: ReportRow, table: string | null): Sum {
  const { person, workgroup, account_id, region, person_kind, team, identity_method, identity_confidence } = row;
  return {
    ...{ person, workgroup, account_id, region, table_name: table },
    ...{ person_kind, team, identity_method, identity_confidence },
    ...{ queries: 0, refused: 0, failed: 0, cancelled: 0, priced: 0, unpriced: 0, data_scanned_bytes: null },
    ...{ timed: 0, total_ms: null, longest_ms: null, queue_ms: null, longest_queue_ms: null, cost_nanos: null },
    ...{ table_queries: 0, table_refused: 0, table_failed: 0, table_reads: 0, table_writes: 0 },
    ...{ table_scanned_bytes: null, first_start: row.start_time, last_start: row.start_time },
    ...{ last_read: null, last_write: null },
  };
}

/** What counts for every table that a query touches. */
function addTouch(sum: Sum, row: ReportRow, is: { readonly reads: boolean; readonly writes: boolean }): void {
  const { start_time, state } = row;
  if (row.person_kind < sum.person_kind) sum.person_kind = row.person_kind;
  if (row.identity_method < sum.identity_method) sum.identity_method = row.identity_method;
  if (row.team !== null && (sum.team === null || row.team < sum.team)) sum.team = row.team;
  const weaker = IDENTITY_CONFIDENCES.indexOf(row.identity_confidence);
  if (weaker > IDENTITY_CONFIDENCES.indexOf(sum.identity_confidence)) sum.identity_confidence = row.identity_confidence;
  if (state === 'REFUSED') sum.table_refused++;
  else {
    sum.table_queries++;
    if (is.reads) sum.table_reads++;
    if (is.writes) sum.table_writes++;
  }
  if (state === 'FAILED') sum.table_failed++;
  sum.table_scanned_bytes = plus(sum.table_scanned_bytes, wide(row.data_scanned_bytes));
  sum.first_start = Math.min(sum.first_start, start_time);
  sum.last_start = Math.max(sum.last_start, start_time);
  if (is.reads) sum.last_read = later(sum.last_read, start_time);
  if (is.writes) sum.last_write = later(sum.last_write, start_time);
}

/** What counts once for a query, so that it adds up over tables. */
function addOnce(sum: Sum, { state, cost_usd, data_scanned_bytes, total_ms, queue_ms }: ReportRow): void {
  if (state === 'REFUSED') sum.refused++;
  else sum.queries++;
  if (state === 'FAILED') sum.failed++;
  if (state === 'CANCELLED') sum.cancelled++;
  if (cost_usd !== null) sum.priced++;
  else if (state !== 'REFUSED') sum.unpriced++;
  sum.data_scanned_bytes = plus(sum.data_scanned_bytes, wide(data_scanned_bytes));
  if (total_ms !== null) {
    sum.timed++;
    sum.longest_ms = later(sum.longest_ms, total_ms);
  }
  sum.total_ms = plus(sum.total_ms, wide(total_ms));
  if (queue_ms !== null) sum.longest_queue_ms = later(sum.longest_queue_ms, queue_ms);
  sum.queue_ms = plus(sum.queue_ms, wide(queue_ms));
}

function plus(sum: bigint | null, more: bigint | null): bigint | null {
  return more === null ? sum : (sum ?? 0n) + more;
}

function wide(value: number | null): bigint | null {
  return value === null ? null : BigInt(value);
}

function later(known: number | null, other: number): number {
  return known === null ? other : Math.max(known, other);
}

const KEYS = ['person', 'workgroup', 'account_id', 'region', 'table_name'] as const;

function compareKeys(a: Sum, b: Sum): number {
  for (const name of KEYS) {
    const [left, right] = [a[name], b[name]];
    if (left === right) continue;
    if (left === null || right === null) return left === null ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}
