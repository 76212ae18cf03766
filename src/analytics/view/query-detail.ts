import { costOf } from '../../athena/cost.js';
import type { PriceTable } from '../../athena/prices.js';
import type { Row } from '../cache/duck.js';
import { literal } from '../cache/sql-text.js';
import type { RunSql } from './scope.js';

/** Everything known about one query, and its neighbours. */
export interface QueryDetail {
  /** The row of the report, all columns. */
  readonly row: Row;
  /** The file that it stands in, and the state of that hour. */
  readonly hour: Row | null;
  readonly cost: CostExplanation;
  /** Runs of the same pattern, over all that is collected; null without a fingerprint. */
  readonly pattern: Row | null;
  readonly recentRuns: readonly Row[];
}

/** How the cost came to be, a line a step. */
export interface CostExplanation {
  readonly steps: readonly string[];
  /** Set when the prices kept with the tree give another amount than the report recorded. */
  readonly note: string | null;
}

/**
 * Finds a query by its execution id (the event id, for a refused start); null when the cache has none. `pricesOf` gives what rows
 * of a tree are priced with.
 */
export async function queryDetail(
  run: RunSql,
  id: string,
  pricesOf: (tree: string) => Promise<PriceTable>,
): Promise<QueryDetail | null> {
  const [executed] = await run(`SELECT rowid AS id FROM query_log WHERE query_execution_id = ${literal(id)} LIMIT 1`);
  const [place] = executed
    ? [executed]
    : await run(
        `SELECT rowid AS id FROM query_log WHERE query_execution_id IS NULL AND event_id = ${literal(id)} LIMIT 1`,
      );
  if (!place) return null;
  const [row] = await run(
    `SELECT * EXCLUDE (query_lower, table_set, cost_parts, hour_id), hour_id, epoch_ms(start_time) AS start_ms, epoch_ms(end_time) AS end_ms
     FROM query_log WHERE rowid = ${Number(place.id)}`,
  );
  if (!row) return null;
  const fingerprint = row.fingerprint === null ? null : literal(String(row.fingerprint));
  const [[hour], pattern, recentRuns] = await Promise.all([
    run(
      `SELECT report_key, tree, sha256, status, version, problem, epoch_ms(collected_at) AS collected_at, generator
       FROM hour_log WHERE hour_id = ${Number(row.hour_id)}`,
    ),
    fingerprint === null ? null : patternOf(run, fingerprint),
    fingerprint === null ? [] : recentRunsOf(run, fingerprint),
  ]);
  const cost = explainCost(row, await pricesOf(String(hour?.tree ?? '')));
  return { row, hour: hour ?? null, cost, pattern, recentRuns };
}

async function patternOf(run: RunSql, fingerprint: string): Promise<Row | null> {
  const [pattern] = await run(
    `SELECT count(*) AS runs, count(DISTINCT person) AS people, sum(cost_nanos)::BIGINT AS nanos,
       count(*) FILTER (state = 'FAILED') AS failed, median(total_ms)::BIGINT AS median_ms,
       median(data_scanned_bytes)::BIGINT AS median_bytes,
       epoch_ms(min(start_time)) AS first, epoch_ms(max(start_time)) AS last
     FROM query_log WHERE fingerprint = ${fingerprint}`,
  );
  return pattern ?? null;
}

async function recentRunsOf(run: RunSql, fingerprint: string): Promise<Row[]> {
  return run(
    `SELECT coalesce(query_execution_id, event_id) AS id, epoch_ms(start_time) AS at, person, state, data_scanned_bytes AS bytes,
       cost_nanos / 1e9 AS cost_usd, total_ms
     FROM query_log WHERE rowid IN (
       SELECT rowid FROM query_log WHERE fingerprint = ${fingerprint} ORDER BY start_time DESC, rowid LIMIT 12)
     ORDER BY start_time DESC`,
  );
}

function explainCost(row: Row, prices: PriceTable): CostExplanation {
  const number = (value: Row[string] | undefined): number | null => (typeof value === 'number' ? value : null);
  const text = (value: Row[string] | undefined): string | null => (typeof value === 'string' ? value : null);
  const basis = text(row.cost_basis);
  if (basis?.startsWith('unknown-reservation-dpus:')) {
    const step =
      'its workgroup was assigned to a capacity reservation, and Athena told no DPUs of it: its share is not known';
    return { steps: [`${step} (${basis})`], note: null };
  }
  if (basis?.includes('reservation'))
    return { steps: [`paid by DPU and time of a capacity reservation, not by scan: ${basis}`], note: null };
  const cost = costOf(
    {
      state: String(row.state),
      statementType: text(row.statement_type),
      substatementType: text(row.substatement_type),
      sqlKind: text(row.kind),
      dataScannedBytes: number(row.data_scanned_bytes),
      resultReused: row.result_reused === true,
      dpuCount: null,
      assignedTo: null,
      executionMs: null,
      region: String(row.region),
      accountId: String(row.account_id),
      at: Date.parse(String(row.start_time)) || 0,
    },
    prices,
  );
  const recorded = number(row.cost_usd);
  const isSame =
    recorded === cost.costUsd ||
    (recorded !== null && cost.costUsd !== null && Math.abs(recorded - cost.costUsd) < 1e-9);
  return {
    steps: cost.steps,
    note: isSame
      ? null
      : `The report recorded ${recorded === null ? 'no cost' : `$${recorded}`} (basis ${text(row.cost_basis) ?? 'unknown'}): it was priced with other prices than are kept with the reports now; \`aqt settle\` prices it anew.`,
  };
}
