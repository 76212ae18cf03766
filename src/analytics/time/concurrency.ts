import { type RunSql, type Scope, scopeSql } from '../view/scope.js';
import { bucketIndex, bucketsOf, grainOf } from './time-range.js';

/**
 * The most queries that ran at once, by bar of `histogramOf`: of those that began in the scope. A query that has no end yet counts
 * for the moment of its start.
 */
export async function concurrencyOf(run: RunSql, scope: Scope, timezone: string): Promise<number[]> {
  const { windows } = bucketsOf(scope.window, timezone);
  const { origin, ms } = grainOf(windows);
  // At one instant ends come before starts: what follows without a gap does not run at once.
  const rows = await run<{ readonly slot: number; readonly most: number; readonly left: number }>(
    `WITH runs AS (
       SELECT epoch_ms(start_time) AS began, epoch_ms(coalesce(end_time, start_time)) AS ended
       FROM query_log WHERE ${scopeSql(scope)} AND state <> 'REFUSED'),
     steps AS (
       SELECT began AS instant, 1 AS step FROM runs UNION ALL SELECT greatest(ended, began + 1), -1 FROM runs),
     running AS (
       SELECT instant, sum(step) OVER (ORDER BY instant, step ROWS UNBOUNDED PRECEDING) AS n,
         row_number() OVER (ORDER BY instant, step) AS place FROM steps)
     SELECT (instant - ${origin}) // ${ms} AS slot, max(n)::BIGINT AS most, arg_max(n, place)::BIGINT AS "left"
     FROM running GROUP BY slot ORDER BY slot`,
  );
  const peaks = new Array<number>(windows.length).fill(0);
  let before = 0;
  let next = 0;
  for (const row of rows) {
    const index = bucketIndex(windows, origin + Number(row.slot) * ms);
    if (index < 0) break;
    // Those that ran on from an earlier bar.
    for (; next <= index; next += 1) peaks[next] = Math.max(peaks[next] ?? 0, before);
    peaks[index] = Math.max(peaks[index] ?? 0, Number(row.most));
    before = Number(row.left);
  }
  for (; next < windows.length; next += 1) peaks[next] = before;
  return peaks;
}
