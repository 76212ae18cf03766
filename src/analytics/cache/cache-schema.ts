import { COLUMNS, type ColumnType } from '../../record/columns.js';
import { SETTINGS_STATEMENTS } from './settings-schema.js';
import { identifier } from './sql-text.js';

/** Grows when the tables below change; a cache of another version is built anew. */
export const CACHE_VERSION = 10;

/** Tells rows of queries that have ended and whose cost is not known. */
export const IS_UNPRICED = 'cost_usd IS NULL AND cost_basis IS NOT NULL';
/** Their reason, as `ledger.unpricedByReason` names it. */
export const UNPRICED_REASON = "regexp_replace(regexp_replace(cost_basis, '^unknown-', ''), ':.*$', '')";

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  string: 'VARCHAR',
  timestamp: 'TIMESTAMP',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  int: 'INTEGER',
  list: 'VARCHAR[]',
};

/** The SQL type of a report column in the cache; timestamps are UTC. */
export function sqlType(type: ColumnType): string {
  return SQL_TYPES[type];
}

/** Ledger members of the manifest, by the name of their column in `hours`. */
export const LEDGER_COLUMNS = {
  starts_read: 'startsRead',
  duplicates: 'duplicates',
  malformed: 'malformed',
  starts: 'starts',
  execution_starts: 'executionStarts',
  refused: 'refused',
  executions: 'executions',
  repeated_starts: 'repeatedStarts',
  attributed: 'attributed',
  conflict: 'conflict',
  unattributed: 'unattributed',
} as const;

/**
 * Columns of `query_log` after the report's own. `cost_nanos` is the cost in billionths of a dollar, so that sums are exact;
 * `kind` the sub-statement type, else the statement type; `table_set` both lists of tables as one text, by which rows are grouped in a third
 * of the time that lists take; `cost_parts` over how many of them the cost is split: those read, else those written, else one.
 */
const DERIVED =
  'kind VARCHAR, cost_nanos BIGINT, query_lower VARCHAR, table_set VARCHAR, cost_parts INTEGER, report_date DATE, report_hour TINYINT, hour_id INTEGER';

/** Statements that make an empty cache. */
export function schemaStatements(): string[] {
  const columns = COLUMNS.map(({ name, type }) => `${identifier(name)} ${sqlType(type)}`).join(', ');
  const ledger = Object.keys(LEDGER_COLUMNS).map((name) => `${name} BIGINT`);
  return [
    'CREATE TABLE meta (name VARCHAR PRIMARY KEY, value VARCHAR)',
    `INSERT INTO meta VALUES ('version', '${CACHE_VERSION}')`,
    `CREATE TABLE query_log (${columns}, ${DERIVED})`,
    `CREATE TABLE hour_log (
       hour_id INTEGER, tree VARCHAR, report_date DATE, hour TINYINT, timezone VARCHAR, window_start TIMESTAMP,
       window_end TIMESTAMP, status VARCHAR, version INTEGER, format VARCHAR, rows BIGINT, bytes BIGINT, report_key VARCHAR,
       sha256 VARCHAR, problem VARCHAR, pending BIGINT, chain VARCHAR, previous VARCHAR, collected_at TIMESTAMP,
       generator VARCHAR, ${ledger.join(', ')}, by_query_status VARCHAR, sources VARCHAR, manifest_sha256 VARCHAR,
       manifest_tag VARCHAR, manifest_bytes BIGINT, report_bytes BIGINT)`,
    ...WITNESS_STATEMENTS,
    'CREATE TABLE patterns (fingerprint VARCHAR, masked_lower VARCHAR)',
    `CREATE VIEW queries AS SELECT ${COLUMNS.map(({ name }) => identifier(name)).join(', ')},
       kind, report_date, report_hour, cost_nanos, query_lower FROM query_log`,
    'CREATE VIEW hours AS SELECT * EXCLUDE (hour_id, manifest_tag, manifest_bytes, report_bytes) FROM hour_log',
    `CREATE VIEW table_access AS
       SELECT table_name, access, query_execution_id, person, person_kind, team, workgroup, app, state, start_time,
         data_scanned_bytes, cost_usd, fingerprint
       FROM (
         SELECT *, unnest(tables_read) AS table_name, 'read' AS access FROM query_log
         UNION ALL BY NAME
         SELECT *, unnest(list_filter(base_tables_read, lambda t: NOT list_contains(tables_read, t))) AS table_name,
           'read through a view' AS access FROM query_log
         UNION ALL BY NAME
         SELECT *, unnest(tables_written) AS table_name, 'write' AS access FROM query_log)`,
    `CREATE VIEW column_access AS
       SELECT replace(named, '.~', '.') AS column_name,
         CASE WHEN ends_with(named, '.*') THEN 'any' WHEN contains(named, '.~') THEN 'inferred' ELSE 'exact' END AS certainty,
         query_execution_id, person, person_kind, team, workgroup, app, state, start_time, fingerprint
       FROM (SELECT *, unnest(columns_read) AS named FROM query_log)`,
    `CREATE VIEW unnamed_tables AS
       SELECT CASE WHEN starts_with(tables_basis, 'unknown:') THEN substr(tables_basis, 9) ELSE 'text-names-none' END AS reason,
         count(*) AS queries, sum(data_scanned_bytes)::BIGINT AS data_scanned_bytes, max(start_time) AS last_seen
       FROM query_log
       WHERE data_scanned_bytes > 0 AND len(coalesce(tables_read, [])) = 0 AND len(coalesce(tables_written, [])) = 0
       GROUP BY ALL`,
    `CREATE VIEW unpriced_queries AS
       SELECT ${UNPRICED_REASON} AS reason, region, count(*) AS queries, sum(data_scanned_bytes)::BIGINT AS data_scanned_bytes,
         max(start_time) AS last_seen
       FROM query_log WHERE ${IS_UNPRICED} GROUP BY ALL`,
    `CREATE VIEW tables AS
       SELECT table_name, count(*) FILTER (access <> 'write') AS reads, count(*) FILTER (access = 'write') AS writes,
         count(DISTINCT person) AS people, min(start_time) AS first_access, max(start_time) AS last_access
       FROM table_access GROUP BY ALL`,
    `CREATE VIEW people AS
       SELECT person, any_value(person_kind) AS person_kind, any_value(team) AS team,
         list_sort(list(DISTINCT identity_method)) AS identity_methods, count(*) FILTER (state <> 'REFUSED') AS queries,
         count(*) FILTER (state = 'FAILED') AS failed, count(*) FILTER (state = 'REFUSED') AS refused,
         sum(cost_nanos) / 1e9 AS cost_usd, sum(data_scanned_bytes)::BIGINT AS data_scanned_bytes,
         min(start_time) AS first_seen, max(start_time) AS last_seen
       FROM query_log GROUP BY person`,
  ];
}

/**
 * What the manifests say of each account and Region, and what the working files say of the days. `source_log` has a row for each
 * source of an hour, `not_read_log` for each file that was not read; `copy_log` names trees without seals and evidence. The others hold a file each (`file`, its key).
 */
const WITNESS_STATEMENTS: readonly string[] = [
  `CREATE TABLE source_log (hour_id INTEGER, kind VARCHAR, account_id VARCHAR, region VARCHAR, digest_findings BIGINT, failure VARCHAR)`,
  'CREATE TABLE not_read_log (hour_id INTEGER, name VARCHAR, reason VARCHAR, way_out VARCHAR)',
  'CREATE TABLE copy_log (tree VARCHAR)',
  'CREATE TABLE work_file_log (file VARCHAR, tag VARCHAR, bytes BIGINT)',
  'CREATE TABLE closing_log (file VARCHAR, tree VARCHAR, report_date DATE, closed_at TIMESTAMP, unattributed BIGINT)',
  `CREATE TABLE listing_log (file VARCHAR, tree VARCHAR, report_date DATE, account_id VARCHAR, region VARCHAR, workgroups BIGINT,
     listed BIGINT, unlisted BIGINT, narrowed BIGINT, events_seen BIGINT, events_absent BIGINT)`,
  `CREATE TABLE unlisted_log (file VARCHAR, tree VARCHAR, report_date DATE, account_id VARCHAR, region VARCHAR, workgroup VARCHAR,
     failure VARCHAR)`,
  `CREATE TABLE system_table_log (file VARCHAR, tree VARCHAR, report_date DATE, account_id VARCHAR, region VARCHAR, seen BIGINT,
     absent BIGINT, disagreements BIGINT, disagreeing VARCHAR[], failure VARCHAR)`,
  ...SETTINGS_STATEMENTS,
  'CREATE TABLE accepted_log (file VARCHAR, tree VARCHAR, key VARCHAR, reason VARCHAR, accepted_at TIMESTAMP)',
  `CREATE VIEW place_days AS
     WITH hourly AS (
       SELECT hour_id, account_id, region, bool_or(failure IS NOT NULL) AS lacks, max(failure) AS failure
       FROM source_log WHERE account_id IS NOT NULL AND region IS NOT NULL GROUP BY hour_id, account_id, region),
     held AS (
       SELECT hour_id, account_id, region, count(*) AS rows, sum(event_count)::BIGINT AS starts
       FROM query_log GROUP BY hour_id, account_id, region)
     SELECT h.tree, account_id, region, h.report_date, count(*) FILTER (NOT lacks) AS hours_read,
       count(*) FILTER (lacks) AS hours_lacking, coalesce(sum(held.starts), 0)::BIGINT AS starts,
       coalesce(sum(held.rows), 0)::BIGINT AS rows, arg_max(hourly.failure, h.hour) FILTER (lacks) AS failure
     FROM hourly FULL JOIN held USING (hour_id, account_id, region) JOIN hour_log h USING (hour_id)
     GROUP BY ALL`,
  'CREATE VIEW closings AS SELECT * EXCLUDE (file) FROM closing_log',
  'CREATE VIEW unlisted_workgroups AS SELECT * EXCLUDE (file) FROM unlisted_log',
  'CREATE VIEW system_tables AS SELECT * EXCLUDE (file) FROM system_table_log',
  'CREATE VIEW accepted_findings AS SELECT * EXCLUDE (file) FROM accepted_log',
];
