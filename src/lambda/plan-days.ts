import { previousReportDate, reportDays } from '../calendar/report-day.js';
import { ConfigurationError, type PlannerConfig } from './environment.js';

/** The report dates a planner invocation starts, oldest first. */
export function plannedDates(
  config: PlannerConfig,
  options: { readonly scheduledTime: unknown; readonly now: number },
): string[] {
  if (config.range) {
    const days = reportDays({ ...config.range, timezone: config.timezone });
    const running = days.find(({ window }) => window.end > options.now);
    if (running)
      throw new ConfigurationError(
        `TEST_END_DATE ${config.range.to}: ${running.reportDate} has not ended in ${config.timezone}; name days that have`,
      );
    return days.map(({ reportDate }) => reportDate);
  }
  return [previousReportDate(instantOf(options.scheduledTime) ?? options.now, config.timezone)];
}

/**
 * Name of a day's execution: the same date is started once however often the planner is tried again (Step Functions keeps
 * names for 90 days).
 */
export function executionName(reportDate: string): string {
  return `day-${reportDate}`;
}

/** The time a run was scheduled for. A payload may hold anything: what is no ISO 8601 time is no schedule's time. */
function instantOf(scheduledTime: unknown): number | null {
  if (typeof scheduledTime !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(scheduledTime)) return null;
  const instant = Date.parse(scheduledTime);
  return Number.isNaN(instant) ? null : instant;
}
