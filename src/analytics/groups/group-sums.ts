import { type Scope, scopeSql } from '../view/scope.js';
import { FAILED, QUERIES, REFUSED } from '../view/totals.js';

const ORDER = 'nanos DESC NULLS LAST, queries DESC, refused DESC, key';

/** Sums of rows that were grouped by person once already: counting people that way is many times faster than DISTINCT. */
export const INNER = `${QUERIES} AS queries, sum(cost_nanos) AS nanos, sum(data_scanned_bytes) AS bytes, ${FAILED} AS failed, ${REFUSED} AS refused,
  min(start_time) AS first, max(start_time) AS last`;
const OUTER = `sum(queries)::BIGINT AS queries, sum(nanos)::BIGINT AS nanos, sum(bytes)::BIGINT AS bytes, sum(failed)::BIGINT AS failed,
  sum(refused)::BIGINT AS refused, count(DISTINCT person) AS people, epoch_ms(min(first)) AS first, epoch_ms(max(last)) AS last`;

/** What else a row of a group shows: inner and outer sums. */
export interface Extra {
  readonly inner: string;
  readonly outer: string;
}

const CONFIDENCES = ['verified', 'asserted', 'claimed', 'none'];
export const WEAKEST = `max(list_position([${CONFIDENCES.map((name) => `'${name}'`).join(', ')}], identity_confidence))`;

export const EXTRAS: Readonly<Partial<Record<string, Extra>>> = {
  person: {
    inner: `min(person_kind) AS kind, min(team) AS team, min(identity_method) AS method, ${WEAKEST} AS weakest`,
    outer: `min(kind) AS kind, min(team) AS team, min(method) AS method,
      ['${CONFIDENCES.join("', '")}'][max(weakest)] AS confidence`,
  },
  fingerprint: {
    inner: 'max(rowid) AS sample_row, sum(total_ms) AS total_ms, min(kind) AS type',
    outer:
      'max(sample_row) AS sample_row, min(type) AS type, (sum(total_ms) / nullif(sum(queries), 0))::BIGINT AS mean_ms',
  },
  workgroup: {
    inner:
      "count(*) FILTER (state = 'CANCELLED') AS cancelled, count(*) FILTER (cost_basis LIKE '%reservation%') AS reserved, max(data_scanned_bytes) AS largest, max(engine_version) AS engine",
    outer:
      'sum(cancelled)::BIGINT AS cancelled, sum(reserved)::BIGINT AS reserved, max(largest) AS largest_bytes, max(engine) AS engine',
  },
};

/** The rows of a scope, as a table in parentheses: with their ids, and with the billionths that are left when the cost of each is split. */
export function splitSql(scope: Scope): string {
  return `(SELECT *, rowid AS row_id, cost_nanos % cost_parts AS rest FROM query_log WHERE ${scopeSql(scope)})`;
}

/** What `tablesSql` splits, of rows with the same tables and the same `rest`. */
export const SHARES =
  'table_set, rest, sum(cost_nanos // cost_parts) AS share, min(cost_parts) AS parts, count(*) AS lines';

/** Rows that were summed by their tables, with the lists of those that they read (`r`) and write (`w`). */
export function listedSql(summed: string): string {
  return `SELECT * EXCLUDE (sets), sets[1] AS r, sets[2] AS w FROM (SELECT *, table_set::JSON::VARCHAR[][] AS sets FROM (${summed}))`;
}

/** Groups of rows that were summed by key and person. */
export function groupsSql(summed: string, extra: Extra | undefined, limit: number): string {
  return `SELECT key, ${OUTER}${extra ? `, ${extra.outer}` : ''}, count(*) OVER () AS groups
     FROM (${summed}) GROUP BY key ORDER BY ${ORDER} LIMIT ${limit}`;
}

/** Groups by table, of rows that were summed by the tables they touch and are listed; `rest` are the billionths left to split. */
export function tablesSql(summed: string, limit: number): string {
  return `WITH summed AS (${summed}),
     touched AS (
       SELECT *, CASE WHEN len(r) + len(w) = 0 THEN [NULL]
           ELSE list_concat(r, list_filter(w, lambda t: NOT list_contains(r, t))) END AS touched
       FROM summed),
     access AS (
       SELECT * EXCLUDE (touched), unnest(touched) AS key, unnest(range(1, len(touched) + 1)) AS i FROM touched),
     priced AS (
       SELECT * REPLACE (CASE WHEN i > parts THEN 0 ELSE share + CASE WHEN i <= rest THEN lines ELSE 0 END END AS nanos)
       FROM access)
     SELECT key, ${OUTER}, coalesce(sum(queries) FILTER (list_contains(r, key)), 0)::BIGINT AS reads,
       coalesce(sum(queries) FILTER (list_contains(w, key)), 0)::BIGINT AS writes,
       epoch_ms(max(last) FILTER (list_contains(w, key))) AS last_write,
       epoch_ms(max(last) FILTER (list_contains(r, key))) AS last_read, count(*) OVER () AS groups
     FROM priced GROUP BY key ORDER BY ${ORDER} LIMIT ${limit}`;
}
