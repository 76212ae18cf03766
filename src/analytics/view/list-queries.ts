import { isOneOf } from '../cache/sql-text.js';
import { type RunSql, type Scope, scopeSql } from './scope.js';

export const SORTS = {
  time: 'start_time',
  cost: 'cost_nanos',
  bytes: 'data_scanned_bytes',
  duration: 'total_ms',
  person: 'person',
  workgroup: 'workgroup',
  state: 'state',
} as const;
export type SortName = keyof typeof SORTS;

export interface Sort {
  readonly by: SortName;
  readonly isAscending: boolean;
}

/** How much of the SQL text a list shows. */
export const SNIPPET_CHARS = 280;

/** A row of a list of queries. */
export interface ListedQuery {
  /** Execution id; the event id of a refused start. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly person: string | null;
  readonly username: string | null;
  readonly person_kind: string;
  readonly confidence: string;
  readonly workgroup: string | null;
  readonly database: string | null;
  readonly state: string;
  readonly kind: string | null;
  readonly client: string | null;
  readonly sql: string | null;
  readonly query_status: string;
  readonly bytes: number | null;
  readonly cost_usd: number | null;
  readonly total_ms: number | null;
  readonly queue_ms: number | null;
  readonly team: string | null;
  readonly account_id: string;
  readonly region: string;
  readonly app: string | null;
  readonly fingerprint: string | null;
  readonly tables_read: readonly string[] | null;
  readonly tables_written: readonly string[] | null;
  /** Why it failed, or why AWS refused it. */
  readonly error_code: string | null;
  readonly error_message: string | null;
}

/** Lists queries; the order is total, so that pages neither repeat nor skip a row. */
export async function listQueries(
  run: RunSql,
  scope: Scope,
  { sort, limit, offset }: { readonly sort: Sort; readonly limit: number; readonly offset: number },
): Promise<ListedQuery[]> {
  const direction = sort.isAscending ? 'ASC' : 'DESC';
  const order = `${SORTS[sort.by]} ${direction} NULLS LAST, start_time DESC, rowid`;
  // The rows are chosen by their narrow columns first: reading every SQL text to sort it away takes ten times as long.
  const chosen = await run<{ readonly id: number }>(
    `SELECT rowid AS id FROM query_log WHERE ${scopeSql(scope)} ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}`,
  );
  if (chosen.length === 0) return [];
  const ids = chosen.map(({ id }) => id);
  return run(
    `SELECT coalesce(query_execution_id, event_id) AS id, epoch_ms(start_time) AS at, person, username, person_kind,
       identity_confidence AS confidence, workgroup, database, state, kind, client,
       left(query, ${SNIPPET_CHARS}) AS sql, query_status, data_scanned_bytes AS bytes, cost_nanos / 1e9 AS cost_usd, total_ms, queue_ms,
       team, account_id, region, app,
       fingerprint, tables_read, tables_written, error_code, left(error_message, ${SNIPPET_CHARS}) AS error_message
     FROM query_log WHERE ${isOneOf('rowid', ids)} ORDER BY list_position([${ids.join(', ')}], rowid)`,
  );
}
