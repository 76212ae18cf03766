import { isDated } from './day-evidence.js';
import type { FetchedFile } from './fetch-ahead.js';
import type { TrailFile } from './read-trail-file.js';
import type { FileRead, TrailHands } from './trail-hands.js';

export type HandedFile = FetchedFile &
  TrailFile & {
    /** What another hand has read in it; null when nobody has. */
    readonly read: Promise<FileRead | null> | null;
  };

/** Where there are further hands, and whether there is enough for them; asked file by file until they are open. */
export interface Handing {
  open(): TrailHands | undefined;
  /** `unread`: the files to be read so far, where others were read before; null where none was. */
  isWorth(unread: Amount | null): boolean;
}

interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** Files under way, and what was read in them, take so much memory at most; one more may be over it. */
const HELD_BYTES = 48 * 2 ** 20;
/** Of files that nobody reads, for they are known, more would only wait. */
const MOST_WAITING = 1000;

/**
 * Gives files to further hands while earlier ones are waited for; the order stays. Long files, those that could not be fetched and
 * those whose hand was lost come unread. The hands are closed when the last file is taken, or nobody takes any more.
 */
export async function* handOut(files: AsyncIterable<FetchedFile>, handing: Handing | null): AsyncGenerator<HandedFile> {
  let hands: TrailHands | undefined;
  const under = new UnderWay();
  const unread = { files: 0, bytes: 0 };
  let hasKnown = false;
  try {
    for await (const file of files) {
      if (file.known) hasKnown = true;
      else {
        unread.files += 1;
        unread.bytes += file.size;
        if (!hands && handing?.isWorth(hasKnown ? unread : null)) hands = handing.open();
      }
      const known = { ...file, isDated: isDated(file), isLitter: file.place.kind === 'litter' };
      under.add({ ...known, read: hands ? readBy(hands, known) : null });
      while (under.isFull(hands?.width ?? 0)) {
        const next = under.take();
        if (next) yield next;
      }
    }
    for (let next = under.take(); next; next = under.take()) yield next;
  } finally {
    await hands?.close();
  }
}

/** Files that are given out, in their order, and the memory that they take. */
class UnderWay {
  private unanswered = 0;
  private bytes = 0;
  private readonly waiting: { readonly file: HandedFile; bytes: number; isTaken: boolean }[] = [];

  add(file: HandedFile): void {
    const entry = { file, bytes: file.read ? file.size : 0, isTaken: false };
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
