import { isOneOf, literal } from '../cache/sql-text.js';
import { type GroupName, keySql } from '../groups/groups.js';
import { type RunSql, type Scope, scopeSql } from '../view/scope.js';
import { QUERIES } from '../view/totals.js';
import { slotSql } from './histogram.js';
import { bucketIndex, bucketsOf, grainOf } from './time-range.js';

/**
 * Dollars (queries, where a query has many keys) of each group over time, for the little charts in lists. Keys without any are
 * left out; the null key is `''`.
 */
export async function trendsOf(
  run: RunSql,
  scope: Scope,
  {
    by,
    keys,
    timezone,
    measure,
  }: {
    readonly by: GroupName;
    readonly keys: readonly (string | null)[];
    readonly timezone: string;
    readonly measure: 'cost' | 'queries';
  },
): Promise<Map<string, number[]>> {
  const { windows } = bucketsOf(scope.window, timezone);
  const width = Math.max(1, Math.ceil(windows.length / POINTS));
  const points = Math.ceil(windows.length / width);
  const named = keys.filter((key) => key !== null).map(literal);
  const wanted = [
    ...(named.length > 0 ? [isOneOf('key', named)] : []),
    ...(keys.includes(null) ? ['key IS NULL'] : []),
  ];
  if (wanted.length === 0) return new Map();
  const grain = grainOf(
    windows
      .filter((_, index) => index % width === 0 || index === windows.length - 1)
      .map(({ start }, index, all) => ({ start, end: all[index + 1]?.start ?? windows.at(-1)?.end ?? start })),
  );
  const summed = (keySql: string): string =>
    `SELECT ${keySql} AS key, ${slotSql(grain)} AS slot, ${QUERIES} AS queries, sum(cost_nanos)::BIGINT AS nanos
     FROM query_log WHERE ${scopeSql(scope)}`;
  // Queries that touch the same tables are summed before the lists are taken apart.
  const rows =
    by === 'table'
      ? await run(
          `SELECT key, slot, sum(queries)::BIGINT AS queries, sum(nanos)::BIGINT AS nanos
           FROM (SELECT slot, queries, nanos, unnest(CASE WHEN len(key) = 0 THEN [NULL] ELSE list_distinct(key) END) AS key
                 FROM (${summed('list_concat(coalesce(tables_read, []), coalesce(tables_written, []))')} GROUP BY key, slot))
           WHERE ${wanted.join(' OR ')} GROUP BY key, slot`,
        )
      : await run(`SELECT * FROM (${summed(keySql(by))} GROUP BY key, slot) WHERE ${wanted.join(' OR ')}`);
  const trends = new Map<string, number[]>();
  for (const row of rows) {
    const key = row.key === null ? '' : String(row.key);
    const index = bucketIndex(windows, grain.origin + Number(row.slot) * grain.ms);
    if (index < 0) continue;
    const trend = trends.get(key) ?? new Array<number>(points).fill(0);
    const point = Math.floor(index / width);
    trend[point] = (trend[point] ?? 0) + (measure === 'cost' ? Number(row.nanos ?? 0) / 1e9 : Number(row.queries));
    trends.set(key, trend);
  }
  return trends;
}

const POINTS = 30;
