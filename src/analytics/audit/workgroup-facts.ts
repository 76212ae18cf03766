import type { Row } from '../cache/duck.js';
import { literal } from '../cache/sql-text.js';
import { type RunSql, type Scope, scopeSql } from '../view/scope.js';

/** How a workgroup is set up, and which scans stand out. */
export interface WorkgroupFacts {
  /** By account and Region, as of the latest closing. */
  readonly settings: readonly Row[];
  /** Bytes that 99 of 100 queries of the scope stay below; null without a scan. */
  readonly p99Bytes: number | null;
  /** The largest scans above that. */
  readonly above: readonly Row[];
}

export async function workgroupFacts(run: RunSql, scope: Scope, workgroup: string): Promise<WorkgroupFacts> {
  const [settings, [sums]] = await Promise.all([
    run(
      `SELECT account_id, region, state, engine, is_enforced, cutoff_bytes, tags, failure, strftime(as_of, '%Y-%m-%d') AS as_of
       FROM workgroups WHERE workgroup = ${literal(workgroup)} ORDER BY ALL`,
    ),
    run<{ p99: number | null }>(
      `SELECT quantile_disc(data_scanned_bytes, 0.99) AS p99 FROM query_log WHERE ${scopeSql(scope)} AND data_scanned_bytes > 0`,
    ),
  ]);
  const p99Bytes = sums?.p99 ?? null;
  const above =
    p99Bytes === null
      ? []
      : await run(
          `SELECT coalesce(query_execution_id, event_id) AS id, person, epoch_ms(start_time) AS at, data_scanned_bytes AS bytes,
             cost_nanos / 1e9 AS cost_usd
           FROM query_log WHERE ${scopeSql(scope)} AND data_scanned_bytes > ${Number(p99Bytes)}
           ORDER BY data_scanned_bytes DESC LIMIT 12`,
        );
  return { settings, p99Bytes, above };
}
