import { weightOf } from './divide-trail.js';
import type { LogItem } from './log-items.js';
import type { TrailReading } from './read-trail-file.js';

/** A file that another hand is to read, and what its name says. */
export interface FileTask {
  readonly origin: string;
  readonly size: number;
  readonly mayHold: { readonly from: number; readonly to: number } | null;
  readonly isDated: boolean;
  readonly isLitter: boolean;
  /** Its bytes as they lie there, or the path at which they do on this machine. */
  readonly content: Uint8Array | string;
}

/** An item as hands pass it on: every link that need not be looked into any more comes as the line that is written. */
export type HandedItem = LogItem;

/** What another hand has read in one file. */
export interface FileRead {
  /** In the order of the file, in the groups in which it was read; to be taken once. */
  readonly groups: Iterable<readonly HandedItem[]>;
  readonly counts: Readonly<Record<string, number>>;
  /** Places of the days of which it has seen evidence. */
  readonly seen: readonly number[];
  /** The memory that it takes, about. */
  readonly bytes: number;
}

/** Several hands that read files at once, each in a thread of its own. */
export interface TrailHands {
  /** Files that may be given and not answered at once, so that no hand waits. */
  readonly width: number;
  /** Null when the hand was lost, could not open the file, or it holds more than a hand passes on: then it is not read. @throws never */
  read(task: FileTask): Promise<FileRead | null>;
  /**
   * While somebody waits for a file, reads with `readHere` what no other hand has begun, that file among them: whoever gives files out
   * is a hand, too. Ends when the file is read, or others have begun all there is. @throws never
   */
  help(awaited: Promise<unknown>, readHere: (task: FileTask) => Promise<FileRead | null>): Promise<void>;
  close(): Promise<void>;
}

export type OpenTrailHands = (reading: TrailReading) => TrailHands;

/**
 * A further hand takes some tenths of a second of CPU to begin, for V8 compiles its code anew: of less work than this the clock has
 * nothing. `bench/questions/threads.ts` measures a little above it, and far above it.
 */
const WORTH_BYTES = 64 * 2 ** 20;
/** Tells whether so much is worth more hands than one; `from`: so much work is. */
export function isWorthHands(
  listed: { readonly files: number; readonly bytes: number },
  from: number = WORTH_BYTES,
): boolean {
  return listed.files > 1 && weightOf(listed) >= from;
}
