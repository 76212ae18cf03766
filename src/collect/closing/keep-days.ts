import { compactDay, TOO_MANY_SUMS } from '../../tree/daily/compact-day.js';
import { updateWaiting } from '../../tree/daily/days-waiting.js';
import type { Collector } from '../collector.js';

/** Days whose files may be to be made anew, the most urgent first. */
export interface KeepDaysTask {
  readonly dates: Iterable<string>;
  /** Fires when the time is over: what was not done waits for the next call. */
  readonly signal: AbortSignal;
}

/** What became of the files of days, by date. */
export interface KeptDays {
  readonly written: readonly string[];
  /** Those that could not be made: they are tried again. */
  readonly failed: readonly string[];
  /** All that wait for the next call. */
  readonly waiting: readonly string[];
}

/**
 * Makes the files of closed days, of those asked for and those that wait, where their hours are no longer what they were made of. A
 * file only repeats what the hours tell: one that cannot be made is told, stays as it is and fails nothing. A run that dies leaves
 * its days waiting.
 */
export async function keepDays(
  { store, codec, progress }: Pick<Collector, 'store' | 'codec' | 'progress'>,
  { dates, signal }: KeepDaysTask,
): Promise<KeptDays> {
  const asked = [...new Set(dates)];
  const all = new Set([...asked, ...(await updateWaiting(store, { add: asked }))]);
  const written: string[] = [];
  const failed: string[] = [];
  const done: string[] = [];
  for (const reportDate of all) {
    if (signal.aborted) break;
    try {
      const made = await compactDay({ store, codec, signal }, reportDate);
      if (made.kind === 'written') written.push(reportDate);
      if (made.kind === 'written' && !made.note.rollup.isWhole)
        progress({ kind: 'warning', message: `${reportDate} ${TOO_MANY_SUMS}` });
      done.push(reportDate);
    } catch (error) {
      if (signal.aborted) break;
      failed.push(reportDate);
      const reason = error instanceof Error ? error.message : String(error);
      progress({
        kind: 'warning',
        message: `the files of ${reportDate} under daily/ and rollups/ were not written: ${reason}`,
      });
    }
  }
  const waiting = await updateWaiting(store, { remove: done });
  const left = all.size - done.length - failed.length;
  if (left > 0)
    progress({
      kind: 'warning',
      message: `there was no time for the files of ${left} days under daily/; they wait for the next run, and aqt compact makes them`,
    });
  return { written, failed, waiting };
}
