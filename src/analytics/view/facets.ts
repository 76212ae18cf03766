import type { Row } from '../cache/duck.js';
import { type FilterName, NONE } from './filters.js';
import { type RunSql, type Scope, scopeSql } from './scope.js';
import { usd } from './totals.js';

export interface FacetValue {
  readonly value: string;
  /** Rows of the list that have it, refused attempts included. */
  readonly rows: number;
  readonly costUsd: number;
}

export interface Facet {
  readonly name: FacetName;
  readonly values: readonly FacetValue[];
  /** Values beyond those listed. */
  readonly more: number;
}

/** Facets over plain columns, in the order of the page; `table` is over lists and stands apart. */
export const FACET_COLUMNS = {
  person: 'person',
  kind: 'person_kind',
  method: 'identity_method',
  team: 'team',
  workgroup: 'workgroup',
  account: 'account_id',
  region: 'region',
  database: 'database',
  type: 'kind',
  state: 'state',
  error: 'error_code',
  client: 'client',
  app: 'app',
} as const satisfies Partial<Record<FilterName, string>>;

export type FacetName = keyof typeof FACET_COLUMNS | 'table';

const FACET_LIMIT = 60;

/**
 * Counts each facet's values. A facet ignores its own filter (else a choice could not be widened) and respects the others,
 * so facets without a filter share one scan, those with one need their own.
 */
export async function facetsOf(run: RunSql, scope: Scope, names: readonly FacetName[]): Promise<Facet[]> {
  const filtered = new Set(scope.filters.filter(({ isNot }) => !isNot).map(({ name }) => name));
  const plain = names.filter((name): name is keyof typeof FACET_COLUMNS => name !== 'table');
  const shared = plain.filter((name) => !filtered.has(name));
  const results = new Map<FacetName, Facet>();
  for (const group of [shared, ...plain.filter((name) => filtered.has(name)).map((name) => [name])]) {
    for (const facet of await columnFacets(run, scope, group)) results.set(facet.name, facet);
  }
  if (names.includes('table')) results.set('table', await tableFacet(run, scope));
  return names.flatMap((name) => results.get(name) ?? []);
}

async function columnFacets(
  run: RunSql,
  scope: Scope,
  names: readonly (keyof typeof FACET_COLUMNS)[],
): Promise<Facet[]> {
  if (names.length === 0) return [];
  const columns = names.map((name) => FACET_COLUMNS[name]);
  const where = scopeSql(scope, names.length === 1 ? names : []);
  const rows = await run(
    `WITH counted AS (
       SELECT grouping_id(${columns.join(', ')}) AS grouping, coalesce(${columns.join(', ')}) AS value,
         count(*) AS n, sum(cost_nanos)::BIGINT AS nanos
       FROM query_log WHERE ${where} GROUP BY GROUPING SETS (${columns.map((column) => `(${column})`).join(', ')}))
     SELECT *, count(*) OVER (PARTITION BY grouping) AS distinct_values
     FROM counted
     QUALIFY row_number() OVER (PARTITION BY grouping ORDER BY n DESC, value) <= ${FACET_LIMIT}
     ORDER BY grouping, n DESC, value`,
  );
  const all = 2 ** names.length - 1;
  return names.map((name, index) => {
    const grouping = all - 2 ** (names.length - 1 - index);
    return facetOf(
      name,
      rows.filter((row) => row.grouping === grouping),
    );
  });
}

async function tableFacet(run: RunSql, scope: Scope): Promise<Facet> {
  const rows = await run(
    `WITH counted AS (
       SELECT value, sum(n)::BIGINT AS n, sum(nanos)::BIGINT AS nanos
       FROM (
         SELECT n, nanos, unnest(list_distinct(list_concat(coalesce(tables_read, []), coalesce(tables_written, [])))) AS value
         FROM (
           SELECT tables_read, tables_written, count(*) AS n, sum(cost_nanos) AS nanos
           FROM query_log WHERE ${scopeSql(scope, ['table'])} GROUP BY tables_read, tables_written))
       GROUP BY value)
     SELECT *, count(*) OVER () AS distinct_values FROM counted ORDER BY n DESC, value LIMIT ${FACET_LIMIT}`,
  );
  return facetOf('table', rows);
}

function facetOf(name: FacetName, rows: readonly Row[]): Facet {
  const values = rows.map((row) => ({
    value: row.value === null || row.value === undefined ? NONE : String(row.value),
    rows: Number(row.n),
    costUsd: usd(row.nanos),
  }));
  return { name, values, more: Number(rows[0]?.distinct_values ?? 0) - values.length };
}
