import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { executionName, type PlannedDay, planDays } from '../collect/days/owed-days.js';
import { owedMetrics } from './day-metrics.js';
import { type Environment, type PlannerConfig, parsePlannerConfig } from './environment.js';
import { createdAt, readKnownDays } from './known-days.js';
import { logMetrics, stackOf } from './log.js';
import { openTree } from './open-function.js';
import { datesOwed, plannedDates } from './plan-days.js';

/** What the planner did for a day. */
export interface StartedDay {
  readonly report_date: string;
  readonly execution: string;
  /** False: the day runs, or ran and was closed, and is not collected a second time. */
  readonly started: boolean;
}

const client = new SFNClient({ maxAttempts: 6 });

/**
 * Starts an execution for the previous day, or for each day of TEST_START_DATE to TEST_END_DATE; and, without such a range, for
 * every earlier day that is owed: it failed, was not closed, or was never begun.
 */
export async function handler(event: unknown): Promise<{ readonly started: readonly StartedDay[] }> {
  const payload = (typeof event === 'object' && event !== null ? event : {}) as Record<string, unknown>;
  const config = parsePlannerConfig(process.env, textsOf(payload));
  const now = Date.now();
  // EventBridge rules call it `time`, our schedule `scheduled_time`.
  const asked = plannedDates(config, { scheduledTime: payload.scheduled_time ?? payload.time, now });
  let days: readonly PlannedDay[] = asked.map((reportDate) => ({ reportDate, attempt: 1, starts: true }));
  try {
    // A rule tells of a day that ended well: there is room for the next one.
    if (config.output !== null) days = await plan(config, { asked, now, isByRule: payload.source === 'aws.states' });
  } catch (error) {
    // What was asked for does not wait for what else may be owed. The retries, and the alarm, look after that.
    await startDays(config.stateMachineArn, days);
    throw error;
  }
  return { started: await startDays(config.stateMachineArn, days) };
}

async function plan(
  config: PlannerConfig,
  request: { readonly asked: readonly string[]; readonly now: number; readonly isByRule: boolean },
): Promise<readonly PlannedDay[]> {
  const { stateMachineArn, timezone } = config;
  const { asked, now, isByRule } = request;
  const store = await openTree(process.env, config.output ?? { bucket: '', prefix: '' });
  const known = await readKnownDays({ client, stateMachineArn, store, now });
  const born = await createdAt(client, stateMachineArn);
  const dates = datesOwed(config, { asked, known, born });
  const planned = planDays({
    asked: isByRule ? [] : asked,
    owed: dates,
    known,
    mostAtOnce: config.daysAtOnce,
    now,
    sparesLate: isByRule,
  });
  const { owed } = planned;
  const stamp = { now, stack: stackOf(process.env.AWS_LAMBDA_FUNCTION_NAME), also: { DaysOwed: owed.length } };
  if (config.range === null) logMetrics(owedMetrics({ owed, closed: known.closed, born, timezone, now }), stamp);
  return planned.days;
}

async function startDays(stateMachineArn: string, days: readonly PlannedDay[]): Promise<StartedDay[]> {
  const started: StartedDay[] = [];
  for (const day of days) started.push(await startDay(stateMachineArn, day));
  return started;
}

async function startDay(stateMachineArn: string, day: PlannedDay): Promise<StartedDay> {
  const { reportDate } = day;
  const name = executionName(day);
  if (!day.starts) return { report_date: reportDate, execution: name, started: false };
  const input = JSON.stringify({ report_date: reportDate });
  try {
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    return { report_date: reportDate, execution: executionArn ?? name, started: true };
  } catch (error) {
    // Another planner was here first.
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
    return { report_date: reportDate, execution: name, started: false };
  }
}

function textsOf(payload: Readonly<Record<string, unknown>>): Environment {
  const entries = Object.entries(payload).map(([name, value]) => [
    name,
    value === undefined || value === null ? undefined : String(value),
  ]);
  return Object.fromEntries(entries);
}
