import type { Principal } from '../cloudtrail/principal.js';
import type { Start } from '../cloudtrail/start.js';
import type { ReportRow } from './columns.js';

/** A start as all its copies tell it. */
export interface KnownStart extends Start {
  /**
   * The principals that copies of the event name and that contradict each other: none of them is believed, and `principal` holds
   * what they agree in. Absent as a rule.
   */
  readonly contradiction?: readonly Principal[];
}

/** The starts of one execution, earliest first. */
export interface ExecutionStarts {
  readonly queryExecutionId: string;
  readonly first: KnownStart;
  readonly starts: readonly KnownStart[];
  /** The starts name different principals, or copies of one of them do. */
  readonly isConflict: boolean;
}

/**
 * Joins copies of one event: CloudTrail may deliver an event twice, in one file or in several (aws-facts 4.1), and again with
 * corrections (`addendum`). What is kept does not depend on the order. Sorted by time, then event id. `copies` counts those that
 * differ from the one kept.
 */
export function joinCopies(starts: readonly Start[]): { readonly starts: KnownStart[]; readonly copies: number } {
  const byEvent = new Map<string, Start | Start[]>();
  for (const start of starts) {
    const key = eventKey(start);
    const known = byEvent.get(key);
    if (known === undefined) byEvent.set(key, start);
    else if (Array.isArray(known)) known.push(start);
    else byEvent.set(key, [known, start]);
  }
  let copies = 0;
  const joined = [...byEvent.values()].map((met) => {
    if (!Array.isArray(met)) return met;
    const versions = [...new Map(met.map((start) => [JSON.stringify(start), start])).values()];
    copies += versions.length - 1;
    return joinVersions(versions);
  });
  return { starts: joined.sort(byTime), copies };
}

/** The starts alone. */
export function uniqueStarts(starts: readonly Start[]): KnownStart[] {
  return joinCopies(starts).starts;
}

/** A correction replaces what it corrects, whoever it names; two events of one id and different principals are another matter. */
function joinVersions(versions: readonly Start[]): KnownStart {
  const kept = versions.reduce(preferredCopy);
  const equals = versions.filter(
    ({ replacesEventId }) => (replacesEventId === null) === (kept.replacesEventId === null),
  );
  const principals = equals
    .map(({ principal }) => principal)
    .sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));
  if (!principals.some((a) => principals.some((b) => isOther(a, b)))) return kept;
  return { ...kept, principal: principals.reduce(agreed), contradiction: principals };
}

/** What two principals agree in. */
function agreed(a: Principal, b: Principal): Principal {
  const { delegateAccountId, isAssumedRoot, ...common } = a;
  const other: Readonly<Record<string, unknown>> = { ...b };
  const entries = Object.entries(common).map(([name, value]) => [name, other[name] === value ? value : null]);
  return Object.fromEntries(entries) as Principal;
}

/** Groups unique starts by execution, earliest group first; refused starts stand alone. */
export function groupStarts(starts: readonly KnownStart[]): {
  readonly executions: ExecutionStarts[];
  readonly refused: KnownStart[];
} {
  const refused: KnownStart[] = [];
  const byId = new Map<string, KnownStart[]>();
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
export function withStarts(group: ExecutionStarts, others: readonly KnownStart[]): ExecutionStarts {
  return groupOf([...group.starts, ...others].sort(byTime))[0] ?? group;
}

function groupOf(starts: readonly KnownStart[]): ExecutionStarts[] {
  const [first] = starts;
  if (!first?.queryExecutionId) return [];
  const isConflict = starts.some(
    (start) => start.contradiction !== undefined || isOther(start.principal, first.principal),
  );
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

/**
 * Tells two principals apart, whichever of a caller's keys signed: by ARN, or by id, since a user that was deleted and made anew
 * has the ARN of the old one. What one of them lacks tells nothing.
 */
function isOther(a: Principal, b: Principal): boolean {
  const differ = (one: string | null, other: string | null) => one !== null && other !== null && one !== other;
  if (differ(a.arn, b.arn) || differ(a.principalId, b.principalId)) return true;
  const isNamed = (a.arn !== null && b.arn !== null) || (a.principalId !== null && b.principalId !== null);
  return !isNamed && wordsOf(a) !== wordsOf(b);
}

function wordsOf({ arn, principalId, type, userName, invokedBy, onBehalfOfUserId }: Principal): string {
  return arn ?? principalId ?? `${type}/${userName}/${invokedBy}/${onBehalfOfUserId}`;
}

function byTime(a: Start, b: Start): number {
  return a.eventTime - b.eventTime || compare(a.eventId, b.eventId) || compare(eventKey(a), eventKey(b));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Begins the evidence of a row whose event's copies name different principals; the event id follows. */
export const CONTRADICTION = 'contradiction:';

/** Tells whether CloudTrail names different principals for a row. One of a refused start stays `refused`: its evidence says so. */
export function isContradicted({
  attribution,
  identity_evidence,
}: Pick<ReportRow, 'attribution' | 'identity_evidence'>): boolean {
  return (
    attribution === 'conflict' ||
    (attribution === 'refused' && identity_evidence[0]?.startsWith(CONTRADICTION) === true)
  );
}
