import { addDays, type ReportDay, reportDay } from '../calendar/report-day.js';
import { eachShard } from '../collect/hour-evidence.js';
import type { Clock, LinkSource, Progress, ReportStore, StartSource } from '../collect/ports.js';
import { scan } from '../collect/scan.js';
import { openSpool, type Spool } from '../collect/spool.js';
import { storeDay } from '../collect/store-day.js';
import { type HourLabel, manifestKey } from '../record/report-path.js';
import { releaseLease, takeLease } from './lookup-lease.js';

/** What the state machine does next. */
export type ScanOutcome =
  | { readonly state: 'done'; readonly hours: readonly { readonly report_date: string; readonly hour: number }[] }
  | { readonly state: 'more' }
  | { readonly state: 'wait'; readonly wait_seconds: number };

export interface ScanRoundRequest {
  readonly day: ReportDay;
  readonly round: number;
  readonly holder: string;
  /** The days that read LookupEvents take turns; those that read trail files need not. */
  readonly sharesQuota: boolean;
  /** Milliseconds that this round may take. */
  readonly budgetMs: number;
  readonly store: ReportStore;
  readonly source: StartSource;
  readonly linkSource: LinkSource | null;
  readonly clock: Clock;
  readonly random: () => number;
  readonly progress: Progress;
}

/** Longer than any invocation lasts: a holder that is silent for so long has died. */
const LEASE_MS = 16 * 60_000;
/** The scan makes its progress durable every ten seconds; the end of the round is looked at then. */
const CHECKPOINT_MS = 15_000;
/** Events are delivered late, but hardly by more than two days (fact sheet 9): so old a day is not read again. */
const LATE_DAYS = 2;
const LATE_MS = (LATE_DAYS + 1) * 86_400_000;

/**
 * Scans a report day for as long as the round may take; the checkpoint in the store lets the next round go on. The two days
 * before are read again while they are fresh, so that events delivered late find their hour. When all is read, the evidence
 * is put into its hours, and the outcome lists the hours to write.
 */
export async function scanRound(request: ScanRoundRequest): Promise<ScanOutcome> {
  const { store, clock, holder, sharesQuota } = request;
  const startedAt = clock.now();
  if (sharesQuota) {
    const wait = await takeLease({ ...request, now: startedAt, until: startedAt + LEASE_MS });
    if (wait) return { state: 'wait', wait_seconds: wait.waitSeconds };
  }
  const outcome = await withinBudget(request, startedAt);
  if (sharesQuota && outcome.state === 'done') await releaseLease(store, holder);
  return outcome;
}

async function withinBudget(request: ScanRoundRequest, startedAt: number): Promise<ScanOutcome> {
  const { store, day, clock, budgetMs } = request;
  const spool = await openSpool(store, `day-${day.reportDate}`);
  const days = await daysToScan(request);
  const end = new AbortController();
  const alarm = new AbortController();
  clock.sleep(budgetMs, alarm.signal).then(
    () => end.abort(new Error('the budget of this round is used up')),
    () => {},
  );
  try {
    for await (const _ of scan({ ...request, days, spool, signal: end.signal })) {
      if (clock.now() - startedAt >= budgetMs - CHECKPOINT_MS && !spool.checkpoint.isComplete) return { state: 'more' };
    }
    const late = await storeDays({ ...request, days, spool, signal: end.signal });
    await spool.clear();
    const own = day.hours.map(({ reportDate, hour }) => ({ report_date: reportDate, hour }));
    return { state: 'done', hours: [...late, ...own] };
  } catch (error) {
    if (!end.signal.aborted) throw error;
    return { state: 'more' };
  } finally {
    alarm.abort();
  }
}

/** The day, and the two before it while late events of them may still turn up. The choice lasts as long as the scan. */
async function daysToScan({ day, store, clock }: ScanRoundRequest): Promise<ReportDay[]> {
  const days = [day];
  for (let back = 1; back <= LATE_DAYS; back++) {
    const before = reportDay(addDays(day.reportDate, -back), day.timezone);
    const [first] = before.hours;
    const isFresh = clock.now() - before.window.end < LATE_MS;
    if (!first || !isFresh || (await store.tagOf(manifestKey(first))) === null) break;
    days.unshift(before);
  }
  return days;
}

/** Puts the evidence into its hours. Returns the hours of the day before that gained starts: they are written anew. */
async function storeDays(
  request: ScanRoundRequest & {
    readonly days: readonly ReportDay[];
    readonly spool: Spool;
    readonly signal: AbortSignal;
  },
): Promise<{ report_date: string; hour: number }[]> {
  const { store, days } = request;
  const late: { report_date: string; hour: number }[] = [];
  for (const day of days) {
    const before = day.reportDate === request.day.reportDate ? null : await startsOf(store, day.hours);
    await storeDay({ ...request, day });
    if (before === null) continue;
    const after = await startsOf(store, day.hours);
    day.hours.forEach(({ reportDate, hour }, index) => {
      if (after[index] !== before[index]) late.push({ report_date: reportDate, hour });
    });
  }
  return late;
}

async function startsOf(store: ReportStore, hours: readonly HourLabel[]): Promise<number[]> {
  const counts: number[] = [];
  for (const hour of hours) {
    let starts = 0;
    for await (const part of eachShard(store, hour)) starts += part.starts.length;
    counts.push(starts);
  }
  return counts;
}
