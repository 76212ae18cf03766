import type { Window } from '../../calendar/window.js';
import type { Row } from '../cache/duck.js';
import { type RunSql, type Scope, scopeSql } from '../view/scope.js';
import { FAILED, QUERIES, REFUSED, usd } from '../view/totals.js';
import { type Buckets, bucketIndex, bucketsOf, type Grain, grainOf } from './time-range.js';

export interface HistogramBar {
  readonly start: number;
  readonly end: number;
  readonly queries: number;
  readonly failed: number;
  readonly refused: number;
  readonly costUsd: number;
  readonly scannedBytes: number;
  /** Queries of which it is known how long they took, and milliseconds of all of them together and of the longest. */
  readonly timed: number;
  readonly totalMs: number;
  readonly longestMs: number;
  /** The same of the time that they waited. */
  readonly queueMs: number;
  readonly longestQueueMs: number;
}

export interface Histogram {
  readonly unit: Buckets['unit'];
  readonly bars: readonly HistogramBar[];
}

/** Draws a scope over time; every bar is there, empty ones too. */
export async function histogramOf(run: RunSql, scope: Scope, timezone: string): Promise<Histogram> {
  const { unit, windows } = bucketsOf(scope.window, timezone);
  const grain = grainOf(windows);
  const rows = await run(
    `SELECT ${slotSql(grain)} AS slot, ${QUERIES} AS queries, ${FAILED} AS failed, ${REFUSED} AS refused,
       sum(cost_nanos)::BIGINT AS nanos, sum(data_scanned_bytes)::BIGINT AS bytes, count(total_ms) AS timed,
       sum(total_ms)::BIGINT AS total_ms, max(total_ms) AS longest_ms, sum(queue_ms)::BIGINT AS queue_ms, max(queue_ms) AS longest_queue_ms
     FROM query_log WHERE ${scopeSql(scope)} GROUP BY slot`,
  );
  return { unit, bars: fold(windows, grain, rows) };
}

/** The step of a row, as SQL. */
export function slotSql({ origin, ms }: Grain): string {
  return `(epoch_ms(start_time) - ${origin}) // ${ms}`;
}

function fold(windows: readonly Window[], grain: Grain, rows: readonly Row[]): HistogramBar[] {
  const bars = windows.map(({ start, end }) => ({
    start,
    end,
    queries: 0,
    failed: 0,
    refused: 0,
    costUsd: 0,
    scannedBytes: 0,
    timed: 0,
    totalMs: 0,
    longestMs: 0,
    queueMs: 0,
    longestQueueMs: 0,
  }));
  for (const row of rows) {
    const bar = bars[bucketIndex(windows, grain.origin + Number(row.slot) * grain.ms)];
    if (!bar) continue;
    bar.queries += Number(row.queries);
    bar.failed += Number(row.failed);
    bar.refused += Number(row.refused);
    bar.costUsd += usd(row.nanos);
    bar.scannedBytes += Number(row.bytes ?? 0);
    bar.timed += Number(row.timed);
    bar.totalMs += Number(row.total_ms ?? 0);
    bar.longestMs = Math.max(bar.longestMs, Number(row.longest_ms ?? 0));
    bar.queueMs += Number(row.queue_ms ?? 0);
    bar.longestQueueMs = Math.max(bar.longestQueueMs, Number(row.longest_queue_ms ?? 0));
  }
  return bars;
}
