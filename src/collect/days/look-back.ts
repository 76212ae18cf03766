import { addDays, previousReportDate, type ReportDay, reportDay } from '../../calendar/report-day.js';
import { LATE_EVENT_DAYS } from '../../cloudtrail/limits.js';
import type { ReportStore } from '../../ports/report-store.js';
import { readManifests } from '../../tree/read-manifests.js';
import { writeSettleState } from '../../tree/settle-state.js';
import type { EvidenceSources } from '../collector.js';
import { grownHours } from './grown-hours.js';
import { holdsLease, LOOK_BACK_LEASE, LOOKUP_LEASE, releaseLease, takeLease } from './lease.js';
import { isDeepDue } from './rescan.js';
import { LEASE_MS, type Round, type RoundPlace, type ScanOutcome, scanWithin } from './scan-round.js';

/** Between rounds a day that waits for the quota gets it: it asks at least every four minutes. */
const PAUSE_S = 300;

/**
 * Reads the collected days of the last 31 days again, once a week, in the daily run after its day is closed. It may take hours of
 * rounds, so it gives the quota back after each. The outcome lists the hours that gained starts. Nothing to do is `done` without hours.
 */
export async function lookBackRound(place: RoundPlace, sources: EvidenceSources, round: Round): Promise<ScanOutcome> {
  const { store, clock } = place;
  const { day, holder, sharesQuota } = round;
  const now = clock.now();
  const none: ScanOutcome = { state: 'done', hours: [] };
  // A round after midnight is still the run of the day that began.
  const isGoing = await holdsLease(store, { key: LOOK_BACK_LEASE, holder, now });
  const isDaily = day.reportDate === previousReportDate(now, day.timezone);
  if (!isGoing && !(isDaily && (await isDeepDue(store, now)))) return none;
  const days = await collectedRange(store, day, now);
  if (days.range.length === 0) return none;
  const own = { ...place, ...round, key: LOOK_BACK_LEASE, now, until: now + LEASE_MS + 2 * PAUSE_S * 1000 };
  if (await takeLease(own)) return none;
  if (sharesQuota) {
    const wait = await takeLease({ ...place, ...round, key: LOOKUP_LEASE, now, until: now + LEASE_MS });
    if (wait) return { state: 'wait', wait_seconds: wait.waitSeconds };
  }
  const scanId = `back-${day.reportDate}`;
  const outcome = await scanWithin(place, sources, { ...round, scanId, days: days.range, keeps: days.collected });
  if (sharesQuota) await releaseLease(store, { key: LOOKUP_LEASE, holder });
  if (outcome === 'more') return sharesQuota ? { state: 'wait', wait_seconds: PAUSE_S } : { state: 'more' };
  const hours = await grownHours(store, days.collected);
  await writeSettleState(store, { deepScanAt: clock.now() });
  await releaseLease(store, { key: LOOK_BACK_LEASE, holder });
  return { state: 'done', hours };
}

/** The days before this one from the oldest collected on, at most 31, and which of them are collected. */
async function collectedRange(
  store: ReportStore,
  day: ReportDay,
  now: number,
): Promise<{ readonly range: ReportDay[]; readonly collected: ReportDay[] }> {
  const from = addDays(day.reportDate, -LATE_EVENT_DAYS);
  const dates = new Set<string>();
  for await (const { label } of readManifests(store, { from, now })) {
    if (label.reportDate < day.reportDate) dates.add(label.reportDate);
  }
  const range: ReportDay[] = [];
  const [oldest = day.reportDate] = [...dates].sort();
  for (let date = oldest; date < day.reportDate; date = addDays(date, 1)) range.push(reportDay(date, day.timezone));
  return { range, collected: range.filter(({ reportDate }) => dates.has(reportDate)) };
}
