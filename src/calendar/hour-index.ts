import type { ReportDay, ReportHour } from './report-day.js';

/** Finds the hour of an instant among planned days in O(log n). */
export interface HourIndex {
  readonly hours: readonly ReportHour[];
  /** Null when the instant lies outside the planned days. */
  find(instant: number): ReportHour | null;
}

/** Indexes planned days; they need not touch, and come in any order. */
export function createHourIndex(days: readonly ReportDay[]): HourIndex {
  const hours = days.flatMap((day) => day.hours).sort((a, b) => a.window.start - b.window.start);
  return {
    hours,
    find(instant) {
      let low = 0;
      let high = hours.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((hours[middle]?.window.end ?? Number.POSITIVE_INFINITY) <= instant) low = middle + 1;
        else high = middle;
      }
      const hour = hours[low];
      return hour && hour.window.start <= instant ? hour : null;
    },
  };
}
