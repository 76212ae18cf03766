import type { Person } from '../company/company.js';
import { type Statement, writeStatement } from '../company/sql-texts.js';
import { executionIdOf, type StartRequest, startRequestOf } from '../company/start-request.js';
import { withToolComment } from '../company/tool-comments.js';
import { createRandom, hash, numberOfUuid } from '../wire/random.js';
import type { Attempt, World } from './world.js';

/** Everything about an execution that follows from the seed and its number. */
export interface ExecutionDetails extends StartRequest {
  readonly statement: Statement;
  /** The text that Athena got, tool comment included. */
  readonly text: string;
  readonly queueMs: number;
  readonly planningMs: number;
  readonly serviceMs: number;
  /** When it starts to run, when it first ends, and, for a re-queued failure, when it starts and ends again. */
  readonly runsAt: number;
  readonly endsAt: number;
  readonly requeuedAt: number | null;
  readonly finallyEndsAt: number;
  readonly finalState: 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  readonly scannedBytes: number;
  readonly isReused: boolean;
}

/** Athena keeps an execution for 45 days after its submission (aws-facts 2.2). */
export const EXECUTION_RETENTION_MS = 45 * 86_400_000;

/** Finds an execution by its id; refused attempts have none. */
export function executionOfId(world: World, id: string): Attempt | null {
  const number = numberOfUuid(world.spaces.execution, id);
  const attempt = number === null ? undefined : world.attempts[number];
  return attempt && attempt.fate !== 'refused' ? attempt : null;
}

export function detailsOf(world: World, attempt: Attempt): ExecutionDetails {
  const { number, submittedAt, live, channel } = attempt;
  const random = createRandom(world.seed, 'execution', number);
  const request = startRequestOf(world, attempt);
  const statement = live
    ? {
        ...LIVE_STATEMENT,
        text: live.text,
        scanBytes: live.scanBytes ?? LIVE_STATEMENT.scanBytes,
        substatement: live.substatement ?? LIVE_STATEMENT.substatement,
      }
    : writeStatement({
        seed: world.seed,
        number,
        style: channel.style,
        database: request.database,
        at: submittedAt,
      });
  const isScan = statement.scanBytes > 0;
  const isReused = attempt.fate === 'reused' && isScan && statement.substatement === 'SELECT';
  const queueMs = random.int(60, 900) + (random.chance(0.02) ? random.int(5_000, 90_000) : 0);
  const planningMs = isReused ? 0 : random.int(40, 700);
  const serviceMs = random.int(15, 120);
  const runMs = isReused ? random.int(80, 240) : runOf(world, attempt, isScan, random.next());
  const runsAt = submittedAt + queueMs;
  const endsAt = runsAt + runMs;
  const isRequeued = attempt.fate === 'requeued';
  const requeuedAt = isRequeued ? endsAt + random.int(60, 1_200) * 1000 : null;
  const finallyEndsAt = requeuedAt === null ? endsAt : requeuedAt + random.int(2_000, 60_000);
  const finalState = attempt.fate === 'failed' ? 'FAILED' : attempt.fate === 'cancelled' ? 'CANCELLED' : 'SUCCEEDED';
  const scanned = isScan ? Math.round(random.lognormal(statement.scanBytes, 1.1)) : 0;
  const share = attempt.fate === 'cancelled' || attempt.fate === 'failed' ? random.next() : 1;
  return {
    ...request,
    statement,
    text: live ? live.text : textOf(world, attempt, statement.text),
    queueMs,
    planningMs,
    serviceMs,
    runsAt,
    endsAt,
    requeuedAt,
    finallyEndsAt,
    finalState,
    scannedBytes: isReused ? 0 : Math.round(scanned * share),
    isReused,
  };
}

/** State at an instant, and when it was reached if it is an end. */
export function stateAt(
  details: ExecutionDetails,
  now: number,
): { state: 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED'; completedAt: number | null } {
  if (now < details.runsAt) return { state: 'QUEUED', completedAt: null };
  if (now < details.endsAt) return { state: 'RUNNING', completedAt: null };
  if (details.requeuedAt !== null) {
    if (now < details.requeuedAt) return { state: 'FAILED', completedAt: details.endsAt };
    if (now < details.finallyEndsAt) return { state: 'RUNNING', completedAt: null };
  }
  return { state: details.finalState, completedAt: details.finallyEndsAt };
}

/** The `QueryExecution` of the API at an instant; times are epoch milliseconds in the members that hold dates. */
export function queryExecutionOf(world: World, attempt: Attempt, now: number): Record<string, unknown> {
  const details = detailsOf(world, attempt);
  const { state, completedAt } = stateAt(details, now);
  const isDone = completedAt !== null;
  const status: Record<string, unknown> = { State: state, SubmissionDateTime: attempt.submittedAt };
  if (isDone) status.CompletionDateTime = completedAt;
  if (state === 'CANCELLED') status.StateChangeReason = 'Query cancelled by user';
  if (state === 'FAILED') Object.assign(status, failureOf(world, attempt));
  const statistics: Record<string, unknown> = isDone
    ? {
        EngineExecutionTimeInMillis: completedAt - details.runsAt,
        DataScannedInBytes: details.scannedBytes,
        TotalExecutionTimeInMillis: completedAt - attempt.submittedAt + details.serviceMs,
        QueryQueueTimeInMillis: details.queueMs,
        QueryPlanningTimeInMillis: details.planningMs,
        ServiceProcessingTimeInMillis: details.serviceMs,
        ResultReuseInformation: { ReusedPreviousResult: details.isReused },
      }
    : {};
  if (isDone && attempt.workGroup.isReserved) statistics.DpuCount = 4 + 4 * (hash(attempt.number) % 6);
  const context: Record<string, string> = {};
  if (details.database !== null) context.Database = details.database;
  if (details.catalog !== null) context.Catalog = details.catalog.toLowerCase();
  const execution: Record<string, unknown> = {
    QueryExecutionId: executionIdOf(world, attempt),
    Query: details.text,
    StatementType: details.statement.type,
    ResultConfiguration: details.outputLocation === null ? {} : { OutputLocation: details.outputLocation },
    ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: details.isReused } },
    QueryExecutionContext: context,
    Status: status,
    Statistics: statistics,
    WorkGroup: attempt.workGroup.name,
    EngineVersion: { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' },
    SubstatementType: details.statement.substatement,
  };
  if (attempt.workGroup.hasManagedResults) execution.ManagedQueryResultsConfiguration = { Enabled: true };
  return execution;
}

/** Whom the comment in the text names: the tool's user, or the victim of a forger. */
export function commentedPersonOf(world: World, attempt: Attempt): Person | null {
  if (attempt.channel.claims) return attempt.channel.claims;
  return attempt.actor.kind === 'human'
    ? (world.company.people.find((person) => person.id === attempt.actor.id) ?? null)
    : null;
}

const LIVE_STATEMENT: Statement = {
  text: '',
  type: 'DML',
  substatement: 'SELECT',
  tablesRead: [],
  tablesWritten: [],
  metadataTables: [],
  scanBytes: 25_000_000,
};

const FAILURES = [
  {
    ErrorCategory: 2,
    ErrorType: 1306,
    Retryable: false,
    reason: 'COLUMN_NOT_FOUND: line 1:8: Column cannot be resolved',
  },
  { ErrorCategory: 2, ErrorType: 1100, Retryable: false, reason: 'HIVE_BAD_DATA: Error parsing field value' },
  { ErrorCategory: 1, ErrorType: 233, Retryable: true, reason: 'Query exhausted resources at this scale factor' },
  { ErrorCategory: 2, ErrorType: 1200, Retryable: false, reason: 'Insufficient Lake Formation permission(s)' },
] as const;

function failureOf(world: World, attempt: Attempt): Record<string, unknown> {
  const { reason, ...error } = createRandom(world.seed, 'failure', attempt.number).pick(FAILURES);
  return { StateChangeReason: reason, AthenaError: { ...error, ErrorMessage: reason } };
}

function textOf(world: World, attempt: Attempt, text: string): string {
  const { tool } = attempt.channel;
  if (tool === null) return text;
  // dbt sends DROP and OPTIMIZE without its comment.
  if (tool === 'dbt' && /^(drop|OPTIMIZE)/.test(text)) return text;
  const person = commentedPersonOf(world, attempt);
  return withToolComment(tool, text, { person, seed: world.seed, number: attempt.number, at: attempt.submittedAt });
}

/** Running time; the long ones that began shortly before the end of the history are still running at its end. */
function runOf(world: World, attempt: Attempt, isScan: boolean, chance: number): number {
  if (attempt.fate === 'long') {
    const usual = (20 + 150 * chance) * 60_000;
    const isNearEnd = attempt.submittedAt < world.endsAt && attempt.submittedAt > world.endsAt - 12 * 3_600_000;
    return Math.round(isNearEnd ? world.endsAt - attempt.submittedAt + 0.5 * usual : usual);
  }
  return isScan ? Math.round(700 + 40_000 * chance ** 4) : Math.round(150 + 1_200 * chance);
}
