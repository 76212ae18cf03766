import { addDays, type ReportDay, reportDay } from '../../calendar/report-day.js';
import { manifestKey } from '../../tree/layout.js';
import { pinTimezone } from '../../tree/settings.js';
import type { EvidenceSources, Workplace } from '../collector.js';
import { type ScanTask, scan } from '../scan/scan.js';
import { openScanLog } from '../scan/scan-log.js';
import { grownHours, type NamedHour } from './grown-hours.js';
import { LOOKUP_LEASE, releaseLease, takeLease } from './lease.js';
import { type DivisionLimits, daysOfPart, forgetParts, type PlannedPart, partScanId } from './part-plan.js';
import { scanDays } from './scan-days.js';
import { type PartsToRead, partsToRead, sourceOfPart } from './scan-parts.js';

/** What the state machine does next. */
export type ScanOutcome =
  | { readonly state: 'done'; readonly hours: readonly NamedHour[] }
  | { readonly state: 'more' }
  | PartsToRead
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
  /** When others read parts of it; null: never. */
  readonly division: DivisionLimits | null;
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
  const outcome = await scanWithin(place, sources, { ...round, scanId: `day-${day.reportDate}`, days });
  if (outcome === 'more') return { state: 'more' };
  if (outcome !== 'done') return outcome;
  if (sharesQuota) await releaseLease(store, { key: LOOKUP_LEASE, holder });
  const own = day.hours.map(({ reportDate, hour }) => ({ report_date: reportDate, hour }));
  return { state: 'done', hours: [...(await grownHours(store, before)), ...own] };
}

/**
 * Scans days and puts their evidence into its hours, for as long as the round may take; goes on where an earlier round stopped.
 * `done` means that the evidence is in its hours.
 */
export async function scanWithin(
  place: RoundPlace,
  sources: EvidenceSources,
  task: Pick<Round, 'restsAt' | 'endsAt' | 'division'> & Pick<ScanTask, 'days' | 'keeps'> & { readonly scanId: string },
): Promise<'done' | 'more' | PartsToRead> {
  const { store, clock } = place;
  const { scanId, restsAt, days, keeps = days, division } = task;
  const [first] = days;
  if (first) await pinTimezone(store, first.timezone, clock.now());
  const log = await openScanLog(store, scanId);
  return untilEnd(place, task, async (signal) => {
    const work = { ...place, signal };
    const parts = division
      ? await partsToRead(work, sources.source, { scanId, days, keeps, log, restsAt, division })
      : null;
    if (parts) return parts;
    for await (const day of scanDays(work, sources, { days, keeps, log })) {
      if (day === null && clock.now() >= restsAt && !log.checkpoint.isComplete) return 'more';
    }
    if (division && sources.source.divided) await forgetParts(store, scanId);
    await log.clear();
    return 'done';
  });
}

/** Reads one part of a scan, and makes what it read durable, for as long as the round may take; goes on where it stopped. */
export async function scanPart(
  place: RoundPlace,
  { source }: EvidenceSources,
  task: Pick<Round, 'restsAt' | 'endsAt'> & { readonly part: PlannedPart; readonly timezone: string },
): Promise<'done' | 'more'> {
  const { store, clock } = place;
  const { part, timezone, restsAt } = task;
  const log = await openScanLog(store, partScanId(part), { isPart: true });
  const reading = { source: sourceOfPart(source, part), ...daysOfPart(part, timezone), log };
  return untilEnd(place, task, async (signal) => {
    for await (const _ of scan({ ...place, signal }, reading)) {
      if (clock.now() >= restsAt && !log.checkpoint.isComplete) return 'more';
    }
    return 'done';
  });
}

/** Does a round's work; what is not done at its end is left to the next. */
async function untilEnd<T>(
  place: RoundPlace,
  { endsAt }: Pick<Round, 'endsAt'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | 'more'> {
  const { clock } = place;
  const end = place.newStop();
  const alarm = new AbortController();
  clock.sleep(endsAt - clock.now(), alarm.signal).then(
    () => end.abort(new Error('the time of this round is over')),
    () => {},
  );
  try {
    return await work(end.signal);
  } catch (error) {
    if (!end.signal.aborted) throw error;
    return 'more';
  } finally {
    alarm.abort();
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
