import type { Row } from '../cache/duck.js';
import { type RunSql, type Scope, scopeSql } from './scope.js';

/** Sums of a scope. Attempts that AWS refused are no queries, here and everywhere: nothing ran. */
export interface Totals {
  readonly queries: number;
  /** Starts that AWS refused; a list of the scope has them, too. */
  readonly refused: number;
  readonly costUsd: number;
  readonly scannedBytes: number;
  readonly people: number;
  readonly failed: number;
  readonly unpriced: number;
}

export const QUERIES = "count(*) FILTER (state <> 'REFUSED')";
export const FAILED = "count(*) FILTER (state = 'FAILED')";
export const REFUSED = "count(*) FILTER (state = 'REFUSED')";

/** Counts a scope. */
export async function totalsOf(run: RunSql, scope: Scope): Promise<Totals> {
  const [row] = await run(
    `SELECT ${QUERIES} AS queries, sum(cost_nanos)::BIGINT AS nanos, sum(data_scanned_bytes)::BIGINT AS bytes,
       count(DISTINCT person) AS people, ${FAILED} AS failed, ${REFUSED} AS refused,
       count(*) FILTER (cost_nanos IS NULL AND state <> 'REFUSED') AS unpriced
     FROM query_log WHERE ${scopeSql(scope)}`,
  );
  return readTotals(row);
}

/** A row of such sums; zeros where there is none. */
export function readTotals(row: Row | undefined): Totals {
  return {
    queries: Number(row?.queries ?? 0),
    costUsd: usd(row?.nanos),
    scannedBytes: Number(row?.bytes ?? 0),
    people: Number(row?.people ?? 0),
    failed: Number(row?.failed ?? 0),
    refused: Number(row?.refused ?? 0),
    unpriced: Number(row?.unpriced ?? 0),
  };
}

/** Dollars of a sum in billionths; exact enough to show, sums that must add up stay in billionths. */
export function usd(nanos: unknown): number {
  return Number(nanos ?? 0) / 1e9;
}
