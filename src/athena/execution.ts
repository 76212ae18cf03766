/** An Athena `QueryExecution`, flattened to what the reports need. Times are epoch milliseconds. */
export interface Execution {
  readonly queryExecutionId: string;
  /** Full SQL text, byte for byte; null when the source has none. */
  readonly query: string | null;
  readonly statementType: string | null;
  readonly substatementType: string | null;
  /** `QUEUED`, `RUNNING`, `SUCCEEDED`, `FAILED`, `CANCELLED`; an unknown value is kept as it is. */
  readonly state: string;
  readonly stateReason: string | null;
  /** `<ErrorCategory>.<ErrorType>` of `AthenaError`, for example `2.1306`. */
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly submittedAt: number | null;
  readonly completedAt: number | null;
  readonly workGroup: string | null;
  readonly catalog: string | null;
  readonly database: string | null;
  readonly outputLocation: string | null;
  readonly engineVersion: string | null;
  readonly dataScannedBytes: number | null;
  readonly queueMs: number | null;
  readonly planningMs: number | null;
  readonly executionMs: number | null;
  readonly totalMs: number | null;
  readonly resultReused: boolean | null;
  /** Set for queries that ran on a capacity reservation (aws-facts 6). */
  readonly dpuCount: number | null;
}

/** Where the text and statistics of an execution came from. */
export type ExecutionOrigin = 'athena' | 'system-table' | 'export';

/**
 * What a source of executions answered for one id.
 * `unknown`: the source cannot tell (an export that lacks the id). `pending`: throttled or unprocessed; ask again.
 */
export type ExecutionAnswer =
  | {
      readonly queryExecutionId: string;
      readonly outcome: 'found';
      readonly origin: ExecutionOrigin;
      readonly execution: Execution;
    }
  | {
      readonly queryExecutionId: string;
      readonly outcome: 'not_found' | 'denied' | 'pending';
      readonly origin: ExecutionOrigin;
      readonly reason: string;
    }
  | { readonly queryExecutionId: string; readonly outcome: 'unknown'; readonly origin: ExecutionOrigin };

/** States from which Athena never moves on, but for its rare requeueing of a failed query (aws-facts 2.3). */
export function isTerminal(state: string): boolean {
  return state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED';
}
