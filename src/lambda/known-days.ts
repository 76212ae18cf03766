import { DescribeStateMachineCommand, ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { reportDateAt } from '../calendar/report-day.js';
import { type DayRun, type DaysKnown, parseExecutionName } from '../collect/days/owed-days.js';
import type { ReportStore } from '../ports/report-store.js';
import { readClosings } from '../tree/closings.js';

/** Step Functions keeps what ended, and its name, for so long. */
const KEPT_MS = 90 * 86_400_000;
/** A hundred thousand runs: a back-fill of ten years a day would be a third of it. */
const MAX_PAGES = 100;

/** What is known of the days of the last 90: their runs, then their closings. A run that ended has written its closing before. */
export async function readKnownDays(request: {
  readonly client: SFNClient;
  readonly stateMachineArn: string;
  readonly store: ReportStore;
  readonly now: number;
}): Promise<DaysKnown> {
  const { client, stateMachineArn, store, now } = request;
  // A report date may be a day ahead of UTC, or behind.
  const farthest = reportDateAt(now - KEPT_MS, 'UTC');
  const runs = await listRuns(client, stateMachineArn, now - KEPT_MS);
  const closings = await readClosings(store, { tree: '', from: farthest, to: null });
  const whole = closings.filter(({ missingHours }) => missingHours.length === 0);
  return { runs, closed: new Set(whole.map(({ reportDate }) => reportDate)) };
}

/** When the state machine was made, which is when its stack was. Epoch milliseconds. */
export async function createdAt(client: SFNClient, stateMachineArn: string): Promise<number> {
  const { creationDate } = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
  if (!creationDate) throw new Error(`${stateMachineArn}: Step Functions does not say when it was made`);
  return creationDate.getTime();
}

async function listRuns(client: SFNClient, stateMachineArn: string, since: number): Promise<DayRun[]> {
  const runs: DayRun[] = [];
  let nextToken: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await client.send(
      new ListExecutionsCommand({ stateMachineArn, maxResults: 1000, ...(nextToken ? { nextToken } : {}) }),
    );
    for (const { name = '', status, startDate } of page.executions ?? []) {
      const parsed = parseExecutionName(name);
      const startedAt = startDate?.getTime() ?? 0;
      if (parsed) runs.push({ ...parsed, startedAt, isRunning: status === 'RUNNING' || status === 'PENDING_REDRIVE' });
    }
    nextToken = page.nextToken;
    // Newest first: an older one ends the list.
    if (!nextToken || (page.executions ?? []).some(({ startDate }) => (startDate?.getTime() ?? since) < since)) break;
  }
  return runs;
}
