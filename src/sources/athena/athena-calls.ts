import {
  type AthenaClient,
  BatchGetQueryExecutionCommand,
  GetPreparedStatementCommand,
  GetQueryExecutionCommand,
  ListQueryExecutionsCommand,
  ListWorkGroupsCommand,
} from '@aws-sdk/client-athena';
import type { PreparedName, PreparedText } from '../../ports/execution-source.js';
import { UnusableAnswer } from '../aws/aws-failure.js';

/** The calls of Athena that are used here; each is one attempt, without pacing or retries. */
export interface AthenaCalls {
  batchGet(ids: readonly string[], signal?: AbortSignal): Promise<BatchAnswer>;
  /** Resolves to a `QueryExecution`. */
  get(id: string, signal?: AbortSignal): Promise<unknown>;
  getPrepared(asked: PreparedName, signal?: AbortSignal): Promise<PreparedText>;
  listWorkGroups(token: string | null, signal?: AbortSignal): Promise<NamesPage>;
  listExecutions(workGroup: string, token: string | null, signal?: AbortSignal): Promise<NamesPage>;
}

export interface BatchAnswer {
  /** `QueryExecution` objects, in any order. */
  readonly executions: readonly unknown[];
  readonly unprocessed: readonly Unprocessed[];
}

export interface Unprocessed {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

export interface NamesPage {
  readonly names: readonly string[];
  readonly nextToken: string | null;
}

/** Makes the calls of an Athena client; create the client with `PACED_CLIENT`. */
export function createAthenaCalls(client: AthenaClient): AthenaCalls {
  const within = (signal: AbortSignal | undefined) => (signal ? { abortSignal: signal } : {});
  return {
    async batchGet(ids, signal) {
      const answer = await client.send(
        new BatchGetQueryExecutionCommand({ QueryExecutionIds: [...ids] }),
        within(signal),
      );
      if (!answer.QueryExecutions && !answer.UnprocessedQueryExecutionIds) {
        throw new UnusableAnswer('BatchGetQueryExecution', 'QueryExecutions');
      }
      return {
        executions: answer.QueryExecutions ?? [],
        unprocessed: (answer.UnprocessedQueryExecutionIds ?? []).map((each) => ({
          id: each.QueryExecutionId ?? '',
          code: each.ErrorCode ?? '',
          message: each.ErrorMessage ?? '',
        })),
      };
    },
    async get(id, signal) {
      const answer = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }), within(signal));
      if (!answer.QueryExecution) throw new UnusableAnswer('GetQueryExecution', 'QueryExecution');
      return answer.QueryExecution;
    },
    async getPrepared({ workGroup, name }, signal) {
      const input = { WorkGroup: workGroup, StatementName: name };
      const { PreparedStatement: found } = await client.send(new GetPreparedStatementCommand(input), within(signal));
      const [text, modified] = [found?.QueryStatement, found?.LastModifiedTime];
      if (text === undefined || modified === undefined)
        throw new UnusableAnswer('GetPreparedStatement', 'PreparedStatement');
      return { text, modifiedAt: modified.getTime() };
    },
    async listWorkGroups(token, signal) {
      const input = { MaxResults: 50, ...(token === null ? {} : { NextToken: token }) };
      const answer = await client.send(new ListWorkGroupsCommand(input), within(signal));
      if (!answer.WorkGroups) throw new UnusableAnswer('ListWorkGroups', 'WorkGroups');
      return { names: answer.WorkGroups.flatMap(({ Name }) => Name ?? []), nextToken: answer.NextToken ?? null };
    },
    async listExecutions(workGroup, token, signal) {
      const input = { WorkGroup: workGroup, MaxResults: 50, ...(token === null ? {} : { NextToken: token }) };
      const answer = await client.send(new ListQueryExecutionsCommand(input), within(signal));
      if (!answer.QueryExecutionIds) throw new UnusableAnswer('ListQueryExecutions', 'QueryExecutionIds');
      return { names: answer.QueryExecutionIds, nextToken: answer.NextToken ?? null };
    },
  };
}
