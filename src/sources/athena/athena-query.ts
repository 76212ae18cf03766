import { createHash } from 'node:crypto';
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { Clock } from '../../ports/clock.js';
import type { Pacer } from '../../ports/pacer.js';
import { UnusableAnswer } from '../aws/aws-failure.js';
import { callAws } from '../aws/call-aws.js';
import type { Counts } from '../aws/counts.js';

/** Rows by column name, as Athena prints them; null for NULL. */
export type ResultRow = Readonly<Record<string, string | null>>;

/** The calls it takes to run a query of our own; each is one attempt, without pacing or retries. */
export interface QueryCalls {
  /** The same token starts nothing twice. Resolves to the execution's id. */
  start(sql: string, options: { readonly workGroup: string; readonly token: string }): Promise<string>;
  state(id: string, signal?: AbortSignal): Promise<QueryState>;
  page(id: string, token: string | null, signal?: AbortSignal): Promise<ResultPage>;
  stop(id: string): Promise<void>;
}

export interface QueryState {
  readonly state: string;
  readonly reason: string | null;
  /** So far; null where Athena does not say. */
  readonly scannedBytes: number | null;
}

export interface ResultPage {
  readonly columns: readonly string[];
  /** Athena's types of the columns, in their order. */
  readonly types: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly nextToken: string | null;
}

/** Makes the calls of an Athena client; create the client with `PACED_CLIENT`. */
export function createQueryCalls(client: AthenaClient): QueryCalls {
  const within = (signal: AbortSignal | undefined) => (signal ? { abortSignal: signal } : {});
  return {
    async start(sql, { workGroup, token }) {
      const input = { QueryString: sql, WorkGroup: workGroup, ClientRequestToken: token };
      const { QueryExecutionId } = await client.send(new StartQueryExecutionCommand(input));
      if (!QueryExecutionId) throw new UnusableAnswer('StartQueryExecution', 'QueryExecutionId');
      return QueryExecutionId;
    },
    async state(id, signal) {
      const { QueryExecution } = await client.send(
        new GetQueryExecutionCommand({ QueryExecutionId: id }),
        within(signal),
      );
      const { Status, Statistics } = QueryExecution ?? {};
      if (!Status?.State) throw new UnusableAnswer('GetQueryExecution', 'State');
      const scannedBytes = Statistics?.DataScannedInBytes ?? null;
      return { state: Status.State, reason: Status.StateChangeReason ?? null, scannedBytes };
    },
    async page(id, token, signal) {
      const input = { QueryExecutionId: id, MaxResults: 1000, ...(token === null ? {} : { NextToken: token }) };
      const { ResultSet, NextToken } = await client.send(new GetQueryResultsCommand(input), within(signal));
      if (!ResultSet?.Rows || !ResultSet.ResultSetMetadata) throw new UnusableAnswer('GetQueryResults', 'ResultSet');
      const { ColumnInfo: columns = [] } = ResultSet.ResultSetMetadata;
      return {
        columns: columns.map(({ Name }) => Name ?? ''),
        types: columns.map(({ Type }) => Type ?? ''),
        rows: ResultSet.Rows.map(({ Data }) => (Data ?? []).map(({ VarCharValue }) => VarCharValue ?? null)),
        nextToken: NextToken ?? null,
      };
    },
    async stop(id) {
      await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
    },
  };
}

export interface QueryRunner {
  readonly calls: QueryCalls;
  readonly workGroup: string;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly random: () => number;
  readonly counts: Counts;
}

/** Starting and asking have quotas of 20 a second and more (aws-facts 2.1), and every query of the account shares them. */
export const QUERY_CALLS_PER_SECOND = 4;

/** A query of ours that takes longer is given up. */
const MAX_WAIT_MS = 30 * 60_000;
const FIRST_POLL_MS = 400;
const LONGEST_POLL_MS = 5_000;

type Running = QueryRunner & { readonly signal?: AbortSignal | undefined };

/** Athena ended a query of ours: its words say why. */
export class QueryEnded extends Error {
  override readonly name = 'QueryEnded';
}

/** Runs a SELECT in Athena and yields its rows, a page at a time. Whoever stops early stops the query. @throws as `runSelect` */
export async function* runQuery(sql: string, runner: Running): AsyncGenerator<readonly ResultRow[]> {
  for await (const { columns, rows } of runSelect(sql, runner))
    yield rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
}

/**
 * The same with the names and types of the columns, in their order; the first page is there even without rows.
 * @throws PermissionDenied, CredentialsExpired, QueryEnded when the query fails
 */
export async function* runSelect(
  sql: string,
  {
    calls,
    workGroup,
    signal,
    onScanned,
    ...call
  }: Running & {
    /** Told once, when the query has ended well. */
    readonly onScanned?: (bytes: number | null) => void;
  },
): AsyncGenerator<Omit<ResultPage, 'nextToken'>> {
  const paced = { ...call, signal };
  // Names this very run: the same token again would bring the old run's results.
  const token = createHash('sha256').update(`${sql} ${call.clock.now()} ${call.random()}`).digest('hex');
  const start = () => calls.start(sql, { workGroup, token });
  const id = await callAws(start, { ...paced, action: 'athena:StartQueryExecution' });
  let isRunning = true;
  try {
    const startedAt = call.clock.now();
    for (let pause = FIRST_POLL_MS; isRunning; pause = Math.min(LONGEST_POLL_MS, pause * 1.6)) {
      await call.clock.sleep(Math.ceil(pause), signal);
      const asked = { ...paced, action: 'athena:GetQueryExecution' };
      const { state, reason, scannedBytes } = await callAws(() => calls.state(id, signal), asked);
      if (state === 'FAILED' || state === 'CANCELLED')
        throw new QueryEnded(
          `the query ${id} in workgroup ${workGroup} ended as ${state}: ${reason ?? 'no reason given'}`,
        );
      isRunning = state !== 'SUCCEEDED';
      if (!isRunning) onScanned?.(scannedBytes);
      if (isRunning && call.clock.now() - startedAt > MAX_WAIT_MS)
        throw new Error(`the query ${id} in workgroup ${workGroup} still runs after ${MAX_WAIT_MS / 60_000} minutes`);
    }
  } finally {
    // Best effort: what goes on running costs money, and nothing else hangs on it.
    if (isRunning) await calls.stop(id).catch(() => {});
  }
  let nextToken: string | null = null;
  do {
    const token: string | null = nextToken;
    const asked = { ...paced, action: 'athena:GetQueryResults' };
    const page: ResultPage = await callAws(() => calls.page(id, token, signal), asked);
    // The first row of a SELECT's first page repeats the names of the columns.
    const rows = token === null ? page.rows.slice(1) : page.rows;
    yield { columns: page.columns, types: page.types, rows };
    nextToken = page.nextToken;
  } while (nextToken !== null);
}
