import { expect, it } from 'vitest';
import { nextDailyRun } from './next-run.js';

it.each([
  ['cron(0 1 * * ? *)', 'America/New_York', '2026-11-20T05:59:59Z', '2026-11-20T06:00:00.000Z'],
  ['cron(0 1 * * ? *)', 'America/New_York', '2026-11-20T06:00:00Z', '2026-11-21T06:00:00.000Z'],
  ['cron(30 4 * * ? *)', 'Asia/Kolkata', '2026-11-20T12:00:00Z', '2026-11-20T23:00:00.000Z'],
  // The clock skips 02:30 on that day: Scheduler runs on the next.
  ['cron(0 2 * * ? *)', 'America/New_York', '2026-03-08T05:30:00Z', '2026-03-09T06:00:00.000Z'],
])('%s in %s runs after %s at %s', (expression, timezone, after, next) => {
  expect(new Date(nextDailyRun({ expression, timezone, after: Date.parse(after) }) ?? 0).toISOString()).toBe(next);
});

it.each(['rate(1 day)', 'cron(0 1 ? * MON-FRI *)', 'cron(*/5 1 * * ? *)'])('leaves %s to AWS', (expression) => {
  expect(nextDailyRun({ expression, timezone: 'UTC', after: 0 })).toBeNull();
});
