import type { HourLabel } from '../calendar/hour-label.js';
import { CalendarError, type ReportHour, reportDays } from '../calendar/report-day.js';
import { gapsIn, unionOf, type Window } from '../calendar/window.js';
import type { HourFacts } from './facts.js';

/** Neighbours in time whose windows do not touch. `from` after `to`: both cover what lies between. */
export interface Joint {
  readonly before: HourLabel;
  readonly after: HourLabel;
  /** Epoch milliseconds: where the earlier window ends, and where the later begins. */
  readonly from: number;
  readonly to: number;
}

/**
 * Finds where the windows of a tree's hours leave a gap or overlap. Labels that are missing leave a gap too, and are told as
 * missing: only what no missing label explains is a gap here. Overlaps that follow each other are one.
 */
export function jointsOf(hours: readonly HourFacts[]): Joint[] {
  const sorted = [...hours].sort((a, b) => a.window.start - b.window.start || a.window.end - b.window.end);
  const present = new Set(hours.map(nameOf));
  const joints: Joint[] = [];
  let reached: HourFacts | null = null;
  for (const hour of sorted) {
    if (reached && hour.window.start < reached.window.end) {
      const end = Math.min(reached.window.end, hour.window.end);
      const last = joints.at(-1);
      if (last && last.from > last.to && hour.window.start <= last.from)
        joints[joints.length - 1] = { ...last, from: Math.max(last.from, end) };
      else joints.push({ before: labelOf(reached), after: labelOf(hour), from: end, to: hour.window.start });
    } else if (reached && hour.window.start > reached.window.end) {
      const gap = { start: reached.window.end, end: hour.window.start };
      for (const { start, end } of gapsIn(gap, unionOf(missingWindows(reached, hour, present))))
        joints.push({ before: labelOf(reached), after: labelOf(hour), from: start, to: end });
    }
    if (!reached || hour.window.end > reached.window.end) reached = hour;
  }
  return joints;
}

/** Windows of the labels between two hours that the tree lacks. */
function missingWindows(before: HourFacts, after: HourFacts, present: ReadonlySet<string>): Window[] {
  if (before.reportDate > after.reportDate) return [];
  try {
    const days = reportDays({ from: before.reportDate, to: after.reportDate, timezone: before.timezone });
    return days.flatMap((day) => day.hours.flatMap((hour) => (present.has(nameOf(hour)) ? [] : [hour.window])));
  } catch (error) {
    if (error instanceof CalendarError) return []; // A manifest that names no zone is a fault of its hour.
    throw error;
  }
}

function nameOf({ reportDate, hour }: HourLabel | ReportHour): string {
  return `${reportDate} ${hour}`;
}

function labelOf({ reportDate, hour }: HourFacts): HourLabel {
  return { reportDate, hour };
}
