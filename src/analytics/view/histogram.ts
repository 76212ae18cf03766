import type { Window } from '../../calendar/window.js';
import type { Row } from '../cache/duck.js';
import { type RunSql, type Scope, scopeSql } from './scope.js';
import { type Buckets, bucketIndex, bucketsOf, type Grain, grainOf } from './time-range.js';
import { FAILED, QUERIES, REFUSED, usd } from './totals.js';

export interface HistogramBar {
  readonly start: number;
  readonly end: number;
  readonly queries: number;
  readonly failed: number;
  readonly refused: number;
  readonly costUsd: number;
  readonly scannedBytes: number;
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
       sum(cost_nanos)::BIGINT AS nanos, sum(data_scanned_bytes)::BIGINT AS bytes
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
  }));
  for (const row of rows) {
    const bar = bars[bucketIndex(windows, grain.origin + Number(row.slot) * grain.ms)];
    if (!bar) continue;
    bar.queries += Number(row.queries);
    bar.failed += Number(row.failed);
    bar.refused += Number(row.refused);
    bar.costUsd += usd(row.nanos);
    bar.scannedBytes += Number(row.bytes ?? 0);
  }
  return bars;
}
