import type { Execution } from './execution.js';
import { instantOf } from './instant.js';

const MASK = '***OMITTED***';

type Json = { readonly [key: string]: unknown };

/**
 * Reads a `QueryExecution` as the SDK returns it or as the AWS CLI, the wire or an export prints it.
 * Accepts member names in any capitalisation of the first letter, times in any usual form, and ignores
 * unknown members. Returns a sentence saying what is wrong when it is no execution.
 */
export function readExecution(value: unknown): Execution | string {
  const json = asObject(value);
  if (!json) return 'not a JSON object';
  const queryExecutionId = text(json, 'QueryExecutionId');
  if (queryExecutionId === null) return 'QueryExecutionId is missing';
  const status = child(json, 'Status');
  const statistics = child(json, 'Statistics');
  const context = child(json, 'QueryExecutionContext');
  const error = child(status, 'AthenaError');
  const engine = child(json, 'EngineVersion');
  const times = { submittedAt: time(status, 'SubmissionDateTime'), completedAt: time(status, 'CompletionDateTime') };
  if (Object.values(times).some(Number.isNaN)) return unreadable(status);
  const category = count(error, 'ErrorCategory');
  const type = count(error, 'ErrorType');
  return {
    queryExecutionId,
    query: sqlOf(member(json, 'Query')),
    statementType: text(json, 'StatementType'),
    substatementType: text(json, 'SubstatementType'),
    state: text(status, 'State')?.toUpperCase() ?? 'UNKNOWN',
    stateReason: text(status, 'StateChangeReason'),
    errorCode: category === null ? null : `${category}.${type ?? 0}`,
    errorMessage: text(error, 'ErrorMessage'),
    ...times,
    workGroup: text(json, 'WorkGroup'),
    catalog: text(context, 'Catalog'),
    database: text(context, 'Database'),
    outputLocation: text(child(json, 'ResultConfiguration'), 'OutputLocation'),
    engineVersion: text(engine, 'EffectiveEngineVersion') ?? text(engine, 'SelectedEngineVersion'),
    dataScannedBytes: count(statistics, 'DataScannedInBytes'),
    queueMs: count(statistics, 'QueryQueueTimeInMillis'),
    planningMs: count(statistics, 'QueryPlanningTimeInMillis'),
    executionMs: count(statistics, 'EngineExecutionTimeInMillis'),
    totalMs: count(statistics, 'TotalExecutionTimeInMillis'),
    resultReused: boolean(child(statistics, 'ResultReuseInformation'), 'ReusedPreviousResult'),
    dpuCount: number(statistics, 'DpuCount'),
  };
}

/** The text of a query. Exports that were filled from CloudTrail carry its mask: no text stands behind it. */
function sqlOf(value: unknown): string | null {
  return typeof value === 'string' && value !== MASK ? value : null;
}

function unreadable(status: Json | null): string {
  const [submitted, completed] = ['SubmissionDateTime', 'CompletionDateTime'].map((name) => member(status, name));
  return `SubmissionDateTime ${JSON.stringify(submitted)} or CompletionDateTime ${JSON.stringify(completed)} is no time: ISO 8601 and seconds since 1970 are read`;
}

function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

function member(parent: Json | null, name: string): unknown {
  return parent?.[name] ?? parent?.[name.charAt(0).toLowerCase() + name.slice(1)];
}

function child(parent: Json | null, name: string): Json | null {
  return asObject(member(parent, name));
}

function text(parent: Json | null, name: string): string | null {
  const value = member(parent, name);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Reads a quantity; exports may print numbers as text. What is no number of things, as less than none, is not known. */
function number(parent: Json | null, name: string): number | null {
  const value = member(parent, name);
  const parsed = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof parsed === 'number' && parsed >= 0 && parsed <= Number.MAX_SAFE_INTEGER ? parsed : null;
}

/** Reads bytes or milliseconds, which are whole. */
function count(parent: Json | null, name: string): number | null {
  const value = number(parent, name);
  return value !== null && Number.isInteger(value) ? value : null;
}

function boolean(parent: Json | null, name: string): boolean | null {
  const value = member(parent, name);
  if (typeof value === 'string' && /^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return typeof value === 'boolean' ? value : null;
}

function time(parent: Json | null, name: string): number | null {
  const value = member(parent, name);
  return value === undefined || value === null || value === '' ? null : instantOf(value);
}
