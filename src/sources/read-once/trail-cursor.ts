import type { DayCount } from './delivered-files.js';

/** How far a scan of a trail has come. JSON. */
export interface TrailCursor {
  /** The last key that was read; null before the first. */
  readonly after: string | null;
  /** Places of the days of which something was seen. */
  readonly days: readonly number[];
  readonly files: readonly DayCount[];
}

/** Reads a cursor; what is not as it should be counts as absent. */
export function cursorOf(value: unknown): TrailCursor {
  const { after, days, files } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return {
    after: typeof after === 'string' ? after : null,
    days: Array.isArray(days) ? days.filter((day) => typeof day === 'number') : [],
    files: Array.isArray(files) ? files.filter(isDayCount) : [],
  };
}

function isDayCount(value: unknown): value is DayCount {
  return Array.isArray(value) && typeof value[0] === 'string' && value.slice(1).every(Number.isSafeInteger);
}
