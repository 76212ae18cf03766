import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { type Environment, parsePlannerConfig } from './environment.js';
import { executionName, plannedDates } from './plan-days.js';

/** What the planner did for a day. */
export interface StartedDay {
  readonly report_date: string;
  readonly execution: string;
  /** False: an execution of this name was there before, and the day is not collected a second time. */
  readonly started: boolean;
}

const client = new SFNClient({ maxAttempts: 6 });

/** Starts one execution a report day: the previous day, or the days of TEST_START_DATE to TEST_END_DATE. */
export async function handler(event: unknown): Promise<{ readonly started: readonly StartedDay[] }> {
  const payload = (typeof event === 'object' && event !== null ? event : {}) as Record<string, unknown>;
  const config = parsePlannerConfig(process.env, textsOf(payload));
  // EventBridge rules call it `time`, our schedule `scheduled_time`.
  const scheduledTime = payload.scheduled_time ?? payload.time;
  const started: StartedDay[] = [];
  for (const reportDate of plannedDates(config, { scheduledTime, now: Date.now() })) {
    started.push(await startDay(config.stateMachineArn, reportDate));
  }
  return { started };
}

async function startDay(stateMachineArn: string, reportDate: string): Promise<StartedDay> {
  const name = executionName(reportDate);
  const input = JSON.stringify({ report_date: reportDate });
  try {
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    return { report_date: reportDate, execution: executionArn ?? name, started: true };
  } catch (error) {
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
