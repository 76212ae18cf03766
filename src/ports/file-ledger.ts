import type { LogFileEntry, LogFileIdentity, Span, Teller } from '../cloudtrail/log-file-entry.js';

/** Where a log file lies, and which it is. */
export interface PlacedLogFile extends LogFileIdentity {
  /** The folder of its account and Region, with the place of the trail. */
  readonly folder: string;
  /** Date of delivery, YYYY-MM-DD. */
  readonly date: string;
}

/** Knows which log files were read, and that all they held is in the evidence. Asked file by file, in the order of a listing. */
export interface FileLedger {
  /**
   * What the reading of this very file took, while all of that is still there; `changed` where another one under this name was read;
   * null where nobody knows. `reader` says how files are read: what another reader took does not count.
   */
  recall(file: PlacedLogFile, reader: string): Promise<LogFileEntry | 'changed' | null>;
}

/** What a source took from a file that it has read. */
export interface TakenFile {
  readonly file: PlacedLogFile;
  readonly reader: string;
  /** What it did not pass on, for nobody wanted it. */
  readonly left: { readonly starts: Span | null; readonly links: Span | null };
  readonly tellers: readonly Teller[];
}

/** A file has ended: the items since the end before were its own. */
export interface FileEnd {
  /** How many items of its batch come before. */
  readonly at: number;
  /** Null where it must be read again the next time. */
  readonly taken: TakenFile | null;
  /** What an earlier reading took from it, where it was not opened. */
  readonly known: LogFileEntry | null;
}
