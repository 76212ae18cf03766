import type { Window } from '../calendar/window.js';
import type { CredentialLink } from '../cloudtrail/credential-link.js';
import type { FileChange } from '../cloudtrail/file-change.js';
import type { LinkLine } from '../cloudtrail/link-line.js';
import type { NotRead, NotReadNote } from '../cloudtrail/not-read.js';
import type { Reject, Start } from '../cloudtrail/start.js';
import type { FileEnd, FileLedger } from './file-ledger.js';

/** One thing read from CloudTrail. */
export type Evidence = Start | CredentialLink | LinkLine | Reject | NotRead;

/** A part of what a source read. */
export interface EvidenceBatch {
  readonly items: readonly Evidence[];
  /** Windows of the request that are completely read with this batch. Their union over a whole scan is the request. */
  readonly covered: readonly Window[];
  /**
   * Where to go on: a later `scan` of the same window given this cursor yields what is not covered yet (and may repeat some
   * of what was read). Null when the source starts again instead. Opaque, JSON.
   */
  readonly cursor: unknown;
  /** How far a source has come that does not read in the order of time; absent where `covered` tells. */
  readonly reach?: Reach;
  /** The same of several sources, of which the slowest covers: their mean, from 0 to 1. */
  readonly share?: number;
  /** Files that ended with its items, in order; absent where no ledger was given, or the source reads no files. */
  readonly files?: readonly FileEnd[];
  /** Files met with it that are not those that were read before, or are gone; absent as `files`. */
  readonly fileChanges?: readonly FileChange[];
  /** With the last batch of a source that reads the files of a trail, whole: of each day that it listed. */
  readonly deliveries?: readonly Delivery[];
}

/** Log files of one day of delivery that a scan has listed to the end, and those of them that were read, by it or before. */
export interface Delivery {
  /** Where they lie: `s3://bucket/folder`. */
  readonly place: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly listed: number;
  readonly read: number;
}

/** Files and bytes of this run: done, and in all; null while the listing goes on. */
export interface Reach {
  readonly files: number;
  readonly bytes: number;
  readonly allFiles: number | null;
  readonly allBytes: number | null;
}

export interface ScanOptions {
  readonly cursor?: unknown;
  readonly signal?: AbortSignal;
  /**
   * Days of the window, each of which must show some evidence: of one that shows none the source says so, where it cannot know that
   * there was none. Absent: the window is one.
   */
  readonly days?: readonly Window[];
  /** Files that it vouches for are not opened. */
  readonly ledger?: FileLedger;
  /** Only this part is read; of what days lack nothing is told, for that shows when all parts are joined. */
  readonly part?: ScanPart;
}

/**
 * A stretch of what a source reads, which one reader reads by itself. Parts follow each other without a gap; the first begins at
 * the beginning, the last ends at the end, so that what came after they were made is read, too. JSON.
 */
export interface ScanPart {
  /** It begins after this key; null for the beginning. */
  readonly after: string | null;
  /** Its last key; null for the end. */
  readonly to: string | null;
  /** What lay in it when it was made. */
  readonly files: number;
  readonly bytes: number;
}

/** What the reader of a part came to. */
export interface PartRead {
  /** Of its last batch. */
  readonly cursor: unknown;
  readonly account: SourceAccount;
  readonly notRead: readonly NotRead[];
}

/** How a source is read by several readers at once. */
export interface DividedSource {
  /** Lists what lies there, in parts of at most so much each, but at least one file. */
  parts(
    window: Window,
    options: { readonly files: number; readonly bytes: number; readonly signal?: AbortSignal },
  ): AsyncIterable<ScanPart>;
  /**
   * What was not read of all parts, and which days show nothing; and what all of them have listed.
   * @throws as `scan` would have, where nothing at all may be read
   */
  join(
    parts: readonly PartRead[],
    days: readonly Window[],
  ): { readonly notRead: readonly NotRead[]; readonly deliveries: readonly Delivery[] };
  /** Files that a ledger says were read, in folders of which none of all parts has listed anything, and that are not there. */
  goneFolders(
    parts: readonly Pick<PartRead, 'cursor'>[],
    window: Window,
    options: { readonly ledger: FileLedger; readonly signal?: AbortSignal },
  ): AsyncIterable<FileChange>;
}

/** What a source did, for the manifest (`sources`) and the summary. */
export interface SourceAccount {
  /** `lookup-events`, `trail-files`, `athena-api`, `execution-export`, `system-table`. */
  readonly kind: string;
  readonly accountId: string | null;
  readonly region: string | null;
  /** Calls made, files read, bytes read, throttles met, …: counts by name, keys sorted. */
  readonly counts: Readonly<Record<string, number>>;
  /** Why it broke off before all was read; absent when all was. */
  readonly failure?: string;
  /** What lay there, may hold events of the hour, and was not read; absent when there is nothing of the kind. */
  readonly notRead?: readonly NotReadNote[];
}

/** Reads what CloudTrail knows about a window: starts, refused starts, and the STS events met on the way. */
export interface StartSource {
  /** Yields every event with `window.start <= eventTime < window.end` at least once, in any order. */
  scan(window: Window, options: ScanOptions): AsyncIterable<EvidenceBatch>;
  account(): SourceAccount;
  /** Of each account and Region, where the source is several of them; `account` is their sum then. */
  accounts?(): readonly SourceAccount[];
  /** Absent where a source is read by one. */
  readonly divided?: DividedSource;
}
