import { addDays } from '../calendar/report-day.js';
import { LATE_EVENT_DAYS } from '../cloudtrail/limits.js';
import { keepDays } from '../collect/closing/keep-days.js';
import type { Collector } from '../collect/collector.js';
import { log } from './log.js';

/**
 * Keeps the files of whole days as their hours are, until the deadline (epoch milliseconds). Never throws: the day is closed, and
 * would be closed again for nothing. The bundle without Parquet has none of it.
 */
export async function keepDaily(
  collector: Collector,
  { dates, deadline }: { readonly dates: Iterable<string>; readonly deadline: number },
): Promise<void> {
  try {
    // A timer takes whole milliseconds only.
    const left = Math.floor(deadline - collector.clock.now());
    const signal = left > 0 ? AbortSignal.timeout(left) : AbortSignal.abort();
    const { written, failed, waiting } = await keepDays(collector, { dates, signal });
    log({ level: 'INFO', kind: 'daily', written, failed: failed.length, waiting: waiting.length });
  } catch (error) {
    log({ level: 'WARN', kind: 'daily', error: error instanceof Error ? error.message : String(error) });
  }
}

/** A day and those before and behind it, of which closing it may write hours anew. */
export function withNeighbours(reportDate: string): string[] {
  return [reportDate, addDays(reportDate, -1), addDays(reportDate, 1)];
}

/** A day and those before it whose hours may still change without anybody asking for it. */
export function openDays(reportDate: string): string[] {
  return Array.from({ length: LATE_EVENT_DAYS + 2 }, (_, days) => addDays(reportDate, -days));
}
