import type { Manifest } from '../../record/manifest.js';
import { hasMembers, isCount, isDate, isMapOf, isText } from '../../record/text/shape.js';
import { dailyKey } from '../layout.js';
import type { TreeDocument } from '../update.js';

/** The account of a day's file: what it is, and the hours that it was made of. */
export interface DailyNote {
  readonly schema: 1;
  readonly reportDate: string;
  /** Its key below the tree. */
  readonly report: { readonly key: string; readonly rows: number; readonly bytes: number; readonly sha256: string };
  /** SHA-256 of the reports of its hours, by label (`00` to `23`). */
  readonly hours: Readonly<Record<string, string>>;
}

/** A damaged note is as good as none: the day is made anew. */
export function dailyNoteOf(reportDate: string): TreeDocument<DailyNote | null> {
  const report = { key: isText, rows: isCount, bytes: isCount, sha256: isText };
  const isNote = hasMembers({ reportDate: isDate, report: hasMembers(report), hours: isMapOf(isText) });
  return {
    key: dailyKey.note(reportDate),
    absent: null,
    parse(value) {
      if (!isNote(value)) return null;
      const note = value as DailyNote;
      const isOwn = note.reportDate === reportDate && note.report.key === dailyKey.rows(reportDate);
      return note.schema === 1 && isOwn ? note : null;
    },
    whenDamaged: 'absent',
  };
}

/** The hashes by which a note names hours. */
export function hashesOf(hours: readonly Manifest[]): Record<string, string> {
  return Object.fromEntries(hours.map(({ hour, report }) => [String(hour).padStart(2, '0'), report.sha256]));
}

/** Labels of the hours that are not, or no longer, as a note says, in their order. */
export function changedHours({ hours }: DailyNote, now: Readonly<Record<string, string>>): string[] {
  const labels = [...new Set([...Object.keys(hours), ...Object.keys(now)])].sort();
  return labels.filter((label) => hours[label] !== now[label]);
}
