import { previousReportDate, type ReportDay } from '../calendar/report-day.js';
import { type SettleRequest, settle } from '../collect/settle.js';
import type { Manifest } from '../record/manifest.js';
import { log } from './log.js';

/**
 * Settles open hours, the oldest first, until the deadline (epoch milliseconds). Only the daily run does: the days of a
 * back-fill would all settle the same hours. Returns the manifests as they are now.
 */
export async function settleWithin(
  request: SettleRequest & { readonly day: ReportDay; readonly deadline: number },
): Promise<Manifest[]> {
  const { day, deadline, clock } = request;
  if (day.reportDate !== previousReportDate(clock.now(), day.timezone)) return [];
  const settled: Manifest[] = [];
  for await (const { after } of settle(request)) {
    settled.push(after);
    if (clock.now() < deadline) continue;
    log({
      level: 'WARN',
      kind: 'settle-cut',
      message: 'the rest of the open hours waits for the next day',
      settled: settled.length,
    });
    break;
  }
  return settled;
}
