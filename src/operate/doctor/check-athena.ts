import {
  type AthenaClient,
  BatchGetQueryExecutionCommand,
  ListQueryExecutionsCommand,
  ListWorkGroupsCommand,
} from '@aws-sdk/client-athena';
import type { Clock } from '../../ports/clock.js';
import { isDenied } from '../error-name.js';
import { type Finding, fail, pass } from './finding.js';

/** ListQueryExecutions allows 5 calls a second (aws-facts 2.1). */
const PACE_MS = 250;

/** Checks that every workgroup can be listed, and that executions can be read. */
export async function* checkAthena({
  client,
  region,
  clock,
  signal,
}: {
  readonly client: AthenaClient;
  readonly region: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): AsyncGenerator<Finding> {
  const names: string[] = [];
  let token: string | undefined;
  try {
    do {
      const page = await client.send(
        new ListWorkGroupsCommand({ MaxResults: 50, ...(token ? { NextToken: token } : {}) }),
      );
      names.push(...(page.WorkGroups ?? []).map(({ Name = '' }) => Name));
      token = page.NextToken;
    } while (token);
  } catch (error) {
    if (!isDenied(error)) throw error;
    yield fail('workgroups', `${region}: athena:ListWorkGroups is denied`, 'allow athena:ListWorkGroups on *');
    return;
  }
  const unreadable: string[] = [];
  let example: string | undefined;
  for (const WorkGroup of names) {
    try {
      const { QueryExecutionIds = [] } = await client.send(
        new ListQueryExecutionsCommand({ WorkGroup, MaxResults: 1 }),
      );
      example ??= QueryExecutionIds[0];
    } catch (error) {
      if (!isDenied(error)) throw error;
      unreadable.push(WorkGroup);
    }
    await clock.sleep(PACE_MS, signal);
  }
  yield unreadable.length === 0
    ? pass('workgroups', `${region}: all ${names.length} workgroups can be listed`)
    : fail(
        'workgroups',
        `${region}: ${unreadable.length} of ${names.length} workgroups cannot be read: ${unreadable.join(', ')}`,
        'allow athena:ListQueryExecutions, BatchGetQueryExecution and GetQueryExecution on their ARNs; their queries have no text until then',
      );
  if (example !== undefined) yield await checkBatchGet(client, example, region);
}

async function checkBatchGet(client: AthenaClient, id: string, region: string): Promise<Finding> {
  try {
    const { UnprocessedQueryExecutionIds: [left] = [] } = await client.send(
      new BatchGetQueryExecutionCommand({ QueryExecutionIds: [id] }),
    );
    if (!left) return pass('executions', `${region}: executions can be read`);
    return fail(
      'executions',
      `${region}: an execution could not be read: ${left.ErrorCode} ${left.ErrorMessage}`,
      'allow athena:BatchGetQueryExecution on its workgroup',
    );
  } catch (error) {
    if (!isDenied(error)) throw error;
    return fail(
      'executions',
      `${region}: athena:BatchGetQueryExecution is denied`,
      'allow it on the workgroups; without it no query has its text',
    );
  }
}
