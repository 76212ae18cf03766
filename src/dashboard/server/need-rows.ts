import { reportDay } from '../../calendar/report-day.js';
import type { Window } from '../../calendar/window.js';
import type { Snapshot } from './live-cache.js';

/** A question about days whose rows are collected and not in the cache: it is refused, not answered by halves. */
export class RowsNotHere extends Error {
  override readonly name = 'RowsNotHere';
  constructor(snapshot: Bounded, asked: string) {
    const { from = '', left } = rowsHeld(snapshot) ?? {};
    super(
      `${asked}, and rows from ${from} on are here: ${left?.from} to ${left?.to} are collected and left out, because of --cache-limit. Choose a later time, start aqt serve with a larger --cache-limit, or ask aqt report or aqt query, which read everything (with --engine athena where that is too much for this machine).`,
    );
  }
}

type Bounded = Pick<Snapshot, 'left' | 'coverage'>;

/** The rows that are here, where not all are. */
export interface RowsHeld {
  /** Report day from which on every row is here, and where it begins (epoch milliseconds). */
  readonly from: string;
  readonly start: number;
  /** First and last report day that are not, and their hours. */
  readonly left: { readonly from: string; readonly to: string; readonly hours: number };
}

export function rowsHeld({ left, coverage }: Bounded): RowsHeld | null {
  if (left === null) return null;
  const { from, to, hours, heldFrom } = left;
  return { from: heldFrom, start: reportDay(heldFrom, coverage.timezone).window.start, left: { from, to, hours } };
}

/** What can be asked about without naming a day: relative ranges, and `all`, begin with the rows that are here. */
export function heldWindow(snapshot: Bounded): Window {
  const { start, end } = snapshot.coverage.collected ?? { start: 0, end: 0 };
  return { start: rowsHeld(snapshot)?.start ?? start, end };
}

/** @throws RowsNotHere when some of the days of a window are collected and not here */
export function needRows(snapshot: Bounded, window: Window): void {
  const held = rowsHeld(snapshot);
  if (held === null || window.start >= held.start) return;
  if (window.end <= reportDay(held.left.from, snapshot.coverage.timezone).window.start) return;
  throw new RowsNotHere(snapshot, `This reaches before ${held.from}`);
}

/** @throws RowsNotHere when any row is not here; `asked` is the beginning of a sentence, such as "Who is new is told of all rows" */
export function needAllRows(snapshot: Bounded, asked: string): void {
  if (snapshot.left !== null) throw new RowsNotHere(snapshot, asked);
}
