import { reportDay } from '../calendar/report-day.js';
import type { TreeAges } from '../collect/days/tree-ages.js';
import type { Closing } from '../record/closing.js';
import type { HourSummary } from './hour-summary.js';

const HOUR_MS = 3_600_000;

/** The numbers that alarms and dashboard show, at the closing of a day. */
export function closingMetrics(day: {
  readonly hours: readonly HourSummary[];
  readonly closing: Closing;
}): Record<string, number> {
  const { hours, closing } = day;
  const sum = (pick: (hour: HourSummary) => number) => hours.reduce((total, hour) => total + pick(hour), 0);
  return {
    Rows: sum(({ rows }) => rows),
    CostUsd: sum(({ cost_usd }) => cost_usd),
    RefusedStarts: sum(({ refused }) => refused),
    TextLost: sum(({ lost }) => lost),
    // One metric for both: CloudWatch charges for each.
    Unexplained: closing.unattributed.length + sum(({ unattributed, conflict }) => unattributed + conflict),
  };
}

/** The numbers that the planner tells, whatever becomes of the days that it starts. */
export function owedMetrics(request: {
  /** Report dates, oldest first. */
  readonly owed: readonly string[];
  readonly closed: ReadonlySet<string>;
  /** Epoch milliseconds: when the stack was made. Before its first day is closed, ages count from there. */
  readonly born: number;
  readonly timezone: string;
  readonly now: number;
}): Record<string, number> {
  const { owed, closed, born, timezone, now } = request;
  const windowOf = (reportDate: string) => reportDay(reportDate, timezone).window;
  const [oldest] = owed;
  const newest = [...closed].sort().at(-1);
  return {
    // The texts of a day that was never collected are saved nowhere.
    OldestUnsavedDays: oldest === undefined ? 0 : Math.max(0, now - windowOf(oldest).start) / (24 * HOUR_MS),
    LastCompletedDayHours: Math.max(0, now - (newest === undefined ? born : windowOf(newest).end)) / HOUR_MS,
  };
}

/** The numbers that every run tells of the tree as it is then. */
export function ageMetrics({ openMs, unsavedMs, completedMs }: TreeAges): Record<string, number> {
  return {
    OldestOpenDays: openMs / (24 * HOUR_MS),
    OldestUnsavedDays: unsavedMs / (24 * HOUR_MS),
    ...(completedMs === null ? {} : { LastCompletedDayHours: completedMs / HOUR_MS }),
  };
}
