import type { ReportStore } from '../../ports/report-store.js';
import { readDeliveries } from '../../tree/files/deliveries.js';
import { readSettleState } from '../../tree/settle-state.js';

const DAY_MS = 86_400_000;
const DEEP_EVERY_MS = 7 * DAY_MS;
/** Sooner than that nobody tries again what could not be read. Less than a day: runs do not begin on the minute. */
const RETRY_EVERY_MS = 20 * 3_600_000;
/** The daily run lists the days of delivery that end later than so long ago: its own, the two before, and what leads to those. */
const DAILY_REACH_MS = 5.5 * DAY_MS;
/** The look-back lists those that begin later than so long ago, whatever the zone. */
const DEEP_REACH_MS = 33 * DAY_MS;
/** Listing so many keys costs a thousand calls: more is listed once a week, whatever was not read. */
const MOST_KEYS = 1_000_000;

/** Why the last 31 days are read again: the week is over, or there are log files that could not be read. */
export type DeepReason =
  | { readonly kind: 'week' }
  | { readonly kind: 'unread'; readonly files: number; readonly dates: readonly string[] };

/**
 * Tells whether the last 31 days are to be read again now, and why; null: no. That is so once a week, counted from the last time that
 * it was done to the end, so that what failed or did not run is made up for by the next run; and, once a day, while of a day of
 * delivery that the daily run does not list any more some files were not read.
 */
export async function deepReason(store: ReportStore, now: number): Promise<DeepReason | null> {
  const { deepScanAt } = await readSettleState(store);
  if (deepScanAt === null || now - deepScanAt >= DEEP_EVERY_MS) return { kind: 'week' };
  if (now - deepScanAt < RETRY_EVERY_MS) return null;
  const from = new Date(now - DEEP_REACH_MS).toISOString().slice(0, 10);
  const deliveries = await readDeliveries(store, { tree: '', from, to: null });
  const listed = deliveries.reduce((sum, day) => sum + day.listed, 0);
  const unread = deliveries.filter(
    ({ date, listed, read }) => read < listed && Date.parse(date) + DAY_MS <= now - DAILY_REACH_MS,
  );
  if (unread.length === 0 || listed > MOST_KEYS) return null;
  return {
    kind: 'unread',
    files: unread.reduce((sum, day) => sum + day.listed - day.read, 0),
    dates: [...new Set(unread.map(({ date }) => date))],
  };
}

/** What is said of it: `3 log files that were delivered on 2026-11-05 could not be read before`. */
export function deepReasonText(reason: DeepReason): string | null {
  if (reason.kind === 'week') return null;
  const { files, dates } = reason;
  const [first] = dates;
  const when = dates.length === 1 ? `on ${first}` : `on ${dates.length} days, the first ${first},`;
  return `${files} log ${files === 1 ? 'file that was' : 'files that were'} delivered ${when} could not be read before`;
}
