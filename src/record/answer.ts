import { type ExecutionAnswer, isTerminal } from '../athena/execution.js';
import { ATHENA_RETENTION_MS } from '../athena/limits.js';
import type { QuerySource, QueryStatus } from './columns.js';

/** An answer and when it was given, epoch milliseconds. */
export interface ObservedAnswer {
  readonly answer: ExecutionAnswer;
  readonly observedAt: number;
}

/** Athena may take a failed query up again by itself (aws-facts 2.3): a failure counts as settled after this long. */
export const REQUEUE_BOUND_MS = 6 * 3_600_000;

/** Keeps the better of two answers about one id; does not depend on their order. */
export function betterAnswer(a: ObservedAnswer, b: ObservedAnswer): ObservedAnswer {
  const difference = rank(a.answer) - rank(b.answer) || a.observedAt - b.observedAt;
  if (difference !== 0) return difference > 0 ? a : b;
  return JSON.stringify(a) <= JSON.stringify(b) ? a : b;
}

/**
 * Tells whether asking again could teach something about an execution started at `startedAt`: no answer yet, still running,
 * failed a moment ago, throttled, or denied or unknown while Athena still keeps it.
 */
export function isWorthAsking(observed: ObservedAnswer | undefined, startedAt: number): boolean {
  if (!observed || observed.answer.outcome === 'unknown') return true;
  const { answer, observedAt } = observed;
  const wasKept = observedAt - startedAt <= ATHENA_RETENTION_MS;
  if (answer.outcome !== 'found' || !isTerminal(answer.execution.state)) return wasKept;
  if (answer.execution.state !== 'FAILED') return false;
  return wasKept && observedAt - (answer.execution.completedAt ?? startedAt) < REQUEUE_BOUND_MS;
}

/** Tells whether an execution is still to settle: something could be learnt, and Athena has not forgotten it yet. */
export function isUnsettled(observed: ObservedAnswer | undefined, startedAt: number, now: number): boolean {
  return now - startedAt <= ATHENA_RETENTION_MS && isWorthAsking(observed, startedAt);
}

/** The query's text, where it comes from, and why it is absent. */
export function queryOf(
  observed: ObservedAnswer | undefined,
  event: { readonly queryString: string | null; readonly eventTime: number },
): { readonly query: string | null; readonly status: QueryStatus; readonly source: QuerySource } {
  const answer = observed?.answer;
  if (answer?.outcome === 'found' && answer.execution.query !== null) {
    return { query: answer.execution.query, status: 'available', source: answer.origin };
  }
  if (event.queryString !== null) return { query: event.queryString, status: 'available', source: 'cloudtrail' };
  const status = absence(observed, event.eventTime);
  return { query: null, status, source: answer?.outcome === 'found' ? answer.origin : 'none' };
}

function absence(observed: ObservedAnswer | undefined, eventTime: number): QueryStatus {
  switch (observed?.answer.outcome) {
    case 'not_found':
      return observed.observedAt - eventTime > ATHENA_RETENTION_MS ? 'expired' : 'not_found';
    case 'denied':
      return 'denied';
    case 'pending':
      return 'pending';
    default:
      return 'masked';
  }
}

function rank(answer: ExecutionAnswer): number {
  switch (answer.outcome) {
    case 'found':
      return 10 * stateRank(answer.execution.state) + originRank(answer.origin);
    case 'denied':
    case 'not_found':
      return 2;
    case 'pending':
      return 1;
    case 'unknown':
      return 0;
  }
}

function stateRank(state: string): number {
  return { SUCCEEDED: 6, CANCELLED: 6, FAILED: 5, RUNNING: 4, QUEUED: 3 }[state] ?? 2;
}

function originRank(origin: ExecutionAnswer['origin']): number {
  return { athena: 3, 'system-table': 2, export: 1 }[origin];
}
