import { once } from '../content/chunks.js';
import type { ReadingDesk } from '../content/reading-desk.js';
import { DayEvidence, isDated } from '../gaps/day-evidence.js';
import type { FetchedFile } from './fetch-ahead.js';
import { readTask } from './read-task.js';
import { readTrailFile, type TrailFile, type TrailHand } from './read-trail-file.js';
import {
  type FileRead,
  type FileTask,
  type HandedItem,
  isWorthHands,
  type OpenTrailHands,
  type TrailHands,
} from './trail-hands.js';

export type HandedFile = FetchedFile &
  TrailFile & {
    /** What another hand has read in it; null when nobody has. */
    readonly read: Promise<FileRead | null> | null;
  };

/** Where there are further hands, and what to know of the work to tell whether there is enough for them. */
export interface Handing {
  readonly openHands: OpenTrailHands;
  /** So much work is worth them, in bytes; what was measured by default. */
  readonly from?: number | undefined;
  /** This one, which reads files before their turn, too. */
  readonly hand: TrailHand;
  /** What is listed so far; before the first file is read, all there is or a great part of it. */
  listed(): Amount;
}

interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** Files under way, and what was read in them, take so much memory at most; one more may be over it. */
const HELD_BYTES = 8 * 2 ** 20;
/** Of files that nobody reads, for they are known, more would only wait. */
const MOST_WAITING = 1000;

/**
 * Gives files to further hands, and reads here what they have not begun while it would wait for them; the order stays. Long files, those
 * that could not be fetched and those whose hand was lost come unread. The hands are closed when the last file is taken, or nobody takes any more.
 */
export async function* handOut(files: AsyncIterable<FetchedFile>, handing: Handing | null): AsyncGenerator<HandedFile> {
  let hands: TrailHands | undefined;
  const readHere = handing && readerOn(handing.hand);
  const under = new UnderWay();
  const taken = async (): Promise<HandedFile | undefined> => {
    const next = under.take();
    if (next?.read && readHere) await hands?.help(next.read, readHere);
    return next;
  };
  const unread = { files: 0, bytes: 0 };
  let hasKnown = false;
  try {
    for await (const file of files) {
      if (file.known) hasKnown = true;
      else {
        unread.files += 1;
        unread.bytes += file.size;
        if (!hands && handing && isWorthHands(hasKnown ? unread : handing.listed(), handing.from))
          hands = handing.openHands(handing.hand.reading);
      }
      const known = { ...file, isDated: isDated(file), isLitter: file.place.kind === 'litter' };
      under.add({ ...known, read: hands ? readBy(hands, known) : null });
      while (under.isFull(hands?.width ?? 0)) {
        const next = await taken();
        if (next) yield next;
      }
    }
    for (let next = await taken(); next; next = await taken()) yield next;
  } finally {
    await hands?.close();
  }
}

/** What stands in a file: as another hand has read it, or read here and now. */
export async function* itemsOf(file: HandedFile, hand: TrailHand): AsyncGenerator<readonly HandedItem[]> {
  const read = await file.read;
  if (read === null) return yield* readTrailFile(openedAt(hand.desk, file), hand);
  for (const [name, count] of Object.entries(read.counts)) hand.counts.add(name, count);
  hand.evidence.saw(read.seen);
  yield* read.groups;
}

/** What cannot be read there is opened as anything else, and fails, so that it is told. */
function openedAt(desk: ReadingDesk, file: HandedFile): HandedFile {
  const bytes = file.path === null ? null : desk.bytesAt(file.path);
  return bytes === null ? file : { ...file, open: () => once(bytes) };
}

/** What such a file tells of the days it keeps to itself until its turn: a scan that is interrupted goes on behind its last file. */
function readerOn(hand: TrailHand): (task: FileTask) => Promise<FileRead | null> {
  const ahead = { ...hand, evidence: new DayEvidence(hand.reading.days, []) };
  return (task) => readTask(task, ahead);
}

/** Files that are given out, in their order, and the memory that they take. */
class UnderWay {
  private unanswered = 0;
  private bytes = 0;
  private readonly waiting: { readonly file: HandedFile; bytes: number; isTaken: boolean }[] = [];

  add(file: HandedFile): void {
    // Of a file that lies on this machine only a path is held.
    const entry = { file, bytes: file.fetched ? file.size : 0, isTaken: false };
    this.waiting.push(entry);
    this.bytes += entry.bytes;
    if (!file.read) return;
    this.unanswered += 1;
    file.read.then((read) => {
      this.unanswered -= 1;
      if (entry.isTaken || read === null) return;
      entry.bytes += read.bytes;
      this.bytes += read.bytes;
    });
  }

  /** Whether there is enough for hands that may have so many files at once: what they have answered counts by its bytes alone. */
  isFull(width: number): boolean {
    const { length } = this.waiting;
    return length > 0 && (this.unanswered >= width || this.bytes > HELD_BYTES || length > MOST_WAITING);
  }

  take(): HandedFile | undefined {
    const entry = this.waiting.shift();
    if (!entry) return undefined;
    entry.isTaken = true;
    this.bytes -= entry.bytes;
    return entry.file;
  }
}

/** Null for a long file, which the loop reads in pieces, and what needs not be read. */
function readBy(hands: TrailHands, file: FetchedFile & TrailFile): HandedFile['read'] {
  const { fetched, path, origin, size, mayHold = null, isDated, isLitter } = file;
  const task = { origin, size, mayHold, isDated, isLitter };
  if (path !== null) return hands.read({ ...task, content: path });
  // Whoever reads a file that could not be fetched meets the failure again, and tells it.
  if (!fetched) return null;
  return fetched.then(
    (content) => hands.read({ ...task, content }),
    () => null,
  );
}
