import { addDays, previousReportDate, type ReportDay, reportDay } from '../../calendar/report-day.js';
import { LATE_EVENT_DAYS } from '../../cloudtrail/limits.js';
import type { ReportStore } from '../../ports/report-store.js';
import { readManifests } from '../../tree/read-manifests.js';
import { writeSettleState } from '../../tree/settle-state.js';
import type { EvidenceSources } from '../collector.js';
import { deepReason, deepReasonText } from './deep-due.js';
import { grownHours, type NamedHour } from './grown-hours.js';
import { heldSince, LOOK_BACK_LEASE, LOOKUP_LEASE, releaseLease, takeLease } from './lease.js';
import { enlarged, forgetScans } from './part-plan.js';
import { LEASE_MS, type Round, type RoundPlace, type ScanOutcome, scanWithin } from './scan-round.js';

/** Between rounds a day that waits for the quota gets it: it asks at least every four minutes. */
const PAUSE_S = 300;
/** Most of what looking back lists was read before, and costs its line in a list: so many of them are one file's work, and no less. */
const KNOWN_FILES = 10;
/** With the last of its days: the name of its scan. */
const SCAN = 'back-';
/** Parts may be read for so long before somebody else may look back. */
const PARTS_MS = 12 * 3_600_000;
/** Hours told at once: their results stay far below the 256 KiB of a state (aws-facts 12), and their events below 25,000. */
export const HOURS_AT_ONCE = 96;

/** A round of looking back. */
export interface LookBackRound extends Round {
  /** Where the hours told before end (`LookBackOutcome.next`); empty while the days are still to be read. */
  readonly after: string;
}

/** As of a scan; with `next` the same call with it as `after` tells more hours. */
export type LookBackOutcome = ScanOutcome & { readonly next?: string };

/**
 * Reads the collected days of the last 31 days again, once a week and while log files of them were not read, in whichever run comes
 * first when that is due, after its day is closed. It may take hours of rounds, so it gives the quota back after each. The outcome lists the hours that gained starts, so
 * many at a time. Nothing to do is `done` without hours.
 */
export async function lookBackRound(
  place: RoundPlace,
  sources: EvidenceSources,
  round: LookBackRound,
): Promise<LookBackOutcome> {
  const { store, clock } = place;
  const { day, holder, sharesQuota, after } = round;
  const now = clock.now();
  const none: ScanOutcome = { state: 'done', hours: [] };
  const since = await heldSince(store, { key: LOOK_BACK_LEASE, holder, now });
  const reason = since === null ? await deepReason(store, now) : null;
  if (since === null && reason === null) return none;
  // A round after midnight still reads the days that it began with.
  const until = previousReportDate(since ?? now, day.timezone);
  const { range, collected } = await collectedRange(store, { until, timezone: day.timezone, now });
  if (range.length === 0) return none;
  const own = { ...place, ...round, key: LOOK_BACK_LEASE, now, until: now + LEASE_MS + 2 * PAUSE_S * 1000 };
  if (await takeLease(own)) return none;
  const told = reason && deepReasonText(reason);
  if (told) place.progress({ kind: 'warning', message: `the last 31 days are read again, for ${told}` });
  if (after === '') {
    if (sharesQuota) {
      const wait = await takeLease({ ...place, ...round, key: LOOKUP_LEASE, now, until: now + LEASE_MS });
      if (wait) return { state: 'wait', wait_seconds: wait.waitSeconds };
    }
    const scanId = `${SCAN}${until}`;
    const division = round.division && enlarged(round.division, KNOWN_FILES);
    const task = { ...round, scanId, days: range, keeps: collected, division };
    const outcome = await scanWithin(place, sources, task);
    if (sharesQuota) await releaseLease(store, { key: LOOKUP_LEASE, holder });
    if (typeof outcome !== 'string') {
      await takeLease({ ...own, until: clock.now() + PARTS_MS });
      return outcome;
    }
    if (outcome === 'more') return sharesQuota ? { state: 'wait', wait_seconds: PAUSE_S } : { state: 'more' };
  }
  const { hours, next } = portionOf(await grownHours(store, collected), after);
  if (next !== null) return { state: 'done', hours, next };
  // One that failed in another week has left its own, whose days nobody asks for any more.
  await forgetScans(store, SCAN);
  await writeSettleState(store, { deepScanAt: clock.now() });
  await releaseLease(store, { key: LOOK_BACK_LEASE, holder });
  return { state: 'done', hours };
}

/** The next hours behind `after`, in their order; an hour that was told, and failed, is not told again. */
function portionOf(
  grown: readonly NamedHour[],
  after: string,
): { readonly hours: readonly NamedHour[]; readonly next: string | null } {
  const rest = grown
    .map((hour) => ({ hour, name: `${hour.report_date} ${String(hour.hour).padStart(2, '0')}` }))
    .filter(({ name }) => name > after)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const portion = rest.slice(0, HOURS_AT_ONCE);
  return {
    hours: portion.map(({ hour }) => hour),
    next: rest.length > portion.length ? (portion.at(-1)?.name ?? null) : null,
  };
}

/** The days before `until` from the oldest collected on, at most 31, and which of them are collected. */
async function collectedRange(
  store: ReportStore,
  { until, timezone, now }: { readonly until: string; readonly timezone: string; readonly now: number },
): Promise<{ readonly range: ReportDay[]; readonly collected: ReportDay[] }> {
  const from = addDays(until, -LATE_EVENT_DAYS);
  const dates = new Set<string>();
  for await (const { label } of readManifests(store, { from, now })) {
    if (label.reportDate < until) dates.add(label.reportDate);
  }
  const range: ReportDay[] = [];
  const [oldest = until] = [...dates].sort();
  for (let date = oldest; date < until; date = addDays(date, 1)) range.push(reportDay(date, timezone));
  return { range, collected: range.filter(({ reportDate }) => dates.has(reportDate)) };
}
