import { addDays } from '../../calendar/report-day.js';

/** Report days, first and last included. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** A collected report day. */
export interface DaySize {
  readonly date: string;
  readonly hours: number;
  /** What its rows take in the file of a cache, as far as is known. */
  readonly bytes: number;
}

/** Days that were loaded beside the newest, with the size of their file. */
export interface LoadedSpan extends Span {
  readonly bytes: number;
}

/** What is done so that the rows of a span are here. */
export type LoadPlan =
  /** The newest days reach there again once these are let go. */
  | { readonly kind: 'newest'; readonly letGo: readonly LoadedSpan[] }
  /** It is loaded beside the newest days, of which those are held that fit then. */
  | { readonly kind: 'load'; readonly letGo: readonly LoadedSpan[]; readonly bytes: number; readonly days: number }
  /** It is too large beside the fewest of the newest days. */
  | { readonly kind: 'refused'; readonly bytes: number; readonly days: number };

/** A day and the one before it, which its rows may lie in. */
export const FEWEST_DAYS = 2;
/** What a file takes without a row. */
export const EMPTY_BYTES = 8 * 1024 * 1024;
/** Each is a database that is open. */
export const MOST_LOADED = 4;

/** How many of the newest days fit; two at least, as far as there are so many. Days in ascending order. */
export function newestThatFit(days: readonly DaySize[], limitBytes: number): { count: number; bytes: number } {
  let [count, bytes] = [0, 0];
  for (const day of [...days].reverse()) {
    if (count >= FEWEST_DAYS && EMPTY_BYTES + bytes + day.bytes > limitBytes) break;
    bytes += day.bytes;
    count++;
  }
  return { count, bytes };
}

/** The first day of which every row is among the newest days, where these are not all. */
export function wholeFrom(days: readonly DaySize[], newest: number): string {
  return days[days.length - newest + FEWEST_DAYS - 1]?.date ?? days.at(-1)?.date ?? '';
}

/**
 * Plans how the rows of a span come to be here within the bound: room is taken from the oldest of the newest days while these take
 * more than half of it, then from loaded days, those that were looked at longest ago first, then from the newest days again.
 */
export function planLoad({
  days,
  limitBytes,
  loaded,
  span,
}: {
  /** All that are collected, in ascending order. */
  readonly days: readonly DaySize[];
  readonly limitBytes: number;
  /** Those looked at longest ago first. */
  readonly loaded: readonly LoadedSpan[];
  /** With a day before and behind those whose rows are asked for. */
  readonly span: Span;
}): LoadPlan {
  const own = days.filter(({ date }) => span.from <= date && date <= span.to);
  const bytes = EMPTY_BYTES + sum(own);
  const newest = (room: number) => newestThatFit(days, room);
  const reaches = (count: number) => count === days.length || wholeFrom(days, count) <= addDays(span.from, 1);
  // Days that the span has, too, are of no more use beside it.
  const within = loaded.filter((one) => span.from <= one.from && one.to <= span.to);
  const others = loaded.filter((one) => !within.includes(one));
  const reach = loaded.findIndex((_, gone) => reaches(newest(limitBytes - sum(loaded.slice(gone))).count));
  const newestGone = reach >= 0 ? reach : reaches(newest(limitBytes).count) ? loaded.length : null;
  const held = EMPTY_BYTES + newest(Math.min(limitBytes - sum(loaded), limitBytes / 2)).bytes;
  let gone = Math.max(0, others.length - (MOST_LOADED - 1));
  while (gone < others.length && bytes + held + sum(others.slice(gone)) > limitBytes) gone++;
  const letGo = [...within, ...others.slice(0, gone)];
  const fits = bytes + EMPTY_BYTES + newest(0).bytes <= limitBytes;
  // Whichever lets fewer go.
  if (newestGone !== null && (!fits || newestGone <= letGo.length))
    return { kind: 'newest', letGo: loaded.slice(0, newestGone) };
  return fits ? { kind: 'load', letGo, bytes, days: own.length } : { kind: 'refused', bytes, days: own.length };
}

function sum(of: readonly { readonly bytes: number }[]): number {
  return of.reduce((total, { bytes }) => total + bytes, 0);
}
