import { parsePlannerConfig } from './environment.js';
import { plannedDates } from './plan-days.js';
import { parsePlannerPayload } from './requests.js';
import { type StartedDay, startDay } from './start-day.js';

/** Starts one execution a report day: the previous day, or the days of TEST_START_DATE to TEST_END_DATE. */
export async function handler(event: unknown): Promise<{ readonly started: readonly StartedDay[] }> {
  const { scheduledTime, range } = parsePlannerPayload(event);
  const config = parsePlannerConfig(process.env, range);
  const started: StartedDay[] = [];
  for (const reportDate of plannedDates(config, { scheduledTime, now: Date.now() }))
    started.push(await startDay(config.stateMachineArn, reportDate));
  return { started };
}
