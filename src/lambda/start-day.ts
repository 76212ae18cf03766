import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { executionName } from './plan-days.js';

/** What the planner did for a day. */
export interface StartedDay {
  readonly report_date: string;
  readonly execution: string;
  /** False: an execution of this name was there before, and the day is not collected a second time. */
  readonly started: boolean;
}

const client = new SFNClient({ maxAttempts: 6 });

/** Starts the execution of a report day, once however often it is asked. */
export async function startDay(stateMachineArn: string, reportDate: string): Promise<StartedDay> {
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
