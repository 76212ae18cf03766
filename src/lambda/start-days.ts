import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { executionName, type PlannedDay } from '../collect/days/owed-days.js';

/** What the planner did for a day. */
export interface StartedDay {
  readonly report_date: string;
  readonly execution: string;
  /** False: the day runs, or ran and was closed, and is not collected a second time. */
  readonly started: boolean;
}

const client = new SFNClient({ maxAttempts: 6 });

/** Starts the executions of report days, in their order. */
export async function startDays(stateMachineArn: string, days: readonly PlannedDay[]): Promise<StartedDay[]> {
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
