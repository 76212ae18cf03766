import type { Execution } from './execution.js';

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
  const category = number(error, 'ErrorCategory');
  const type = number(error, 'ErrorType');
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

/** The text of a query. Exports that were filled from CloudTrail carry its mask (aws-facts 3.2): no text stands behind it. */
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

/** Reads a count. What no count can be is not known: a fraction, less than nothing, more than is exact. */
function count(parent: Json | null, name: string): number | null {
  const value = number(parent, name);
  return value !== null && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** Reads a number; exports may print it as text. */
function number(parent: Json | null, name: string): number | null {
  const value = member(parent, name);
  const parsed = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : null;
}

function boolean(parent: Json | null, name: string): boolean | null {
  const value = member(parent, name);
  return typeof value === 'boolean' ? value : null;
}

/**
 * Reads a time: `Date` (SDK), epoch seconds with a fraction (wire), milliseconds or smaller parts (other SDKs and stores), ISO text with any
 * offset (AWS CLI), `Tue Nov 03 15:00:00 UTC 2026` (Java), or `{"$date": …}`. Null when there is none, NaN when it is none of these.
 */
function time(parent: Json | null, name: string): number | null {
  const value = member(parent, name);
  return value === undefined || value === null || value === '' ? null : instantOf(value);
}

function instantOf(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return epochMs(value);
  const wrapped = asObject(value)?.$date;
  if (wrapped !== undefined) return typeof wrapped === 'number' ? Math.round(wrapped) : instantOf(wrapped);
  if (typeof value !== 'string') return Number.NaN;
  if (/^\d+(\.\d+)?$/.test(value)) return epochMs(Number(value));
  const iso = value.trim().replace(' ', 'T');
  const time = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(iso) ? iso : `${iso}Z`);
  // V8 reads other forms, too, in the machine's zone where they name none.
  return Number.isNaN(time) && /\b(?:UTC|GMT)\b/.test(value) ? Date.parse(value) : time;
}

/** Seconds up to the year 5138, then milliseconds up to that year, and so on. */
function epochMs(value: number): number {
  let ms = value * 1000;
  while (Math.abs(ms) >= 1e14) ms /= 1000;
  return Math.round(ms);
}
