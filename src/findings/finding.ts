import type { HourLabel } from '../calendar/hour-label.js';
import { type FindingKind, type KeyFacts, KINDS, type KindFacts, type NextStep } from './kinds.js';

/** Something that is explained and that somebody should look at all the same. */
export interface Finding {
  readonly kind: FindingKind;
  /** Stays the same while the thing does: what was accepted is known by it. */
  readonly key: string;
  readonly text: string;
  /** What would make it go away. */
  readonly next: NextStep;
  /** The hour it lies in; null for a whole tree. */
  readonly label: HourLabel | null;
  /** How much of it there is: rows, records, hours or days, as the kind says. */
  readonly count: number;
  /** The days that it concerns; null where it is none of days. */
  readonly days: Days | null;
}

/** First and last report date, inclusive. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** That somebody looked at a finding and accepted it. */
export interface Acceptance {
  readonly reason: string;
  /** ISO 8601 UTC. */
  readonly acceptedAt: string;
}

/** Words a finding of a kind. */
export function findingOf<K extends FindingKind>(
  kind: K,
  facts: KindFacts[K] & KeyFacts<K>,
  where: { readonly label?: HourLabel; readonly count?: number; readonly days?: Days } = {},
): Finding {
  const words = KINDS[kind];
  const { label = null, count = 1 } = where;
  const days = where.days ?? (label && { from: label.reportDate, to: label.reportDate });
  return {
    ...{ kind, label, count, days },
    key: words.key(facts),
    text: words.text(facts),
    next: words.next(facts),
  };
}

/** The key under which a finding of a kind is accepted. */
export function acceptanceKey<K extends FindingKind>(kind: K, facts: KeyFacts<K>): string {
  return KINDS[kind].key(facts);
}
