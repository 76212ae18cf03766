import { previousReportDate, reportDays } from '../calendar/report-day.js';
import { type DaysKnown, owedDates } from '../collect/days/owed-days.js';
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
 * The days that should be closed by now: from the first that the tree or its stack knows of to the previous one. None where a
 * range was asked for. `born` (epoch milliseconds) is when the stack was made.
 */
export function datesOwed(
  { range, timezone, owedDays, firstDay }: PlannerConfig,
  { asked, known, born }: { readonly asked: readonly string[]; readonly known: DaysKnown; readonly born: number },
): string[] {
  const [until] = asked;
  if (range || until === undefined) return [];
  const begins = firstDay === null ? [previousReportDate(born, timezone)] : [firstDay];
  return owedDates({
    begins: [...begins, ...known.closed, ...known.runs.map(({ reportDate }) => reportDate)],
    until,
    days: owedDays,
  });
}

/** The time a run was scheduled for. A payload may hold anything: what is no ISO 8601 time is no schedule's time. */
function instantOf(scheduledTime: unknown): number | null {
  if (typeof scheduledTime !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(scheduledTime)) return null;
  const instant = Date.parse(scheduledTime);
  return Number.isNaN(instant) ? null : instant;
}
