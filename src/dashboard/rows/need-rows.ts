import type { Span } from '../../analytics/held/plan-load.js';
import { addDays, reportDateAt, reportDay } from '../../calendar/report-day.js';
import type { Window } from '../../calendar/window.js';
import type { Snapshot } from '../server/live-cache.js';

/** A question about days whose rows are collected and not in the cache: it is refused, not answered by halves. */
export class RowsNotHere extends Error {
  override readonly name = 'RowsNotHere';
  /** The rows that would have been needed, where others could be loaded. */
  readonly window: Window | null;
  constructor(message: string, window: Window | null = null) {
    super(message);
    this.window = window;
  }
}

type Bounded = Pick<Snapshot, 'left' | 'coverage'>;

/** The rows that are here, where not all are. */
export interface RowsHeld {
  /** First and last report day of those of which every row is here; `to` is null where that is the newest. */
  readonly from: string;
  readonly to: string | null;
  /** Where the first begins, epoch milliseconds. */
  readonly start: number;
  /** First and last report day that are not, and their hours. */
  readonly left: { readonly from: string; readonly to: string; readonly hours: number };
  /** They are being read for the first time, and come by themselves. */
  readonly isReading: boolean;
}

export function rowsHeld({ left, coverage }: Bounded): RowsHeld | null {
  if (left === null) return null;
  const { from, to, hours, heldFrom, heldTo = null, isReading = false } = left;
  const { start } = reportDay(heldFrom, coverage.timezone).window;
  return { from: heldFrom, to: heldTo, start, left: { from, to, hours }, isReading };
}

/** What can be asked about without naming a day: relative ranges, and `all`, begin with the rows that are here. */
export function heldWindow(snapshot: Bounded): Window {
  const { start, end } = snapshot.coverage.collected ?? { start: 0, end: 0 };
  return { start: rowsHeld(snapshot)?.start ?? start, end };
}

/** The report days in which the rows of a window may lie: Athena's time of a query may be of another day than the event by which it was filed. */
export function daysOf({ start, end }: Window, timezone: string): Span {
  return {
    from: addDays(reportDateAt(start, timezone), -1),
    to: addDays(reportDateAt(Math.max(start, end - 1), timezone), 1),
  };
}

/** Tells whether every row of a window that is collected is here. */
export function holdsRows(snapshot: Bounded, window: Window): boolean {
  const { left, coverage } = snapshot;
  if (left === null) return true;
  const of = (date: string) => reportDay(date, coverage.timezone).window;
  if (window.end <= of(left.from).start) return true;
  return of(left.heldFrom).start <= window.start && (left.heldTo === undefined || window.end <= of(left.heldTo).end);
}

/** @throws RowsNotHere when some of the days of a window are collected and not here */
export function needRows(snapshot: Bounded, window: Window): void {
  if (!holdsRows(snapshot, window)) throw new RowsNotHere(notHere(snapshot), window);
}

/** @throws RowsNotHere when any row is not here; `asked` is the beginning of a sentence, such as "Who is new is told of all rows" */
export function needAllRows(snapshot: Bounded, asked: string): void {
  if (snapshot.left !== null) throw new RowsNotHere(notHere(snapshot, { asked }));
}

/** Says which rows are here, why others are not, and what helps. */
export function notHere(
  { left }: Bounded,
  { asked, why = 'because of --cache-limit' }: { readonly asked?: string; readonly why?: string } = {},
): string {
  if (left === null) return '';
  const { heldFrom, heldTo, from, to } = left;
  const here = heldTo === undefined ? `from ${heldFrom} on` : `from ${heldFrom} to ${heldTo}`;
  const beyond = heldTo === undefined ? `before ${heldFrom}` : `beyond ${heldFrom} to ${heldTo}`;
  return `${asked ?? `This reaches ${beyond}`}, and rows ${here} are here: ${from} to ${to} are collected and left out, ${why}. Choose fewer days or later ones, start aqt serve with a larger --cache-limit, or ask aqt report or aqt query, which read everything (with --engine athena where that is too much for this machine).`;
}
