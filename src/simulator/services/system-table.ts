import { callerArnOf } from '../company/credential.js';
import { executionIdOf } from '../company/start-request.js';
import { detailsOf, queryExecutionOf } from '../history/execution.js';
import type { Attempt, World } from '../history/world.js';
import { ServiceError } from '../wire/service.js';

/** Athena's system table `query_executions` of an account that has switched it on (aws-facts 11). */
export interface SystemTableOptions {
  /** Queries submitted before are not in it. */
  readonly enabledAt: number;
  /** From a query's end to its row. */
  readonly delayMs: number;
  /** Shares of executions, in `[0, 1]`, that the table forgets; to have something to find. */
  readonly isForgotten?: (queryExecutionId: string) => boolean;
  /** Principals that it names wrongly. */
  readonly principalOf?: (queryExecutionId: string) => string | null;
}

interface Asked {
  readonly accountId: string;
  readonly region: string;
  readonly now: number;
}

type Row = Readonly<Record<string, string | null>>;

const COLUMNS = [
  'query_execution_id',
  'account_id',
  'region_name',
  'work_group_name',
  'catalog_name',
  'database_name',
  'query_string',
  'execution_parameters',
  'principal_arn',
  'state',
  'statement_type',
  'submission_date_time',
  'completion_date_time',
  'data_scanned_in_bytes',
  'tables_accessed',
];

/** Tells a query that reads the system table or its columns. */
export function isSystemTableQuery(sql: string): boolean {
  return sql.includes('"s3tablescatalog/aws-athena"');
}

/** Answers the few forms of SELECT that the simulator understands. @throws ServiceError for others */
export function querySystemTable(
  world: World,
  { sql, table, asked }: { sql: string; table: SystemTableOptions | null; asked: Asked },
): { columns: readonly string[]; rows: readonly (readonly (string | null)[])[] } {
  if (table === null) throw new ServiceError(400, 'InvalidRequestException', 'CATALOG_NOT_FOUND: no such catalog');
  if (sql.includes('"information_schema"."columns"'))
    return { columns: ['column_name'], rows: COLUMNS.map((name) => [name]) };
  const parsed = /^SELECT (.*?) FROM "s3tablescatalog\/aws-athena"\."metadata"\."query_executions" WHERE (.*)$/s.exec(
    sql,
  );
  if (!parsed) throw new ServiceError(400, 'InvalidRequestException', 'the simulator does not understand this query');
  const columns = (parsed[1] ?? '').split(/, (?![^(]*\))/).map((item) => /"(\w+)"$/.exec(item)?.[1] ?? '');
  const isWanted = conditionsOf(parsed[2] ?? '');
  const rows = world.attempts
    .filter((attempt) => isInTable(world, attempt, table, asked))
    .map((attempt) => rowOf(world, attempt, table, asked))
    .filter(isWanted);
  return { columns, rows: rows.map((row) => columns.map((column) => row[column] ?? null)) };
}

function isInTable(
  world: World,
  attempt: Attempt,
  table: SystemTableOptions,
  { accountId, region, now }: Asked,
): boolean {
  if (attempt.fate === 'refused' || attempt.submittedAt < table.enabledAt) return false;
  if (attempt.channel.accountId !== accountId || attempt.channel.region !== region) return false;
  if (table.isForgotten?.(executionIdOf(world, attempt))) return false;
  return detailsOf(world, attempt).finallyEndsAt + table.delayMs <= now;
}

function rowOf(world: World, attempt: Attempt, table: SystemTableOptions, { accountId, region, now }: Asked): Row {
  const execution = queryExecutionOf(world, attempt, now) as {
    Query: string;
    StatementType: string;
    QueryExecutionContext: { Catalog?: string; Database?: string };
    Status: { State: string; SubmissionDateTime: number; CompletionDateTime: number };
    Statistics: { DataScannedInBytes?: number };
    WorkGroup: string;
  };
  const id = executionIdOf(world, attempt);
  return {
    query_execution_id: id,
    account_id: accountId,
    region_name: region,
    work_group_name: execution.WorkGroup,
    catalog_name: execution.QueryExecutionContext.Catalog ?? null,
    database_name: execution.QueryExecutionContext.Database ?? null,
    query_string: execution.Query,
    execution_parameters: null,
    principal_arn: table.principalOf?.(id) ?? callerArnOf(attempt.credential),
    state: execution.Status.State,
    statement_type: execution.StatementType,
    submission_date_time: new Date(execution.Status.SubmissionDateTime).toISOString(),
    completion_date_time: new Date(execution.Status.CompletionDateTime).toISOString(),
    data_scanned_in_bytes: String(execution.Statistics.DataScannedInBytes ?? 0),
    tables_accessed: '[]',
  };
}

function conditionsOf(where: string): (row: Row) => boolean {
  const tests = where.split(' AND ').map((condition): ((row: Row) => boolean) => {
    const text = /^"(\w+)" = '([^']*)'$/.exec(condition);
    if (text) return (row) => row[text[1] ?? ''] === text[2];
    const time = /^"(\w+)" (>=|<) from_iso8601_timestamp\('([^']*)'\)$/.exec(condition);
    if (time) {
      const bound = Date.parse(time[3] ?? '');
      const instantOf = (row: Row) => Date.parse(row[time[1] ?? ''] ?? '');
      return time[2] === '<' ? (row) => instantOf(row) < bound : (row) => instantOf(row) >= bound;
    }
    const list = /^"(\w+)" IN \((.*)\)$/.exec(condition);
    if (!list) throw new ServiceError(400, 'InvalidRequestException', `the simulator does not understand ${condition}`);
    const values = new Set((list[2] ?? '').split(', ').map((value) => value.slice(1, -1)));
    return (row) => values.has(row[list[1] ?? ''] ?? '');
  });
  return (row) => tests.every((test) => test(row));
}
