import { createHash } from 'node:crypto';
import { type Content, type ReportStore, type WriteCondition, WriteConflict } from '../ports/report-store.js';

/** A store in memory for tests; `beforeWrite` and `beforeRemove` may throw to play a crash. */
export function createMemoryStore(
  hooks: { beforeWrite?: (key: string) => void; beforeRemove?: (key: string) => void } = {},
): ReportStore & {
  readonly files: Map<string, Uint8Array>;
} {
  const sorted: string[] = [];
  // Tests put files into the map, too: whoever changes its keys, their order is kept.
  const files = new (class extends Map<string, Uint8Array> {
    override set(key: string, bytes: Uint8Array): this {
      if (!this.has(key)) sorted.splice(firstFrom(sorted, key), 0, key);
      return super.set(key, bytes);
    }
    override delete(key: string): boolean {
      if (this.has(key)) sorted.splice(firstFrom(sorted, key), 1);
      return super.delete(key);
    }
    override clear(): void {
      sorted.length = 0;
      super.clear();
    }
  })();
  const tags = new WeakMap<Uint8Array, string>();
  const tagOf = (bytes: Uint8Array) => {
    const tag = tags.get(bytes) ?? createHash('sha256').update(bytes).digest('hex');
    tags.set(bytes, tag);
    return tag;
  };
  return {
    location: 'memory',
    files,
    async read(key) {
      const bytes = files.get(key);
      return bytes ? { bytes, tag: tagOf(bytes) } : null;
    },
    async stream(key) {
      const bytes = files.get(key);
      return bytes ? pieces(bytes) : null;
    },
    async tagOf(key) {
      const bytes = files.get(key);
      return bytes ? tagOf(bytes) : null;
    },
    async write(key: string, content: Content, condition: WriteCondition) {
      const bytes = content instanceof Uint8Array ? content : await whole(content());
      hooks.beforeWrite?.(key);
      const known = files.get(key);
      if (condition !== 'any') {
        const holds =
          'absent' in condition ? known === undefined : known !== undefined && tagOf(known) === condition.tag;
        if (!holds) throw new WriteConflict(key);
      }
      files.set(key, bytes);
      return { tag: tagOf(bytes) };
    },
    async *list(prefix) {
      // As real stores do.
      if (prefix !== '' && !prefix.endsWith('/')) throw new Error(`the prefix ${prefix} does not end in a slash`);
      // Whoever takes the list may write meanwhile: it goes on behind the last key.
      for (let at = firstFrom(sorted, prefix); sorted[at]?.startsWith(prefix); ) {
        const key = sorted[at] ?? '';
        yield { key, bytes: files.get(key)?.length ?? 0 };
        at = firstFrom(sorted, `${key}\0`);
      }
    },
    async remove(key) {
      hooks.beforeRemove?.(key);
      files.delete(key);
    },
  };
}

/** The place of the first key that is not before another. */
function firstFrom(sorted: readonly string[], key: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 777) yield bytes.subarray(at, at + 777);
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
