import type { LogFileIdentity } from './log-file-entry.js';

/** What people are told of one writing of a log file. */
export interface FileVersion {
  readonly size: number;
  readonly version: string;
}

/** A log file that was read and is another one now, or is not there any more. CloudTrail writes a log file once. */
export interface FileChange {
  /** The folder of its account and Region, with the place of the trail. */
  readonly folder: string;
  /** Date of delivery, YYYY-MM-DD. */
  readonly date: string;
  /** Below the folder of its day. */
  readonly name: string;
  readonly was: FileVersion;
  /** Null where it is gone. */
  readonly now: FileVersion | null;
  /** Report dates of what was taken from it, as far as known, in order. */
  readonly reportDates: readonly string[];
}

/** A log file that was read, as it was then. */
export interface ReadFile extends LogFileIdentity {
  readonly reportDates: readonly string[];
}

/** Says of a file that was read what it is now: null for gone. */
export function changeOf(
  { folder, date }: { readonly folder: string; readonly date: string },
  { name, size, version, reportDates }: ReadFile,
  now: FileVersion | null,
): FileChange {
  const after = now && { size: now.size, version: now.version };
  return { folder, date, name, was: { size, version }, now: after, reportDates };
}

/** Tells whether a file is another one for people, too: one that was only copied or moved to another disk is not. */
export function isOtherVersion(a: FileVersion, b: FileVersion): boolean {
  return a.size !== b.size || a.version !== b.version;
}
