import { createHash } from 'node:crypto';
import { type ReportStore, WriteConflict } from '../ports/report-store.js';

/** A store that reads from another and keeps what is written in memory: the other stays as it is. */
export function createOverlay(below: ReportStore): ReportStore {
  const written = new Map<string, Uint8Array | null>();
  const own = (key: string) => {
    const bytes = written.get(key);
    return bytes ? { bytes, tag: createHash('sha256').update(bytes).digest('hex') } : null;
  };
  const tagOf = async (key: string) => (written.has(key) ? (own(key)?.tag ?? null) : below.tagOf(key));
  return {
    location: below.location,
    read: async (key) => (written.has(key) ? own(key) : below.read(key)),
    async stream(key) {
      if (!written.has(key)) return below.stream(key);
      const found = own(key);
      return found ? pieceOf(found.bytes) : null;
    },
    tagOf,
    async write(key, content, condition) {
      const tag = condition === 'any' ? null : await tagOf(key);
      if (condition !== 'any' && tag !== ('absent' in condition ? null : condition.tag)) throw new WriteConflict(key);
      written.set(key, content instanceof Uint8Array ? content : await wholeOf(content()));
      return { tag: own(key)?.tag ?? '' };
    },
    async *list(prefix) {
      // What was written here is read by its key alone.
      for await (const one of below.list(prefix)) if (written.get(one.key) !== null) yield one;
    },
    async remove(key) {
      written.set(key, null);
    },
  };
}

async function* pieceOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function wholeOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
