import type { TreeAges } from '../collect/days/tree-ages.js';
import type { Closing } from '../record/closing.js';
import type { Manifest } from '../record/manifest.js';
import { ageMetrics, closingMetrics } from './day-metrics.js';
import type { HourSummary } from './hour-summary.js';
import { log, logMetrics, stackOf } from './log.js';

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

/** Writes log lines and metrics of a closed day, and answers the state machine. */
export function tellClosed(hours: readonly HourSummary[], closing: Closing, now: number): ClosedDay {
  const unread = closing.workGroups.filter(({ failure }) => failure !== null);
  for (const { region, workGroup, failure } of unread) {
    log({ level: 'WARN', kind: 'unread-workgroup', region, workGroup, failure });
  }
  logMetrics(closingMetrics({ hours, closing }), stamp(now));
  return {
    state: 'done',
    report_date: closing.reportDate,
    rows: hours.reduce((sum, { rows }) => sum + rows, 0),
    unattributed: closing.unattributed.length,
    missing_hours: closing.missingHours,
    unread_workgroups: unread.map(({ region, workGroup }) => `${region}/${workGroup}`),
  };
}

/** Writes how old the oldest things of the tree are; settled is null when it was not due. */
export function tellSettled(
  hours: readonly HourSummary[],
  { settled, ages }: { readonly settled: readonly Manifest[] | null; readonly ages: TreeAges },
  now: number,
): SettledDays {
  logMetrics(ageMetrics(ages), { ...stamp(now), also: { OpenHours: ages.openHours } });
  return { late_hours: hours.length, settled: settled?.length ?? 0 };
}

function stamp(now: number): { readonly now: number; readonly stack: string } {
  return { now, stack: stackOf(process.env.AWS_LAMBDA_FUNCTION_NAME) };
}
