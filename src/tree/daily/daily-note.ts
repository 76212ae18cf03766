import type { Manifest } from '../../record/manifest.js';
import { hasMembers, isCount, isDate, isFlag, isMapOf, isText } from '../../record/text/shape.js';
import { dailyKey } from '../layout.js';
import type { TreeDocument } from '../update.js';

/** The account of a day's files: what they are, and the hours that they were made of. */
export interface DailyNote {
  readonly schema: 1;
  readonly reportDate: string;
  /** The rows of the day. */
  readonly report: DayFile;
  /** Its sums; `isWhole` is false, and the file without rows, where there were more of them than may be held. */
  readonly rollup: DayFile & { readonly isWhole: boolean };
  /** SHA-256 of the reports of its hours, by label (`00` to `23`). */
  readonly hours: Readonly<Record<string, string>>;
}

export interface DayFile {
  /** Below the tree. */
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** A damaged note is as good as none: the day is made anew. */
export function dailyNoteOf(reportDate: string): TreeDocument<DailyNote | null> {
  const file = { key: isText, rows: isCount, bytes: isCount, sha256: isText };
  const isNote = hasMembers({
    ...{ reportDate: isDate, report: hasMembers(file), rollup: hasMembers({ ...file, isWhole: isFlag }) },
    hours: isMapOf(isText),
  });
  return {
    key: dailyKey.note(reportDate),
    absent: null,
    parse(value) {
      if (!isNote(value)) return null;
      const note = value as DailyNote;
      const isOwn =
        note.reportDate === reportDate &&
        note.report.key === dailyKey.rows(reportDate) &&
        note.rollup.key === dailyKey.sums(reportDate);
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
