import { previousReportDate, type ReportDay } from '../../calendar/report-day.js';
import { LATE_EVENT_BOUND_MS } from '../../cloudtrail/limits.js';
import type { Manifest } from '../../record/manifest.js';
import { writeSettleState } from '../../tree/settle-state.js';
import type { Collector } from '../collector.js';
import { settle } from './settle.js';

/**
 * Settles open hours, the oldest first, until the deadline (epoch milliseconds). Only the daily run does: the days of a
 * back-fill would all settle the same hours. Returns the manifests as they are now; null when this is not the daily run.
 */
export async function settleWithin(
  collector: Collector,
  { day, deadline }: { readonly day: ReportDay; readonly deadline: number },
): Promise<Manifest[] | null> {
  const { clock, store } = collector;
  const startedAt = clock.now();
  if (day.reportDate !== previousReportDate(startedAt, day.timezone)) return null;
  const settled: Manifest[] = [];
  // Hours without pending queries change only when they become final, or by late events, which the scans look after.
  const only = ({ pending, window }: Manifest, hasNews: boolean) =>
    hasNews || pending.length > 0 || startedAt >= Date.parse(window.end) + LATE_EVENT_BOUND_MS;
  for await (const { after } of settle(collector, { only })) {
    settled.push(after);
    if (clock.now() < deadline) continue;
    const message = `${settled.length} hours were settled; the rest waits for the next day`;
    collector.progress({ kind: 'warning', message });
    return settled;
  }
  // What was left out above is younger than what the next settling looks at in any case.
  const [openSince = null] = settled.filter(({ status }) => status === 'open').map(({ reportDate }) => reportDate);
  await writeSettleState(store, { settledAt: startedAt, openSince });
  return settled;
}
