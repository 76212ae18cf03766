import type { ReservationChange, ReservationSettings } from './place-settings.js';
import { billedHours, type Span } from './reservation-billing.js';

/** What closings saw and CloudTrail showed of one reservation, in any order. */
export interface ReservationEvidence {
  readonly sightings: readonly (ReservationSettings & {
    /** When the closing asked, epoch milliseconds. */
    readonly seenAt: number;
  })[];
  readonly changes: readonly ReservationChange[];
}

/** What a reservation costs in one UTC hour, whoever uses it. */
export interface ReservationHour {
  /** Epoch milliseconds. */
  readonly hour: number;
  /** DPU-hours on the bill; null where the evidence does not tell how many DPUs there were. */
  readonly dpuHours: number | null;
  /** Workgroups that ran on it at some time of the hour; null where nobody knows. */
  readonly workGroups: readonly string[] | null;
}

/** Requests for capacity can take up to 30 minutes (Athena guide, creating capacity reservations). */
const ALLOCATION_MS = 30 * 60_000;

/** With these the capacity is there; `CANCELLING` as long as DPUs are allocated. */
const HELD = new Set(['ACTIVE', 'UPDATE_PENDING', 'CANCELLING']);

/**
 * Folds what is known of one reservation into the hours that AWS bills. Two sightings that agree speak for the time between them;
 * where they differ and no change says when, the hours between are unknown. Nothing is said of the time after the last sighting.
 * `since` leaves out earlier hours.
 */
export function reservationHours(evidence: ReservationEvidence, since: number): ReservationHour[] {
  return billedHours(spansOf(pointsOf(evidence)), since).map(({ hour, dpuHours }) => ({
    hour,
    dpuHours,
    workGroups: workGroupsAt(evidence, hour),
  }));
}

/** DPUs from an instant on, as somebody said. */
interface Point {
  readonly at: number;
  readonly dpus: number;
  /** A sighting tells what is, not since when; a change tells both. */
  readonly isChange: boolean;
  readonly isCreation: boolean;
  /** Of a sighting: when DPUs were last allocated, and when the reservation was made. */
  readonly allocatedAt: number | null;
  readonly createdAt: number | null;
}

function pointsOf({ sightings, changes }: ReservationEvidence): Point[] {
  const seen = sightings.map((one) => ({
    at: one.seenAt,
    dpus: HELD.has(one.status) ? one.allocatedDpus : 0,
    ...{ isChange: false, isCreation: false },
    allocatedAt: instantOf(one.allocatedAt),
    createdAt: instantOf(one.createdAt),
  }));
  const said = changes.flatMap(({ event, at, targetDpus }) => {
    const dpus = dpusAfter(event, targetDpus);
    if (dpus === null) return [];
    const isCreation = event === 'CreateCapacityReservation';
    return [{ at: Date.parse(at), dpus, isChange: true, isCreation, allocatedAt: null, createdAt: null }];
  });
  // At one instant the change comes first: the sighting shows what came of it.
  return [...seen, ...said].sort((a, b) => a.at - b.at || Number(b.isChange) - Number(a.isChange) || a.dpus - b.dpus);
}

/** Null for events that change no DPUs. */
function dpusAfter(event: string, targetDpus: number | null): number | null {
  if (event === 'CancelCapacityReservation' || event === 'DeleteCapacityReservation') return 0;
  return event === 'CreateCapacityReservation' || event === 'UpdateCapacityReservation' ? targetDpus : null;
}

/** What holds from an instant on, and what held before it. */
interface Known {
  readonly from: number;
  readonly dpus: number;
  /** DPUs before a change, which are held until the new ones are allocated; null after a sighting, and where nobody knows. */
  readonly before: number | null;
}

/** In order of time and touching, from the first word to the last; the last span is empty and tells what comes after. */
function spansOf(points: readonly Point[]): Span[] {
  const spans: Span[] = [];
  let known = null as Known | null;
  for (const point of points) {
    const { at, dpus, isChange } = point;
    spans.push(...(known === null ? beforeFirst(point) : between(known, point)));
    const before: number | null = isChange ? (point.isCreation ? 0 : (known?.dpus ?? null)) : null;
    known = { from: at, dpus, before };
  }
  if (known !== null) spans.push({ start: known.from, end: known.from, dpus: known.dpus });
  return spans;
}

/** What held between two words. */
function between({ from, dpus, before }: Known, next: Point): Span[] {
  const span = (start: number, end: number, held: number | null): Span[] =>
    start < end ? [{ start, end, dpus: held }] : [];
  if (next.isChange) return span(from, next.at, dpus);
  const { allocatedAt } = next;
  // Capacity that was asked for is there, and paid, from its allocation on.
  const changedAt = allocatedAt !== null && allocatedAt >= from && allocatedAt <= next.at ? allocatedAt : null;
  if (next.dpus === dpus)
    return before === null || changedAt === null
      ? span(from, next.at, dpus)
      : [...span(from, changedAt, before), ...span(changedAt, next.at, dpus)];
  return changedAt === null
    ? span(from, next.at, null)
    : [...span(from, changedAt, before ?? dpus), ...span(changedAt, next.at, next.dpus)];
}

/** What the first sighting says of the time before it. A change speaks of what comes after. */
function beforeFirst({ at, dpus, isChange, allocatedAt, createdAt }: Point): Span[] {
  if (isChange || createdAt === null) return [];
  const allocated = Math.min(allocatedAt ?? createdAt, at);
  const spans: Span[] = [{ start: allocated, end: at, dpus }];
  // A later allocation than the first one: how much there was before it is not known.
  if (allocated - createdAt > ALLOCATION_MS) spans.unshift({ start: createdAt, end: allocated, dpus: null });
  return spans.filter(({ start, end }) => start < end);
}

/** Those that the latest word before the end of the hour names, and those that changes within the hour name. */
function workGroupsAt({ sightings, changes }: ReservationEvidence, hour: number): readonly string[] | null {
  const end = hour + 3_600_000;
  const said = [
    ...sightings.map(({ seenAt, workGroups }) => ({ at: seenAt, workGroups })),
    ...changes.map(({ at, workGroups }) => ({ at: Date.parse(at), workGroups })),
  ]
    .flatMap(({ at, workGroups }) => (workGroups === null ? [] : [{ at, workGroups }]))
    .sort((a, b) => a.at - b.at);
  const before = said.findLast(({ at }) => at <= hour);
  const within = said.filter(({ at }) => at > hour && at < end);
  // Nobody looked earlier: the first word after it is the nearest.
  const chosen = before || within.length > 0 ? [...(before ? [before] : []), ...within] : said.slice(0, 1);
  if (chosen.length === 0) return null;
  return [...new Set(chosen.flatMap(({ workGroups }) => workGroups))].sort();
}

function instantOf(time: string | null): number | null {
  const at = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(at) ? null : at;
}
