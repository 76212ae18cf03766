import type { TrailSigns } from '../gaps/trail-gaps.js';
import type { DayCount } from './delivered-files.js';
import type { FolderDates } from './met-folders.js';

/** How far a scan of a trail has come. JSON. */
export interface TrailCursor {
  /** The last key that was read; null before the first. */
  readonly after: string | null;
  /** Places of the days of which something was seen. */
  readonly days: readonly number[];
  readonly files: readonly DayCount[];
  /** Where something was met; kept of a part only, whose reader cannot tell what the whole lacks. */
  readonly folders: readonly FolderDates[];
  /** What tells of spans in which a trail logged nothing. */
  readonly signs: TrailSigns;
}

/** Reads a cursor; what is not as it should be counts as absent. */
export function cursorOf(value: unknown): TrailCursor {
  const { after, days, files, folders, signs } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  return {
    after: typeof after === 'string' ? after : null,
    days: Array.isArray(days) ? days.filter((day) => typeof day === 'number') : [],
    files: Array.isArray(files) ? files.filter(isDayCount) : [],
    folders: Array.isArray(folders) ? folders.filter(isFolderDates) : [],
    signs: isSigns(signs) ? signs : { changes: [], delivered: [] },
  };
}

function isDayCount(value: unknown): value is DayCount {
  return Array.isArray(value) && typeof value[0] === 'string' && value.slice(1).every(Number.isSafeInteger);
}

function isFolderDates(value: unknown): value is FolderDates {
  return Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string');
}

function isSigns(value: unknown): value is TrailSigns {
  const { changes, delivered } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return Array.isArray(changes) && Array.isArray(delivered);
}
