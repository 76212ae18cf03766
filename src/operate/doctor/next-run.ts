import { addDays, reportDay, reportHourAt } from '../../calendar/report-day.js';

/**
 * The next instant (epoch milliseconds) of a daily `cron(m h * * ? *)` after an instant; null for any other expression, which
 * only AWS can evaluate. Scheduler skips a time that the clock skips and runs a repeated one once.
 */
export function nextDailyRun(options: {
  readonly expression: string;
  readonly timezone: string;
  readonly after: number;
}): number | null {
  const { expression, timezone, after } = options;
  const match = /^cron\((\d{1,2}) (\d{1,2}) \* \* \? \*\)$/.exec(expression);
  if (!match) return null;
  const [minute, hour] = [Number(match[1]), Number(match[2])];
  const today = reportHourAt(after, timezone).reportDate;
  for (let days = 0; days <= 2; days++) {
    const label = reportDay(addDays(today, days), timezone).hours.find((candidate) => candidate.hour === hour);
    const at = label ? label.window.start + minute * 60_000 : null;
    if (at !== null && at > after) return at;
  }
  return null;
}
