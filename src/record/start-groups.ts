import type { Principal } from '../cloudtrail/principal.js';
import type { Start } from '../cloudtrail/start.js';

/** The starts of one execution, earliest first. */
export interface ExecutionStarts {
  readonly queryExecutionId: string;
  readonly first: Start;
  readonly starts: readonly Start[];
  /** The starts name different principals. */
  readonly isConflict: boolean;
}

/**
 * Drops copies of one event: CloudTrail may deliver an event twice, in one file or in several (aws-facts 4.1), and again
 * with corrections (`addendum`). The copy kept does not depend on the order. Sorted by time, then event id.
 */
export function uniqueStarts(starts: readonly Start[]): Start[] {
  const kept = new Map<string, Start>();
  for (const start of starts) {
    const key = eventKey(start);
    const known = kept.get(key);
    kept.set(key, known ? preferredCopy(known, start) : start);
  }
  return [...kept.values()].sort(byTime);
}

/** Groups unique starts by execution, earliest group first; refused starts stand alone. */
export function groupStarts(starts: readonly Start[]): {
  readonly executions: ExecutionStarts[];
  readonly refused: Start[];
} {
  const refused: Start[] = [];
  const byId = new Map<string, Start[]>();
  for (const start of [...starts].sort(byTime)) {
    if (start.queryExecutionId === null) {
      refused.push(start);
      continue;
    }
    const key = executionKey(start, start.queryExecutionId);
    const group = byId.get(key);
    if (group) group.push(start);
    else byId.set(key, [start]);
  }
  return { executions: [...byId.values()].flatMap(groupOf), refused };
}

/** The group with further starts of the same execution, from other hours. */
export function withStarts(group: ExecutionStarts, others: readonly Start[]): ExecutionStarts {
  return groupOf([...group.starts, ...others].sort(byTime))[0] ?? group;
}

function groupOf(starts: readonly Start[]): ExecutionStarts[] {
  const [first] = starts;
  if (!first?.queryExecutionId) return [];
  const isConflict = starts.some((start) => principalKey(start.principal) !== principalKey(first.principal));
  return [{ queryExecutionId: first.queryExecutionId, first, starts, isConflict }];
}

/** Names an execution: ids are unique within an account and Region. */
export function executionKey(
  place: { readonly accountId: string; readonly region: string },
  queryExecutionId: string,
): string {
  return `${place.accountId}/${place.region}/${queryExecutionId}`;
}

/** Masked test data gives many events one id; the execution id keeps different starts apart. */
function eventKey(start: Start): string {
  return [start.accountId, start.region, start.replacesEventId ?? start.eventId, start.queryExecutionId ?? ''].join(
    '/',
  );
}

/** A correction above the original, clear text above the redacted copy, more identity above less; then any fixed order. */
function preferredCopy(a: Start, b: Start): Start {
  const rank = (start: Start) =>
    (start.replacesEventId === null ? 0 : 4) +
    (start.queryString === null ? 0 : 2) +
    (start.principal.arn === null ? 0 : 1);
  const difference = rank(a) - rank(b);
  if (difference !== 0) return difference > 0 ? a : b;
  return JSON.stringify(a) <= JSON.stringify(b) ? a : b;
}

/** Who called, apart from which of the caller's keys signed. */
function principalKey(principal: Principal): string {
  return (
    principal.arn ??
    principal.principalId ??
    `${principal.type}/${principal.userName}/${principal.invokedBy}/${principal.onBehalfOfUserId}`
  );
}

function byTime(a: Start, b: Start): number {
  return a.eventTime - b.eventTime || compare(a.eventId, b.eventId) || compare(eventKey(a), eventKey(b));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
