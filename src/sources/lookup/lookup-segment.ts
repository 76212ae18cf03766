import type { Window } from '../../calendar/window.js';

/**
 * A stretch of time that one chain of LookupEvents pages reads, newest first. All times are whole seconds, inclusive.
 * Plain JSON: open segments are what a cursor keeps.
 */
export interface Segment {
  /** Range of the request; the token is valid only with exactly this range. */
  readonly start: number;
  readonly end: number;
  /** Seconds below belong to another segment since a split. */
  readonly floor: number;
  /** Everything after this second is read. `end + 1` at first. */
  readonly position: number;
  readonly token: string | null;
  /** Events met so far, for the density. */
  readonly seen: number;
  /** Events a second where it was split off, until it shows its own; 0 where nothing is known. */
  readonly density: number;
  /** False once a page brought something newer than an earlier page did: then only the last page proves anything. */
  readonly isOrdered: boolean;
}

/** Makes the segment of a range that nothing is read of yet; null when the window holds no whole second. */
export function firstSegment(window: Window): Segment | null {
  // CloudTrail's times are whole seconds, so [start, end) in milliseconds is [ceil(start), ceil(end) - 1] in seconds.
  const start = Math.ceil(window.start / 1000);
  const end = Math.ceil(window.end / 1000) - 1;
  return start > end ? null : segmentOf(start, end);
}

function segmentOf(start: number, end: number, density = 0): Segment {
  return { start, end, floor: start, position: end + 1, token: null, seen: 0, density, isOrdered: true };
}

export interface Advance {
  /** The segment as it goes on; null when it is read to its end. */
  readonly next: Segment | null;
  /** Seconds that became complete with the page, inclusive; null for none. */
  readonly covered: { readonly from: number; readonly to: number } | null;
}

/** Takes in a page: the times of its events (seconds) and the token of the next one. */
export function advance(segment: Segment, times: readonly number[], nextToken: string | null): Advance {
  const oldest = times.reduce((least, time) => Math.min(least, time), segment.position);
  const isOrdered = segment.isOrdered && times.every((time) => time <= segment.position);
  // A second is complete only when an older event, or the end, has been seen.
  const isDone = nextToken === null || (isOrdered && oldest < segment.floor);
  if (isDone) {
    const to = isOrdered ? Math.min(segment.position, segment.end) : segment.end;
    return { next: null, covered: to < segment.floor ? null : { from: segment.floor, to } };
  }
  const next = { ...segment, position: oldest, token: nextToken, seen: segment.seen + times.length, isOrdered };
  const to = Math.min(segment.position, segment.end);
  return { next, covered: isOrdered && oldest + 1 <= to ? { from: oldest + 1, to } : null };
}

/** Begins again where the token was refused. The second at the position may be half read: it is asked for once more. */
export function restart(segment: Segment): Segment {
  const end = segment.isOrdered ? Math.min(segment.position, segment.end) : segment.end;
  return segmentOf(segment.floor, Math.max(end, segment.floor));
}

/** Events that a segment is believed to hold still, from the density so far; 0 where nothing is known of it. */
export function estimatedRest(segment: Segment): number {
  return segment.isOrdered ? densityOf(segment) * (segment.position - segment.floor) : 0;
}

/** Events a second. */
function densityOf({ end, position, seen, density }: Segment): number {
  const done = end + 1 - position;
  return done <= 0 ? density : seen / done;
}

/** Halves what is left of a segment: the old chain goes on in the newer half, with its token. Null when there is too little. */
export function split(segment: Segment): { readonly newer: Segment; readonly older: Segment } | null {
  const middle = Math.floor((segment.floor + segment.position) / 2);
  if (middle <= segment.floor || middle >= segment.position) return null;
  return { newer: { ...segment, floor: middle }, older: segmentOf(segment.floor, middle - 1, densityOf(segment)) };
}

/** Reads segments out of a cursor; null when they are not those of this window. */
export function segmentsIn(cursor: unknown, window: Window): Segment[] | null {
  if (typeof cursor !== 'object' || cursor === null || !('window' in cursor) || !('segments' in cursor)) return null;
  const { window: of, segments } = cursor as { window: Partial<Window> | null; segments: unknown };
  if (of?.start !== window.start || of.end !== window.end || !Array.isArray(segments)) return null;
  return segments.every(isSegment) ? segments : null;
}

function isSegment(value: unknown): value is Segment {
  if (typeof value !== 'object' || value === null) return false;
  const { start, end, floor, position, token, seen, density, isOrdered } = value as { readonly [key: string]: unknown };
  const areNumbers = [start, end, floor, position, seen, density].every((each) => typeof each === 'number');
  return areNumbers && (token === null || typeof token === 'string') && typeof isOrdered === 'boolean';
}
