import type { Principal } from '../cloudtrail/principal.js';
import type { Resolution } from '../identity/resolve/resolution.js';
import type { KnownStart } from '../record/start-groups.js';

/** CloudTrail names several principals, or people, for one execution or refused start. */
export interface StartConflict {
  /** ARNs (ids where a record has none), in the order of the starts, each once; with the id where it alone tells two apart. */
  readonly principals: readonly string[];
  /** Whom they resolve to; one person when somebody used two sessions, none where copies of an event contradict each other. */
  readonly people: readonly string[];
  /** `event:<eventID>` of each start. */
  readonly evidence: readonly string[];
}

/**
 * Compares the starts of one execution, earliest first, and the copies of each: a repeated request token of somebody else's
 * (aws-facts 2.4), a user that was deleted and made anew, or copies of which one is forged. Null when all name the same.
 */
export function conflictOf(
  starts: readonly { readonly start: KnownStart; readonly resolution: Resolution }[],
): StartConflict | null {
  const named = starts.flatMap(({ start }) => start.contradiction ?? [start.principal]);
  const principals = [...new Set(named.map((principal) => nameIn(principal, named)))];
  const people = [...new Set(starts.flatMap(({ resolution }) => resolution.person ?? []))];
  if (principals.length < 2 && people.length < 2) return null;
  return { principals, people, evidence: starts.map(({ start }) => `event:${start.eventId}`) };
}

function nameIn({ arn, principalId }: Principal, all: readonly Principal[]): string {
  if (arn === null || principalId === null) return arn ?? principalId ?? 'unknown';
  const isShared = all.some((other) => other.arn === arn && other.principalId !== principalId);
  return isShared ? `${arn} (${principalId})` : arn;
}
