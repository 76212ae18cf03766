import { COLUMNS } from '../../record/columns.js';
import { type TypedTable, typedSelectSql } from '../../record/glue-view.js';
import { analyzeSql } from '../../sql/analyze.js';
import { tokenize } from '../../sql/tokens.js';
import { sha1 } from '../../tree/sha1.js';
import { identifier, literal } from '../cache/sql-text.js';
import { ConsoleError } from '../view/console-error.js';

/** The deployed table, and the report days that may be read of it, both included; null is without end. */
export interface AthenaTable extends TypedTable {
  readonly days: { readonly from: string; readonly to: string } | null;
}

/**
 * The views that the cache has, in Trino's SQL, and the views that each is made of. What the cache knows from manifests and closings
 * (`hours`, `place_days`, …) is in no report, so Athena cannot answer it.
 */
const VIEWS: Readonly<
  Record<string, { readonly on: readonly string[]; readonly sql: (table: AthenaTable) => string }>
> = {
  queries: { on: [], sql: queriesSql },
  table_access: { on: ['queries'], sql: () => TABLE_ACCESS },
  column_access: { on: ['queries'], sql: () => COLUMN_ACCESS },
  tables: { on: ['queries', 'table_access'], sql: () => TABLES },
  people: { on: ['queries'], sql: () => PEOPLE },
};

/** Names of the views that Athena can answer. */
export const ATHENA_VIEWS: readonly string[] = Object.keys(VIEWS);

const NO_CONTEXT = { catalog: null, database: null, defaultCatalog: null };

/**
 * Puts the views that a SELECT names before it, so that the same text is asked of the cache and of Athena.
 * @throws ConsoleError for a text that is no single SELECT, or that names what Athena does not have
 */
export function athenaStatement(sql: string, table: AthenaTable): string {
  const text = sql.trim().replace(/(?:\s*;)+\s*$/, '');
  const { kind, tablesRead, tablesWritten, statements, complete } = analyzeSql(text, NO_CONTEXT, sha1);
  if (kind !== 'SELECT' || statements !== 1 || tablesWritten.length > 0 || !complete)
    throw new ConsoleError('--engine athena takes one whole SELECT, for example SELECT * FROM queries LIMIT 10');
  const unknown = tablesRead.filter((name) => !ATHENA_VIEWS.includes(name));
  if (unknown.length > 0)
    throw new ConsoleError(
      `Athena has no ${unknown.join(', ')} here: with --engine athena there are ${ATHENA_VIEWS.join(', ')}; leave it out for the others`,
    );
  const needed = ATHENA_VIEWS.filter((name) =>
    tablesRead.some((read) => read === name || VIEWS[read]?.on.includes(name)),
  );
  if (needed.length === 0) return text;
  const views = needed.map((name) => `${name} AS (\n${VIEWS[name]?.sql(table)}\n)`).join(',\n');
  const { kinds, texts, starts, ends } = tokenize(text);
  if (kinds.length === 0 || texts[0] !== 'with') return `WITH ${views}\n${text}`;
  // What is recursive may name itself; views that do not are none the worse.
  const isRecursive = texts[1] === 'recursive';
  const rest = text.slice(ends[isRecursive ? 1 : 0] ?? 0);
  return `${text.slice(0, starts[0])}WITH ${isRecursive ? 'RECURSIVE ' : ''}${views},${rest}`;
}

/** The columns of the view `queries` of the cache: those of the contract, then what is made of them. */
function queriesSql(table: AthenaTable): string {
  const names = COLUMNS.map(({ name }) => identifier(name)).join(', ');
  return `SELECT ${names},
  coalesce(substatement_type, statement_type) AS kind, CAST(${DAY} AS date) AS report_date, CAST(hour AS integer) AS report_hour,
  CAST(round(cost_usd * 1e9) AS bigint) AS cost_nanos, lower(query) AS query_lower
FROM (
${typedSelectSql(table)}${table.days === null ? '' : `\nWHERE ${partitionsOf(table.days)}`}
) AS reports`;
}

const DAY = `year || '-' || month || '-' || day`;

/** Athena reads only the partitions that this leaves. */
function partitionsOf({ from, to }: { readonly from: string; readonly to: string }): string {
  return `year BETWEEN ${literal(from.slice(0, 4))} AND ${literal(to.slice(0, 4))} AND ${DAY} BETWEEN ${literal(from)} AND ${literal(to)}`;
}

const ACCESS_COLUMNS =
  'query_execution_id, person, person_kind, team, workgroup, app, state, start_time, data_scanned_bytes, cost_usd, fingerprint';

const TABLE_ACCESS = [
  ['tables_read', 'read'],
  ['filter(base_tables_read, b -> NOT contains(tables_read, b))', 'read through a view'],
  ['tables_written', 'write'],
]
  .map(
    ([list, access]) =>
      `SELECT table_name, '${access}' AS access, ${ACCESS_COLUMNS} FROM queries CROSS JOIN UNNEST(${list}) AS t (table_name)`,
  )
  .join('\nUNION ALL\n');

const COLUMN_ACCESS = `SELECT replace(named, '.~', '.') AS column_name,
  CASE WHEN named LIKE '%.*' THEN 'any' WHEN strpos(named, '.~') > 0 THEN 'inferred' ELSE 'exact' END AS certainty,
  query_execution_id, person, person_kind, team, workgroup, app, state, start_time, fingerprint
FROM queries CROSS JOIN UNNEST(columns_read) AS t (named)`;

const TABLES = `SELECT table_name, count(*) FILTER (WHERE access <> 'write') AS reads, count(*) FILTER (WHERE access = 'write') AS writes,
  count(DISTINCT person) AS people, min(start_time) AS first_access, max(start_time) AS last_access
FROM table_access GROUP BY table_name`;

const PEOPLE = `SELECT person, max(person_kind) AS person_kind, max(team) AS team,
  array_sort(array_agg(DISTINCT identity_method)) AS identity_methods, count(*) FILTER (WHERE state <> 'REFUSED') AS queries,
  count(*) FILTER (WHERE state = 'FAILED') AS failed, count(*) FILTER (WHERE state = 'REFUSED') AS refused,
  sum(cost_nanos) / 1e9 AS cost_usd, sum(data_scanned_bytes) AS data_scanned_bytes,
  min(start_time) AS first_seen, max(start_time) AS last_seen
FROM queries GROUP BY person`;
