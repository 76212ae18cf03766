import type { Resolution } from '../resolve/resolution.js';

/** Several principals started one execution: a repeated request token of somebody else's (aws-facts 2.4). */
export interface StartConflict {
  /** Caller ARNs (ids where a record has none), in the order of the starts, each once. */
  readonly principals: readonly string[];
  /** Whom they resolve to; one person when somebody used two sessions. */
  readonly people: readonly string[];
  /** `event:<eventID>` of each start. */
  readonly evidence: readonly string[];
}

/** Compares the resolutions of one execution's starts, earliest first; null when all starts name the same principal. */
export function conflictOf(resolutions: readonly Resolution[]): StartConflict | null {
  const starts = resolutions.flatMap(({ chain }) => chain.at(-1) ?? []);
  const principals = [...new Set(starts.map(({ caller }) => caller ?? 'unknown'))];
  if (principals.length < 2) return null;
  return {
    principals,
    people: [...new Set(resolutions.flatMap(({ person }) => person ?? []))],
    evidence: starts.map(({ eventId }) => `event:${eventId}`),
  };
}
