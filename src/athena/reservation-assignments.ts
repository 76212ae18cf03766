import type { PlaceSettings } from './place-settings.js';

/** Which workgroups' queries ran on a capacity reservation from an instant on. */
export interface Assignment {
  readonly reservation: string;
  /** Sorted; empty where it ended. */
  readonly workGroups: readonly string[];
  /** Epoch milliseconds. */
  readonly from: number;
}

/** Queries of their workgroups do not run on these. */
const ENDED = new Set(['CANCELLED', 'FAILED']);
/** CloudTrail's event history shows no changes before that. */
const SHOWN_MS = 90 * 86_400_000;

/**
 * What a closing says of assignments: a change speaks from its instant on; what AWS told when it was asked holds since the day began
 * where the changes shown since then have no word of the reservation, and since they were made otherwise. `known` names
 * reservations that were there before: one that AWS lists no more has ended.
 */
export function assignmentsOf(
  { reservations, reservationChanges, failures }: PlaceSettings,
  { since, askedAt, known }: { readonly since: number; readonly askedAt: number; readonly known: readonly string[] },
): Assignment[] {
  const from = Math.max(since, askedAt - SHOWN_MS);
  const changed = reservationChanges.flatMap(({ event, name, at, workGroups }): Assignment[] => {
    const isEnd = event === 'CancelCapacityReservation' || event === 'DeleteCapacityReservation';
    const assigned = isEnd ? [] : workGroups;
    return assigned === null ? [] : [{ reservation: name, workGroups: assigned, from: Date.parse(at) }];
  });
  const lastChange = (name: string) =>
    changed.filter(({ reservation }) => reservation === name).sort((a, b) => b.from - a.from)[0];
  const now = (name: string, workGroups: readonly string[], notBefore: number): Assignment[] => {
    const change = lastChange(name);
    if (change === undefined) return [{ reservation: name, workGroups, from: Math.max(from, notBefore) }];
    // What AWS told is the younger word; a change of the last minutes may not be shown yet.
    const isSame = change.workGroups.join('\n') === workGroups.join('\n');
    return isSame ? [] : [{ reservation: name, workGroups, from: askedAt }];
  };
  const seen = reservations.flatMap(({ name, status, workGroups, createdAt }) => {
    const assigned = ENDED.has(status) ? [] : workGroups;
    return assigned === null ? [] : now(name, [...assigned].sort(), Date.parse(createdAt) || 0);
  });
  const isListed = !failures.some((failure) => failure.startsWith('reservations:'));
  const listed = new Set(reservations.map(({ name }) => name));
  const gone = isListed ? known.filter((name) => !listed.has(name)).flatMap((name) => now(name, [], 0)) : [];
  return [...changed, ...seen, ...gone];
}
