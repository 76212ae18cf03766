import type { Row } from '../cache/duck.js';
import { FAILED, REFUSED } from './explore.js';
import { type RunSql, type Scope, scopeSql } from './scope.js';

/** What rows can be grouped by, and the SQL of the key. `table` stands apart: a query may have many. */
export const GROUP_KEYS = {
  person: 'person',
  username: 'username',
  team: 'team',
  workgroup: 'workgroup',
  app: 'app',
  client: 'client',
  database: 'database',
  account: 'account_id',
  region: 'region',
  type: 'kind',
  state: 'state',
  kind: 'person_kind',
  method: 'identity_method',
  role: 'role_arn',
  ip: 'source_ip',
  fingerprint: 'fingerprint',
  day: "strftime(report_date, '%Y-%m-%d')",
} as const;
export type GroupName = keyof typeof GROUP_KEYS | 'table';

export const GROUP_SORTS = ['cost', 'queries', 'bytes', 'failed', 'people', 'last', 'key'] as const;
export type GroupSort = (typeof GROUP_SORTS)[number];

const SORT_SQL: Readonly<Record<GroupSort, string>> = {
  cost: 'nanos DESC NULLS LAST, queries DESC',
  queries: 'queries DESC, nanos DESC NULLS LAST',
  bytes: 'bytes DESC NULLS LAST',
  failed: 'failed DESC, queries DESC',
  people: 'people DESC, queries DESC',
  last: 'last DESC',
  key: 'key',
};

/** Sums of rows that were grouped by person once already: counting people that way is many times faster than DISTINCT. */
const INNER = `count(*) AS queries, sum(cost_nanos) AS nanos, sum(data_scanned_bytes) AS bytes, ${FAILED} AS failed, ${REFUSED} AS refused,
  min(start_time) AS first, max(start_time) AS last`;
const OUTER = `sum(queries)::BIGINT AS queries, sum(nanos)::BIGINT AS nanos, sum(bytes)::BIGINT AS bytes, sum(failed)::BIGINT AS failed,
  sum(refused)::BIGINT AS refused, count(DISTINCT person) AS people, epoch_ms(min(first)) AS first, epoch_ms(max(last)) AS last`;

/** What else a row of a group shows: inner and outer sums, then texts of the rows that are shown. */
interface Extra {
  readonly inner: string;
  readonly outer: string;
  readonly text?: string;
}

const CONFIDENCES = ['verified', 'asserted', 'claimed', 'none'];
const WEAKEST = `max(list_position([${CONFIDENCES.map((name) => `'${name}'`).join(', ')}], identity_confidence))`;

const EXTRAS: Readonly<Partial<Record<GroupName, Extra>>> = {
  person: {
    inner: `any_value(person_kind) AS kind, any_value(team) AS team, any_value(identity_method) AS method, ${WEAKEST} AS weakest`,
    outer: `any_value(kind) AS kind, any_value(team) AS team, any_value(method) AS method,
      ['${CONFIDENCES.join("', '")}'][max(weakest)] AS confidence`,
  },
  fingerprint: {
    inner: 'max(rowid) AS sample_row, sum(total_ms) AS total_ms, any_value(kind) AS type',
    outer: 'max(sample_row) AS sample_row, any_value(type) AS type, (sum(total_ms) / sum(queries))::BIGINT AS mean_ms',
    text: 'left(query, 400) AS sample, coalesce(query_execution_id, event_id) AS sample_id',
  },
  workgroup: {
    inner:
      "count(*) FILTER (state = 'CANCELLED') AS cancelled, max(data_scanned_bytes) AS largest, max(engine_version) AS engine",
    outer: 'sum(cancelled)::BIGINT AS cancelled, max(largest) AS largest_bytes, max(engine) AS engine',
  },
};

/**
 * Groups a scope. By table, a query counts for every table it touches, while its cost is split evenly over the tables it
 * reads (over those it writes when it reads none; to the last billionth of a dollar), so that costs add up to the total.
 */
export async function groupBy(
  run: RunSql,
  scope: Scope,
  { by, sort = 'cost', limit }: { readonly by: GroupName; readonly sort?: GroupSort; readonly limit: number },
): Promise<Row[]> {
  if (by === 'table') return groupByTable(run, scope, { sort, limit });
  const extra = EXTRAS[by];
  const grouped = `SELECT key, ${OUTER}${extra ? `, ${extra.outer}` : ''}, count(*) OVER () AS groups
     FROM (SELECT ${GROUP_KEYS[by]} AS key, person, ${INNER}${extra ? `, ${extra.inner}` : ''}
           FROM query_log WHERE ${scopeSql(scope)} GROUP BY ALL)
     GROUP BY key ORDER BY ${SORT_SQL[sort]}, key LIMIT ${limit}`;
  if (!extra?.text) return run(grouped);
  return run(
    `WITH shown AS (${grouped})
     SELECT shown.*, ${extra.text} FROM shown LEFT JOIN query_log ON query_log.rowid = shown.sample_row
     ORDER BY ${SORT_SQL[sort]}, key`,
  );
}

async function groupByTable(
  run: RunSql,
  scope: Scope,
  { sort, limit }: { readonly sort: GroupSort; readonly limit: number },
): Promise<Row[]> {
  // Queries that touch the same tables are summed before the lists are taken apart; `rest` are the billionths left to split.
  return run(
    `WITH listed AS (
       SELECT coalesce(tables_read, []) AS r, coalesce(tables_written, []) AS w, person, cost_nanos, data_scanned_bytes, state, start_time,
         greatest(CASE WHEN len(tables_read) > 0 THEN len(tables_read) ELSE len(tables_written) END, 1) AS parts
       FROM query_log WHERE ${scopeSql(scope)}),
     summed AS (
       SELECT r, w, person, cost_nanos % parts AS rest, sum(cost_nanos // parts) AS share, any_value(parts) AS parts, ${INNER}
       FROM listed GROUP BY r, w, person, rest),
     touched AS (
       SELECT *, CASE WHEN len(r) + len(w) = 0 THEN [NULL]
           ELSE list_concat(r, list_filter(w, lambda t: NOT list_contains(r, t))) END AS touched
       FROM summed),
     access AS (
       SELECT * EXCLUDE (touched), unnest(touched) AS key, unnest(range(1, len(touched) + 1)) AS i FROM touched),
     priced AS (
       SELECT * REPLACE (CASE WHEN i > parts THEN 0 ELSE share + CASE WHEN i <= rest THEN queries ELSE 0 END END AS nanos)
       FROM access)
     SELECT key, ${OUTER}, coalesce(sum(queries) FILTER (list_contains(r, key)), 0)::BIGINT AS reads,
       coalesce(sum(queries) FILTER (list_contains(w, key)), 0)::BIGINT AS writes,
       epoch_ms(max(last) FILTER (list_contains(w, key))) AS last_write,
       epoch_ms(max(last) FILTER (list_contains(r, key))) AS last_read, count(*) OVER () AS groups
     FROM priced GROUP BY key ORDER BY ${SORT_SQL[sort]}, key LIMIT ${limit}`,
  );
}
