import { GROUP_KEYS } from '../groups/groups.js';
import { type Scope, scopeSqlForPeople } from '../view/scope.js';
import { ATHENA } from './dialect.js';

/** What Athena can group by: tags and cost centres are in no report. */
export const ATHENA_GROUPS: readonly string[] = [...Object.keys(GROUP_KEYS), 'table'];

const KEYS: Readonly<Record<string, string>> = { ...GROUP_KEYS, day: 'CAST(report_date AS varchar)' };

const SUMS = `count(*) FILTER (WHERE state <> 'REFUSED') AS queries, count(*) FILTER (WHERE state = 'REFUSED') AS refused,
  count(*) FILTER (WHERE state = 'FAILED') AS failed, count(DISTINCT person) AS people, sum(data_scanned_bytes) AS bytes,
  to_unixtime(min(start_time)) * 1000 AS first, to_unixtime(max(start_time)) * 1000 AS last`;

const ORDER = 'nanos DESC NULLS LAST, queries DESC, refused DESC, key';

/**
 * The same sums as `groupBy` has, as one SELECT over the view `queries` for Athena: by table, a query counts for every table it
 * touches, while its cost is split evenly over those it reads, else over those it writes, to the last billionth of a dollar.
 */
export function athenaGroupsSql(scope: Scope, by: string): string {
  const where = scopeSqlForPeople(scope, ATHENA);
  if (by !== 'table')
    return `SELECT ${KEYS[by]} AS key, ${SUMS}, sum(cost_nanos) AS nanos\nFROM queries WHERE ${where}\nGROUP BY 1 ORDER BY ${ORDER}`;
  return `SELECT key, ${SUMS},
  sum(CASE WHEN i > parts THEN 0 ELSE (cost_nanos - cost_nanos % parts) / parts + CASE WHEN i <= cost_nanos % parts THEN 1 ELSE 0 END END) AS nanos
FROM (
  SELECT person, state, start_time, cost_nanos, data_scanned_bytes,
    greatest(CASE WHEN cardinality(r) > 0 THEN cardinality(r) ELSE cardinality(w) END, 1) AS parts,
    CASE WHEN cardinality(r) + cardinality(w) = 0 THEN ARRAY[CAST(NULL AS varchar)] ELSE r || filter(w, x -> NOT contains(r, x)) END AS touched
  FROM (
    SELECT *, coalesce(tables_read, ARRAY[]) AS r, coalesce(tables_written, ARRAY[]) AS w
    FROM queries WHERE ${where}) AS listed) AS touching
CROSS JOIN UNNEST(touched) WITH ORDINALITY AS t (key, i)
GROUP BY key ORDER BY ${ORDER}`;
}
