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

/**
 * Gives files to further hands while earlier ones are waited for; the order stays. Long files, those that could not be fetched and
 * those whose hand was lost come unread. The hands are closed when the last file is taken, or nobody takes any more.
 */
export async function* handOut(files: AsyncIterable<FetchedFile>, handing: Handing | null): AsyncGenerator<HandedFile> {
  let hands: TrailHands | undefined;
  const under: HandedFile[] = [];
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
      const { fetched } = file;
      under.push({ ...known, read: hands && fetched ? readBy(hands, known, fetched) : null });
      while (under.length > (hands?.width ?? 0)) {
        const next = under.shift();
        if (next) yield next;
      }
    }
    for (let next = under.shift(); next; next = under.shift()) yield next;
  } finally {
    await hands?.close();
  }
}

async function readBy(
  hands: TrailHands,
  { origin, size, mayHold = null, isDated, isLitter }: TrailFile,
  fetched: Promise<Uint8Array>,
): Promise<FileRead | null> {
  let bytes: Uint8Array;
  try {
    bytes = await fetched;
  } catch {
    return null; // Whoever reads the file meets the failure again, and tells it.
  }
  return hands.read({ origin, size, mayHold, isDated, isLitter, bytes });
}
