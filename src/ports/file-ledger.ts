import type { ReadFile } from '../cloudtrail/file-change.js';
import type { LogFileEntry, LogFileIdentity, Span, Teller } from '../cloudtrail/log-file-entry.js';

/** Where a log file lies, and which it is. */
export interface PlacedLogFile extends LogFileIdentity {
  /** The folder of its account and Region, with the place of the trail. */
  readonly folder: string;
  /** Date of delivery, YYYY-MM-DD. */
  readonly date: string;
}

/** A folder of log files: of an account and Region, on one day of delivery. */
export type LogFolder = Pick<PlacedLogFile, 'folder' | 'date'>;

/** What is known of a listed file. */
export interface RecalledEntry {
  /** What the reading of this very file took, while all of that is still there; null where it must be read. */
  readonly entry: LogFileEntry | null;
  /** What was read under its name, where that was another file. */
  readonly was: ReadFile | null;
}

/** Knows which log files were read, and that all they held is in the evidence. Asked folder by folder, in the order of a listing. */
export interface FileLedger {
  /** `reader` says how files are read: what another reader took does not count. */
  recall(file: PlacedLogFile, reader: string): Promise<RecalledEntry>;
  /** What was read in a folder and not told as gone, by name. */
  filesIn(folder: LogFolder): Promise<readonly ReadFile[]>;
  /**
   * The folders of some days of which anything is known and that nobody has asked for so far, but for those that other readers have
   * met. Dates are inclusive.
   */
  otherFolders(
    dates: { readonly from: string; readonly to: string },
    met?: Iterable<LogFolder>,
  ): AsyncIterable<LogFolder>;
  /** What was seen or could not be looked for, told to whoever runs the scan. */
  tell(message: string): void;
}

/** What a source took from a file that it has read. */
export interface TakenFile {
  readonly file: PlacedLogFile;
  readonly reader: string;
  /** What it did not pass on, for nobody wanted it. */
  readonly left: { readonly starts: Span | null; readonly links: Span | null };
  readonly tellers: readonly Teller[];
}

/** A file that was listed and is not known: whether it was read, to its end or not. */
export interface MetFile {
  readonly file: PlacedLogFile;
  readonly reader: string;
  readonly isRead: boolean;
}

/** A file has ended: the items since the end before were its own. */
export interface FileEnd {
  /** How many items of its batch come before. */
  readonly at: number;
  /** Null for a file that is known, and for one that no ledger keeps. */
  readonly met: MetFile | null;
  /** Null where it must be read again the next time. */
  readonly taken: TakenFile | null;
  /** What an earlier reading took from it, where it was not opened. */
  readonly known: LogFileEntry | null;
}
