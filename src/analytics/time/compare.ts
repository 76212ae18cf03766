import { Temporal } from 'temporal-polyfill';
import { reportDay } from '../../calendar/report-day.js';
import type { Window } from '../../calendar/window.js';
import { TimeRangeError } from './time-range.js';

/**
 * The period that a window is compared with: `previous` is the same span right before it, `<n>d` or `<n>w` the same clock times
 * so many days or weeks earlier, a day (YYYY-MM-DD of `timezone`) the same span from its start.
 * @throws TimeRangeError when it cannot be read
 */
export function comparedWindow(window: Window, compare: string, timezone: string): Window {
  const span = window.end - window.start;
  if (compare === 'previous') return { start: window.start - span, end: window.start };
  const [, number, unit] = /^([1-9]\d{0,3})([dw])$/.exec(compare) ?? [];
  if (number !== undefined) {
    const days = Number(number) * (unit === 'w' ? 7 : 1);
    return { start: daysEarlier(window.start, days, timezone), end: daysEarlier(window.end, days, timezone) };
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(compare)) {
    const { start } = reportDay(compare, timezone).window;
    return { start, end: start + span };
  }
  throw new TimeRangeError(
    `compare=${compare} is no period: write previous, 7d, 4w, or the day on which it begins (2026-10-01)`,
  );
}

/** The same wall-clock time. */
function daysEarlier(instant: number, days: number, timezone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timezone).subtract({ days })
    .epochMilliseconds;
}
