import { Temporal } from 'temporal-polyfill';
import { checkTimeZone, reportDay } from '../../calendar/report-day.js';
import type { Window } from '../../calendar/window.js';

/** A span of time as the user asks for it. */
export interface RangeRequest {
  /** `24h`, `7d`, `30d`, `90d`, any `<n>h` or `<n>d`, or `all`; counted back from the end of what is collected. */
  readonly range?: string | null;
  /** A day (from its start), or an ISO instant. Goes before `range`. */
  readonly from?: string | null;
  /** A day (to its end), or an ISO instant, exclusive. */
  readonly to?: string | null;
}

/** A range that cannot be read. */
export class TimeRangeError extends Error {
  override readonly name = 'TimeRangeError';
}

export const DEFAULT_RANGE = '7d';

/**
 * Turns a request into a window. Days are days of `timezone`. A relative range ends where the collected hours end, so that
 * the same link shows full days whether or not today's hours are in, and begins no earlier than they do.
 * @throws TimeRangeError when it cannot be read, or ends before it begins
 */
export function resolveRange(request: RangeRequest, collected: Window, timezone: string): Window {
  const zone = checkTimeZone(timezone);
  if (request.from || request.to) {
    const start = request.from ? instantOf(request.from, zone, 'start') : collected.start;
    const end = request.to ? instantOf(request.to, zone, 'end') : Math.max(collected.end, start);
    if (end <= start) throw new TimeRangeError(`the range ends (${request.to}) before it begins (${request.from})`);
    return { start, end };
  }
  const range = request.range || DEFAULT_RANGE;
  if (range === 'all') return collected;
  const match = /^(\d{1,4})([hdw])$/.exec(range);
  if (!match) throw new TimeRangeError(`${JSON.stringify(range)} is no range: write 24h, 7d, 30d, 90d or all`);
  const count = Number(match[1]);
  const { end } = collected;
  const start = match[2] === 'h' ? end - count * HOUR : daysBefore(end, match[2] === 'w' ? count * 7 : count, zone);
  return { start: Math.max(start, Math.min(collected.start, end)), end };
}

/** The same wall-clock time, days earlier: a day in which the clock changes has 23 or 25 hours. */
function daysBefore(instant: number, days: number, zone: string): number {
  const there = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
  return there.subtract({ days }).epochMilliseconds;
}

const HOUR = 3_600_000;

function instantOf(text: string, zone: string, edge: 'start' | 'end'): number {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return reportDay(text, zone).window[edge];
  const instant = /^\d{4}-\d{2}-\d{2}T\d{2}(:\d{2}(:\d{2}(\.\d{1,9})?)?)?(Z|[+-]\d{2}:\d{2})$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(instant)) {
    throw new TimeRangeError(`${JSON.stringify(text)} is no time: write 2026-11-01 or 2026-11-01T14:00:00Z`);
  }
  return instant;
}

/** The bars of a histogram: windows that touch, aligned to the wall clock of a zone. */
export interface Buckets {
  readonly unit: 'minutes' | 'hour' | 'hours' | 'day' | 'week';
  readonly windows: readonly Window[];
}

const MINUTE = 60_000;

/**
 * Cuts a window into at most about 180 bars: minutes, an hour, 3, 6 or 12 hours, a day, a week. Days are days of the zone
 * (23 or 25 hours where the clock changes); hours and less are aligned to the zone's hours, half-hour zones included.
 */
export function bucketsOf(window: Window, timezone: string): Buckets {
  const span = Math.max(window.end - window.start, 1);
  if (span <= 3 * HOUR) return even(window, 'minutes', { step: MINUTE, timezone });
  if (span <= 26 * HOUR) return even(window, 'minutes', { step: 10 * MINUTE, timezone });
  if (span <= 8 * 24 * HOUR) return even(window, 'hour', { step: HOUR, timezone });
  if (span <= 32 * 24 * HOUR) return even(window, 'hours', { step: 6 * HOUR, timezone });
  const days = span / (24 * HOUR);
  return calendar(window, timezone, days <= 200 ? 1 : 7);
}

function even(
  window: Window,
  unit: Buckets['unit'],
  { step, timezone }: { readonly step: number; readonly timezone: string },
): Buckets {
  // Steps of an hour and less only need the zone's offset within the hour; longer ones count from its midnight.
  const anchor = dayOf(window.start, timezone).toZonedDateTime(timezone).epochMilliseconds;
  const windows: Window[] = [];
  const first = anchor + Math.floor((window.start - anchor) / step) * step;
  for (let start = first; start < window.end; start += step) windows.push({ start, end: start + step });
  return { unit, windows };
}

function calendar(window: Window, timezone: string, days: number): Buckets {
  const windows: Window[] = [];
  let date = dayOf(window.start, timezone);
  let start = date.toZonedDateTime(timezone).epochMilliseconds;
  while (start < window.end) {
    date = date.add({ days });
    const end = date.toZonedDateTime(timezone).epochMilliseconds;
    windows.push({ start, end });
    start = end;
  }
  return { unit: days === 1 ? 'day' : 'week', windows };
}

function dayOf(instant: number, timezone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timezone).toPlainDate();
}

/** Equal steps from the first bar's start of which every bar is a whole number: rows are summed by step, then steps by bar. */
export interface Grain {
  readonly origin: number;
  readonly ms: number;
}

/** The longest steps: days of a zone without a change of clocks are one step each, with one they are made of hours. */
export function grainOf(windows: readonly Window[]): Grain {
  const origin = windows[0]?.start ?? 0;
  const ms = windows.reduce((step, { end }) => greatestDivisor(step, end - origin), 0);
  return { origin, ms: ms || MINUTE };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** Finds the bar of an instant; -1 when it lies outside. */
export function bucketIndex(windows: readonly Window[], instant: number): number {
  let low = 0;
  let high = windows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((windows[middle]?.end ?? Number.POSITIVE_INFINITY) <= instant) low = middle + 1;
    else high = middle;
  }
  const found = windows[low];
  return found && found.start <= instant ? low : -1;
}
