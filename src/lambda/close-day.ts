import { type ReportDay, reportDay } from '../calendar/report-day.js';
import { closeDay } from '../collect/closing/close-day.js';
import { rebuildNeighbours } from '../collect/days/rebuild-neighbours.js';
import { settleWithin } from '../collect/days/settle-within.js';
import { readAges } from '../collect/days/tree-ages.js';
import { openEnrichment } from '../collect/hour/open-enrichment.js';
import { sealDay } from '../tree/seals.js';
import { ageMetrics, closingMetrics } from './day-metrics.js';
import { type HourSummary, summariesIn } from './hour-summary.js';
import { log, logMetrics, stackOf } from './log.js';
import { openWriting } from './open-function.js';
import { type InvocationContext, parseDayRequest } from './requests.js';
import { endOf } from './time-left.js';

/** Athena's lists are long: the state machine asks again, and reading goes on. */
export interface UnfinishedDay {
  readonly state: 'more';
}

/** What is left to say of a day. */
export interface ClosedDay {
  readonly state: 'done';
  readonly report_date: string;
  readonly rows: number;
  readonly unattributed: number;
  readonly missing_hours: readonly number[];
  /** Workgroups whose list could not be read, so nothing is known of what ran there unseen by CloudTrail. */
  readonly unread_workgroups: readonly string[];
}

/** What came after. */
export interface SettledDays {
  /** Hours of earlier days that late events changed. */
  readonly late_hours: number;
  /** Open hours that were visited again. */
  readonly settled: number;
}

/** Share of the time for Athena's lists; the last of what they bring must be asked for, written and sealed in the rest. */
const LISTING_SHARE = 0.75;

/**
 * Closes a report day: Athena's own list is compared, manifests are sealed, metrics written. In the phase `late` it seals hours of
 * other days that late events changed, and settles hours that are still open.
 */
export async function handler(
  event: unknown,
  context?: InvocationContext,
): Promise<ClosedDay | UnfinishedDay | SettledDays> {
  const collection = await openWriting(process.env, context);
  const { config, collector } = collection;
  const { day, phase, holder } = parseDayRequest(event, config.timezone, collector.clock.now());
  const hours = summariesIn((event as { hours?: unknown }).hours);
  const { clock, store } = collector;
  const now = clock.now();
  const endsAt = endOf(context, now);
  // Late events have changed hours of days that are closed.
  for (const reportDate of new Set(hours.map(({ report_date }) => report_date))) {
    if (reportDate !== day.reportDate) await sealDay({ store, day: reportDay(reportDate, config.timezone), now });
  }
  const work = { collection, day, hours, endsAt, holder };
  return phase === 'late' ? settleDays(work) : close(work);
}

interface Work {
  readonly collection: Awaited<ReturnType<typeof openWriting>>;
  readonly day: ReportDay;
  readonly hours: readonly HourSummary[];
  readonly endsAt: number;
  readonly holder: string;
}

async function close({ collection, day, hours, endsAt }: Work): Promise<ClosedDay | UnfinishedDay> {
  const { collector, sources, config } = collection;
  const { clock } = collector;
  const now = clock.now();
  const restsAt = now + (endsAt - now) * LISTING_SHARE;
  for await (const _ of rebuildNeighbours(collector, day));
  const enrichment = await openEnrichment(collector, day.reportDate);
  const closing = await closeDay(collector, sources, {
    ...{ day, format: config.format, restsAt, enrichment },
    hearsEvents: config.hearsEvents,
  });
  if (closing === null) return { state: 'more' };
  const unread = closing.workGroups.filter(({ failure }) => failure !== null);
  for (const { region, workGroup, failure } of unread) {
    log({ level: 'WARN', kind: 'unread-workgroup', region, workGroup, failure });
  }
  logMetrics(closingMetrics({ hours, closing }), stamp(clock.now()));
  return {
    state: 'done',
    report_date: day.reportDate,
    rows: hours.reduce((sum, { rows }) => sum + rows, 0),
    unattributed: closing.unattributed.length,
    missing_hours: closing.missingHours,
    unread_workgroups: unread.map(({ region, workGroup }) => `${region}/${workGroup}`),
  };
}

async function settleDays({ collection, day, hours, endsAt, holder }: Work): Promise<SettledDays> {
  const { collector } = collection;
  const { clock, store } = collector;
  const settled = await settleWithin(collector, { holder, deadline: endsAt });
  const now = clock.now();
  const ages = await readAges(store, { timezone: day.timezone, now });
  logMetrics(ageMetrics(ages), { ...stamp(now), also: { OpenHours: ages.openHours } });
  return { late_hours: hours.length, settled: settled?.length ?? 0 };
}

function stamp(now: number): { readonly now: number; readonly stack: string } {
  return { now, stack: stackOf(process.env.AWS_LAMBDA_FUNCTION_NAME) };
}
