import { addDays, type ReportDay, reportDay } from '../../calendar/report-day.js';
import { manifestKey } from '../../tree/layout.js';
import { pinTimezone } from '../../tree/settings.js';
import type { EvidenceSources, Workplace } from '../collector.js';
import { storeDay } from '../evidence/store-day.js';
import { scan } from '../scan/scan.js';
import { openScanLog, type ScanLog } from '../scan/scan-log.js';
import { grownHours, type NamedHour } from './grown-hours.js';
import { LOOKUP_LEASE, releaseLease, takeLease } from './lease.js';

/** What the state machine does next. */
export type ScanOutcome =
  | { readonly state: 'done'; readonly hours: readonly NamedHour[] }
  | { readonly state: 'more' }
  | { readonly state: 'wait'; readonly wait_seconds: number };

/** Where rounds work, and chance for how long they wait. */
export interface RoundPlace extends Workplace {
  readonly random: () => number;
  /** Makes what stops a round; calls of many accounts and Regions wait with its signal at once. */
  readonly newStop: () => AbortController;
}

/** One round of a scan. */
export interface Round {
  readonly day: ReportDay;
  readonly round: number;
  readonly holder: string;
  /** The days that read LookupEvents take turns; those that read trail files need not. */
  readonly sharesQuota: boolean;
  /** Epoch milliseconds: the scan ends at the first checkpoint after it, so that every round gets on, however slow the machine. */
  readonly restsAt: number;
  /** Epoch milliseconds at which everything is dropped that is not durable. */
  readonly endsAt: number;
}

/** Longer than any invocation lasts: a holder that is silent for so long has died. */
export const LEASE_MS = 16 * 60_000;
/** Events are delivered late, but hardly by more than two days (aws-facts 9): so old a day is not read again every day. */
const LATE_DAYS = 2;
const LATE_MS = (LATE_DAYS + 1) * 86_400_000;

/**
 * Scans a report day for as long as the round may take; the checkpoint in the store lets the next round go on. The two days
 * before are read again while they are fresh, so that events delivered late find their hour. When all is read, the evidence
 * is put into its hours, and the outcome lists the hours to write.
 */
export async function scanRound(place: RoundPlace, sources: EvidenceSources, round: Round): Promise<ScanOutcome> {
  const { store, clock } = place;
  const { day, holder, sharesQuota } = round;
  const now = clock.now();
  if (sharesQuota) {
    const wait = await takeLease({ ...place, ...round, key: LOOKUP_LEASE, now, until: now + LEASE_MS });
    if (wait) return { state: 'wait', wait_seconds: wait.waitSeconds };
  }
  const before = await freshDays(place, day);
  const days = [...before, day];
  const outcome = await scanDays(place, sources, {
    ...round,
    scanId: `day-${day.reportDate}`,
    days,
    daysToStore: days,
  });
  if (outcome === 'more') return { state: 'more' };
  if (sharesQuota) await releaseLease(store, { key: LOOKUP_LEASE, holder });
  const own = day.hours.map(({ reportDate, hour }) => ({ report_date: reportDate, hour }));
  return { state: 'done', hours: [...(await grownHours(store, before)), ...own] };
}

/**
 * Scans days that touch each other, then stores some of them; goes on where an earlier round stopped. `done` means that the
 * evidence is in its hours.
 */
export async function scanDays(
  work: RoundPlace,
  sources: EvidenceSources,
  task: Pick<Round, 'restsAt' | 'endsAt'> & {
    readonly scanId: string;
    readonly days: readonly ReportDay[];
    readonly daysToStore: readonly ReportDay[];
  },
): Promise<'done' | 'more'> {
  const { store, clock } = work;
  const { days, restsAt, endsAt } = task;
  const [first] = days;
  if (first) await pinTimezone(store, first.timezone, clock.now());
  const log = await openScanLog(store, task.scanId);
  const end = work.newStop();
  const until = { ...work, signal: end.signal };
  const alarm = new AbortController();
  clock.sleep(endsAt - clock.now(), alarm.signal).then(
    () => end.abort(new Error('the time of this round is over')),
    () => {},
  );
  try {
    for await (const _ of scan(until, { source: sources.source, days, log, keeps: task.daysToStore })) {
      if (clock.now() >= restsAt && !log.checkpoint.isComplete) return 'more';
    }
    await storeDays(until, sources, { days: task.daysToStore, log });
    await log.clear();
    return 'done';
  } catch (error) {
    if (!end.signal.aborted) throw error;
    return 'more';
  } finally {
    alarm.abort();
  }
}

async function storeDays(
  work: Workplace,
  sources: EvidenceSources,
  { days, log }: { readonly days: readonly ReportDay[]; readonly log: ScanLog },
): Promise<void> {
  const done = new Set(log.checkpoint.done);
  for (const day of days) {
    if (done.has(day.reportDate)) continue;
    await storeDay(work, sources, { day, log });
    done.add(day.reportDate);
    await log.commit({ done: [...done].sort() });
  }
}

/** The days before that were collected, while late events of them may still turn up; oldest first. */
async function freshDays({ store, clock }: Workplace, day: ReportDay): Promise<ReportDay[]> {
  const days: ReportDay[] = [];
  for (let back = 1; back <= LATE_DAYS; back++) {
    const before = reportDay(addDays(day.reportDate, -back), day.timezone);
    const [first] = before.hours;
    const isFresh = clock.now() - before.window.end < LATE_MS;
    if (!first || !isFresh || (await store.tagOf(manifestKey(first))) === null) break;
    days.unshift(before);
  }
  return days;
}
