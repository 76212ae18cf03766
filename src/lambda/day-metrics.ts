import { reportDay } from '../calendar/report-day.js';
import type { Closing } from '../record/closing.js';
import type { Manifest } from '../record/manifest.js';
import type { HourSummary } from './hour-summary.js';

const HOUR_MS = 3_600_000;

/** The numbers that alarms and dashboard show, at the closing of a day. */
export function closingMetrics(day: {
  readonly hours: readonly HourSummary[];
  readonly closing: Closing;
  readonly isWhole: boolean;
}): Record<string, number> {
  const { hours, closing, isWhole } = day;
  const sum = (pick: (hour: HourSummary) => number) => hours.reduce((total, hour) => total + pick(hour), 0);
  return {
    DaysClosed: isWhole ? 1 : 0,
    Rows: sum(({ rows }) => rows),
    CostUsd: sum(({ cost_usd }) => cost_usd),
    RefusedStarts: sum(({ refused }) => refused),
    Conflicts: sum(({ conflict }) => conflict),
    TextLost: sum(({ lost }) => lost),
    Unattributed: closing.unattributed.length + sum(({ unattributed }) => unattributed),
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
    DaysOwed: owed.length,
    // The texts of a day that was never collected are saved nowhere.
    OldestUnsavedDays: oldest === undefined ? 0 : Math.max(0, now - windowOf(oldest).start) / (24 * HOUR_MS),
    LastCompletedDayHours: Math.max(0, now - (newest === undefined ? born : windowOf(newest).end)) / HOUR_MS,
  };
}

/** The numbers that show what is still open, of the hours that were open before, as they are now. */
export function settlingMetrics(settled: readonly Manifest[], now: number): Record<string, number> {
  const waiting = settled.filter(({ pending }) => pending.length > 0);
  const oldestMs = Math.max(0, ...waiting.map(({ window }) => now - Date.parse(window.end)));
  return {
    OpenHours: waiting.length,
    OldestPendingHours: oldestMs / HOUR_MS,
    OldestUnsavedDays: oldestMs / (24 * HOUR_MS),
  };
}
