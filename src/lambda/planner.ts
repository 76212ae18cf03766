import type { PlannedDay } from '../collect/days/owed-days.js';
import { parsePlannerConfig } from './environment.js';
import { plannedDates } from './plan-days.js';
import { planOwed } from './plan-owed.js';
import { parsePlannerPayload } from './requests.js';
import { type StartedDay, startDays } from './start-days.js';

/**
 * Starts an execution for the previous day, or for each day of TEST_START_DATE to TEST_END_DATE; and, without such a range, for
 * every earlier day that is owed: it failed, was not closed, or was never begun.
 */
export async function handler(event: unknown): Promise<{ readonly started: readonly StartedDay[] }> {
  const { scheduledTime, range, isByRule } = parsePlannerPayload(event);
  const config = parsePlannerConfig(process.env, range);
  const now = Date.now();
  const asked = plannedDates(config, { scheduledTime, now });
  let days: readonly PlannedDay[] = asked.map((reportDate) => ({ reportDate, attempt: 1, starts: true }));
  try {
    if (config.output !== null) days = await planOwed(config, { output: config.output, asked, now, isByRule });
  } catch (error) {
    // What was asked for does not wait for what else may be owed. The retries, and the alarm, look after that.
    await startDays(config.stateMachineArn, days);
    throw error;
  }
  return { started: await startDays(config.stateMachineArn, days) };
}
