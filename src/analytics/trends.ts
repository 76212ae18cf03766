import { GROUP_KEYS, type GroupName } from './groups.js';
import { type RunSql, type Scope, scopeSql } from './scope.js';
import { literal } from './sql-text.js';
import { bucketIndex, bucketsOf } from './time-range.js';

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
    ...(named.length > 0 ? [`key IN (${named.join(', ')})`] : []),
    ...(keys.includes(null) ? ['key IS NULL'] : []),
  ];
  if (wanted.length === 0) return new Map();
  const source =
    by === 'table'
      ? 'SELECT start_time, cost_nanos, unnest(list_distinct(list_concat(coalesce(tables_read, []), coalesce(tables_written, [])))) AS key'
      : `SELECT start_time, cost_nanos, ${GROUP_KEYS[by]} AS key`;
  const rows = await run(
    `SELECT key, epoch_ms(start_time) // ${GRAIN} AS slot, count(*) AS queries, sum(cost_nanos)::BIGINT AS nanos
     FROM (${source} FROM query_log WHERE ${scopeSql(scope)}) WHERE ${wanted.join(' OR ')} GROUP BY key, slot`,
  );
  const trends = new Map<string, number[]>();
  for (const row of rows) {
    const key = row.key === null ? '' : String(row.key);
    const index = bucketIndex(windows, Number(row.slot) * GRAIN);
    if (index < 0) continue;
    const trend = trends.get(key) ?? new Array<number>(points).fill(0);
    const point = Math.floor(index / width);
    trend[point] = (trend[point] ?? 0) + (measure === 'cost' ? Number(row.nanos ?? 0) / 1e9 : Number(row.queries));
    trends.set(key, trend);
  }
  return trends;
}

const POINTS = 30;
const GRAIN = 900_000;
