import {
  DescribeExecutionCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { parseExecutionName } from '../../collect/days/owed-days.js';

/** What the executions of a report day came to: one that succeeded counts, whatever else failed. */
export interface DayState {
  readonly reportDate: string;
  readonly status: string;
  readonly executionArn: string;
}

/** Enough for some weeks of daily runs and a large back-fill. */
const MAX_PAGES = 20;

/** The state of every report day with an execution since an instant, the newest day first. */
export async function listDayStates(
  client: SFNClient,
  options: { readonly stateMachineArn: string; readonly since: number },
): Promise<DayState[]> {
  const days = new Map<string, DayState>();
  let token: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await client.send(
      new ListExecutionsCommand({
        stateMachineArn: options.stateMachineArn,
        maxResults: 100,
        ...(token ? { nextToken: token } : {}),
      }),
    );
    const recent = (page.executions ?? []).filter(({ startDate }) => (startDate?.getTime() ?? 0) >= options.since);
    for (const execution of recent) note(days, execution);
    token = page.nextToken;
    // Newest first: an older one ends the list.
    if (!token || recent.length < (page.executions ?? []).length) break;
  }
  return [...days.values()].sort((a, b) => (a.reportDate < b.reportDate ? 1 : -1));
}

/** Why an execution failed, in Step Functions' words. */
export async function causeOf(client: SFNClient, executionArn: string): Promise<string> {
  const { error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
  return [error, cause].filter(Boolean).join(': ').slice(0, 600) || 'no cause given';
}

function note(days: Map<string, DayState>, { name = '', status, executionArn = '' }: ExecutionListItem): void {
  const reportDate = parseExecutionName(name)?.reportDate;
  if (reportDate === undefined || status === undefined) return;
  const known = days.get(reportDate);
  if (!known || (known.status !== 'SUCCEEDED' && status === 'SUCCEEDED'))
    days.set(reportDate, { reportDate, status, executionArn });
}
