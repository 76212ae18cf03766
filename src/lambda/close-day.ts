import { reportDay } from '../calendar/report-day.js';
import { closeDay } from '../collect/close-day.js';
import { openLenses } from '../collect/collect-range.js';
import { sealDay } from '../collect/seals.js';
import { openCollection } from './collection.js';
import { dayMetrics } from './day-metrics.js';
import { summariesIn } from './hour-summary.js';
import { log, logMetrics, stackOf } from './log.js';
import { budgetOf } from './reading.js';
import { type InvocationContext, parseDayRequest } from './requests.js';
import { settleWithin } from './settle-within.js';

/** What is left to say of a day. */
export interface ClosedDay {
  readonly report_date: string;
  readonly rows: number;
  readonly unattributed: number;
  readonly missing_hours: readonly number[];
  /** Workgroups whose list could not be read, so nothing is known of what ran there unseen by CloudTrail. */
  readonly unread_workgroups: readonly string[];
  readonly settled: number;
}

/** Closes a report day: Athena's own list is compared, manifests are sealed, hours that were open are settled, metrics written. */
export async function handler(event: unknown, context?: InvocationContext): Promise<ClosedDay> {
  const { config, request } = await openCollection(process.env, context);
  const { day } = parseDayRequest(event, config.timezone);
  const { clock, store } = request;
  const deadline = clock.now() + budgetOf(process.env, context);
  const closing = await closeDay({
    ...request,
    day,
    lenses: await openLenses({ ...request, reportDate: day.reportDate }),
  });
  const hours = summariesIn((event as { hours?: unknown }).hours);
  // Late events have changed hours of the day before.
  for (const reportDate of new Set(hours.map(({ report_date }) => report_date))) {
    if (reportDate !== day.reportDate)
      await sealDay({ store, day: reportDay(reportDate, config.timezone), now: clock.now() });
  }
  const unread = closing.workGroups.filter(({ failure }) => failure !== null);
  for (const { region, workGroup, failure } of unread) {
    log({ level: 'WARN', kind: 'unread-workgroup', region, workGroup, failure });
  }
  const settled = await settleWithin({ ...request, day, deadline });
  const isWhole = closing.missingHours.length === 0;
  logMetrics(dayMetrics({ hours, closing, settled, isWhole, now: clock.now() }), {
    now: clock.now(),
    stack: stackOf(process.env.AWS_LAMBDA_FUNCTION_NAME),
  });
  return {
    report_date: day.reportDate,
    rows: hours.reduce((sum, { rows }) => sum + rows, 0),
    unattributed: closing.unattributed.length,
    missing_hours: closing.missingHours,
    unread_workgroups: unread.map(({ region, workGroup }) => `${region}/${workGroup}`),
    settled: settled.length,
  };
}
