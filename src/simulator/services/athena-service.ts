import { executionIdOf } from '../company/start-request.js';
import { EXECUTION_RETENTION_MS, executionOfId, queryExecutionOf } from '../history/execution.js';
import { startLive } from '../history/live.js';
import { type Attempt, partitionOf, type World } from '../history/world.js';
import type { Fault } from '../wire/faults.js';
import { hash } from '../wire/random.js';
import { jsonBodyOf, jsonResponse, ServiceError, type ServiceRequest, type ServiceResponse } from '../wire/service.js';
import { getWorkGroup, groupOf, listWorkGroups, settingsOperation } from './athena-settings-service.js';
import { preparedStatement } from './prepared-statement.js';
import { isSystemTableQuery, querySystemTable, type SystemTableOptions } from './system-table.js';

export interface AthenaOptions {
  /** Workgroups whose executions the caller may not read. */
  readonly deniedWorkGroups: readonly string[];
  /** Whether a forbidden execution fails the batch or only itself: AWS does not say (aws-facts 2.2). */
  readonly deniedInBatch: 'unprocessed' | 'whole-call';
  /** Ids of a page of ListQueryExecutions at most; AWS has 50. */
  readonly pageSize: number;
  /** Null: the account has not switched it on. */
  readonly systemTable: SystemTableOptions | null;
}

/** Answers Athena's operations (aws-facts 2). */
export function athenaOperation(
  world: World,
  request: ServiceRequest,
  options: AthenaOptions,
  fault: Fault | null,
): ServiceResponse {
  const body = jsonBodyOf(request);
  switch (request.operation) {
    case 'StartQueryExecution':
      return jsonResponse({ QueryExecutionId: startLive(world, request, body) });
    case 'GetQueryExecution':
      return getQueryExecution(world, request, body, options);
    case 'BatchGetQueryExecution':
      return batchGetQueryExecution(world, request, { body, options, fault });
    case 'ListQueryExecutions':
      return listQueryExecutions(world, request, { body, options, fault });
    case 'ListWorkGroups':
      return listWorkGroups(world, request, body);
    case 'GetWorkGroup':
      return getWorkGroup(world, request, body);
    case 'ListTagsForResource':
    case 'ListCapacityReservations':
    case 'GetCapacityAssignmentConfiguration':
      return settingsOperation(world, request, body);
    case 'GetPreparedStatement':
      groupOf(world, request, String(body.WorkGroup ?? ''));
      return preparedStatement(world, request, body);
    case 'GetQueryResults':
      return getQueryResults(world, request, body, options);
    case 'StopQueryExecution':
      return jsonResponse({});
    case 'ListSystemTableStatuses':
      return jsonResponse({
        SystemTableStatuses: [{ TableName: 'QUERY_EXECUTIONS', Enabled: options.systemTable !== null }],
      });
    case 'GetSystemTableConfiguration':
      throw invalid('SYSTEM_TABLE_NOT_ENABLED', 'System tables are not enabled for this account and Region');
    default:
      throw new ServiceError(
        400,
        'UnknownOperationException',
        `the simulator does not know Athena's ${request.operation}`,
      );
  }
}

const PAGE_SIZE = 50;

interface Call {
  readonly body: Readonly<Record<string, unknown>>;
  readonly options: AthenaOptions;
  readonly fault: Fault | null;
}

export function invalid(code: string, message: string): ServiceError {
  return new ServiceError(400, 'InvalidRequestException', message, { AthenaErrorCode: code, ErrorCode: code });
}

function denied(operation: string): ServiceError {
  return new ServiceError(
    400,
    'AccessDeniedException',
    `You are not authorized to perform: athena:${operation} on the resource. After your AWS administrator or you have updated your permissions, please try again.`,
  );
}

/** Finds an execution of the caller's account and Region that Athena still keeps. */
function keptExecution(world: World, request: ServiceRequest, id: string): Attempt | null {
  const attempt = executionOfId(world, id);
  if (!attempt) return null;
  const { channel, submittedAt } = attempt;
  const isHere = channel.accountId === request.accountId && channel.region === request.region;
  const isKept = submittedAt <= request.now && submittedAt > request.now - EXECUTION_RETENTION_MS;
  return isHere && isKept ? attempt : null;
}

/** Times go over the wire as epoch seconds with a fraction. */
function onWire(execution: Record<string, unknown>): Record<string, unknown> {
  const status = { ...(execution.Status as Record<string, unknown>) };
  for (const name of ['SubmissionDateTime', 'CompletionDateTime']) {
    const time = status[name];
    if (typeof time === 'number') status[name] = time / 1000;
  }
  return { ...execution, Status: status };
}

function getQueryExecution(
  world: World,
  request: ServiceRequest,
  body: Readonly<Record<string, unknown>>,
  options: AthenaOptions,
): ServiceResponse {
  const id = String(body.QueryExecutionId ?? '');
  const attempt = keptExecution(world, request, id);
  if (!attempt) throw invalid('QUERY_EXECUTION_NOT_FOUND', `QueryExecution ${id} was not found`);
  if (options.deniedWorkGroups.includes(attempt.workGroup.name)) throw denied(request.operation);
  return jsonResponse({ QueryExecution: onWire(queryExecutionOf(world, attempt, request.now)) });
}

const RESULT_ROWS = 1_000;

/** Only queries of the system table have results here. The first row of the first page names the columns. */
function getQueryResults(
  world: World,
  request: ServiceRequest,
  body: Readonly<Record<string, unknown>>,
  { systemTable }: AthenaOptions,
): ServiceResponse {
  const attempt = keptExecution(world, request, String(body.QueryExecutionId ?? ''));
  const sql = attempt?.live?.text ?? '';
  if (!attempt || !isSystemTableQuery(sql))
    throw invalid('INVALID_INPUT', 'the simulator keeps no results of this query');
  const { Status } = queryExecutionOf(world, attempt, request.now) as { Status: { State: string } };
  if (Status.State !== 'SUCCEEDED')
    throw invalid('INVALID_QUERY_EXECUTION_STATE', `Query has not yet finished. Current state: ${Status.State}`);
  const { columns, rows } = querySystemTable(world, {
    sql,
    table: systemTable,
    asked: { accountId: request.accountId, region: request.region, now: attempt.submittedAt },
  });
  const all = [columns, ...rows];
  const from = Number(body.NextToken ?? 0);
  const page = all.slice(from, from + Math.min(RESULT_ROWS, Number(body.MaxResults ?? RESULT_ROWS)));
  const next = from + page.length;
  return jsonResponse({
    ResultSet: {
      Rows: page.map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) })),
      ResultSetMetadata: { ColumnInfo: columns.map((name) => ({ Name: name, Type: 'varchar' })) },
    },
    ...(next < all.length ? { NextToken: String(next) } : {}),
  });
}

function batchGetQueryExecution(
  world: World,
  request: ServiceRequest,
  { body, options, fault }: Call,
): ServiceResponse {
  const ids = body.QueryExecutionIds;
  if (!Array.isArray(ids) || ids.length < 1 || ids.length > PAGE_SIZE || !ids.every((id) => typeof id === 'string')) {
    throw invalid('INVALID_INPUT', `1 to ${PAGE_SIZE} query execution ids are needed`);
  }
  const executions: Record<string, unknown>[] = [];
  const unprocessed: Record<string, string>[] = [];
  for (const id of ids as string[]) {
    const skip = (code: string, message: string) =>
      unprocessed.push({ QueryExecutionId: id, ErrorCode: code, ErrorMessage: message });
    if (fault?.kind === 'unprocessed-ids' && fault.random.chance(0.3)) {
      // Half of them are not even named among the leftovers: the caller has to count.
      if (fault.random.chance(0.5)) skip('INTERNAL_FAILURE', 'The service could not process the id; try again');
      continue;
    }
    const attempt = keptExecution(world, request, id);
    if (!attempt) skip('QUERY_EXECUTION_NOT_FOUND', `QueryExecution ${id} was not found`);
    else if (options.deniedWorkGroups.includes(attempt.workGroup.name)) {
      if (options.deniedInBatch === 'whole-call') throw denied(request.operation);
      skip('ACCESS_DENIED', denied(request.operation).message);
    } else executions.push(onWire(queryExecutionOf(world, attempt, request.now)));
  }
  if (fault?.kind === 'reordered-page') executions.reverse();
  return jsonResponse({ QueryExecutions: executions, UnprocessedQueryExecutionIds: unprocessed });
}

function listQueryExecutions(world: World, request: ServiceRequest, { body, options, fault }: Call): ServiceResponse {
  const name = typeof body.WorkGroup === 'string' ? body.WorkGroup : 'primary';
  const asked = typeof body.MaxResults === 'number' && body.MaxResults > 0 ? body.MaxResults : PAGE_SIZE;
  if (asked > PAGE_SIZE) throw invalid('INVALID_INPUT', `MaxResults must not be above ${PAGE_SIZE}`);
  const max = Math.min(asked, options.pageSize);
  groupOf(world, request, name);
  if (options.deniedWorkGroups.includes(name)) throw denied(request.operation);
  const limit = fault?.kind === 'short-page' ? fault.random.int(0, max - 1) : max;
  const list = partitionOf(world, request.accountId, request.region).executions.get(name) ?? [];
  const token = body.NextToken === undefined ? null : readListToken(body.NextToken, name);
  const page: Attempt[] = [];
  let next: string | undefined;
  for (let i = list.length - 1; i >= 0; i--) {
    const attempt = list[i];
    if (!attempt || attempt.submittedAt <= request.now - EXECUTION_RETENTION_MS) break;
    if (attempt.submittedAt > request.now) continue;
    if (token && comparePlace(attempt, token) >= 0) continue;
    if (page.length === limit) {
      const last = page.at(-1) ?? token;
      next = last ? writeListToken(last, name) : writeListToken({ submittedAt: request.now + 1, number: 0 }, name);
      break;
    }
    page.push(attempt);
  }
  if (fault?.kind === 'reordered-page') page.reverse();
  return jsonResponse({
    QueryExecutionIds: page.map((attempt) => executionIdOf(world, attempt)),
    ...(next === undefined ? {} : { NextToken: next }),
  });
}

interface Place {
  readonly submittedAt: number;
  readonly number: number;
}

function comparePlace(a: Place, b: Place): number {
  return a.submittedAt - b.submittedAt || a.number - b.number;
}

function writeListToken(place: Place, name: string): string {
  return Buffer.from(JSON.stringify([place.submittedAt, place.number, hash(name)])).toString('base64');
}

function readListToken(token: unknown, name: string): Place {
  try {
    const parts: unknown = JSON.parse(Buffer.from(String(token), 'base64').toString());
    if (Array.isArray(parts) && parts[2] === hash(name))
      return { submittedAt: Number(parts[0]), number: Number(parts[1]) };
  } catch {
    // Answered below like a token of another list.
  }
  throw invalid('INVALID_INPUT', 'Malformed nextToken');
}
