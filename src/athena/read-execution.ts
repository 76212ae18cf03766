import type { Execution } from './execution.js';

type Json = { readonly [key: string]: unknown };

/**
 * Reads a `QueryExecution` as the SDK returns it or as the AWS CLI, the wire or an export prints it.
 * Accepts member names in any capitalisation of the first letter, times as `Date`, epoch seconds or text, and ignores
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
  const category = number(error, 'ErrorCategory');
  const type = number(error, 'ErrorType');
  return {
    queryExecutionId,
    query: member(json, 'Query') === '' ? '' : text(json, 'Query'),
    statementType: text(json, 'StatementType'),
    substatementType: text(json, 'SubstatementType'),
    state: text(status, 'State')?.toUpperCase() ?? 'UNKNOWN',
    stateReason: text(status, 'StateChangeReason'),
    errorCode: category === null ? null : `${category}.${type ?? 0}`,
    errorMessage: text(error, 'ErrorMessage'),
    submittedAt: time(status, 'SubmissionDateTime'),
    completedAt: time(status, 'CompletionDateTime'),
    workGroup: text(json, 'WorkGroup'),
    catalog: text(context, 'Catalog'),
    database: text(context, 'Database'),
    outputLocation: text(child(json, 'ResultConfiguration'), 'OutputLocation'),
    engineVersion: text(engine, 'EffectiveEngineVersion') ?? text(engine, 'SelectedEngineVersion'),
    dataScannedBytes: number(statistics, 'DataScannedInBytes'),
    queueMs: number(statistics, 'QueryQueueTimeInMillis'),
    planningMs: number(statistics, 'QueryPlanningTimeInMillis'),
    executionMs: number(statistics, 'EngineExecutionTimeInMillis'),
    totalMs: number(statistics, 'TotalExecutionTimeInMillis'),
    resultReused: boolean(child(statistics, 'ResultReuseInformation'), 'ReusedPreviousResult'),
    dpuCount: number(statistics, 'DpuCount'),
  };
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

/** Reads a count; exports may print whole numbers as text. */
function number(parent: Json | null, name: string): number | null {
  const value = member(parent, name);
  const parsed = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : null;
}

function boolean(parent: Json | null, name: string): boolean | null {
  const value = member(parent, name);
  return typeof value === 'boolean' ? value : null;
}

/** Reads a time: `Date` (SDK), epoch seconds with a fraction (wire), or ISO text with any offset (AWS CLI). */
function time(parent: Json | null, name: string): number | null {
  const value = member(parent, name);
  if (value instanceof Date) return finite(value.getTime());
  if (typeof value === 'number') return finite(Math.round(value * 1000));
  if (typeof value !== 'string') return null;
  if (/^\d+(\.\d+)?$/.test(value)) return finite(Math.round(Number(value) * 1000));
  const iso = value.trim().replace(' ', 'T');
  return finite(Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(iso) ? iso : `${iso}Z`));
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
