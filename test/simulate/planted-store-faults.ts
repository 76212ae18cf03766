import type { ReportStore } from '../../src/ports/report-store.js';
import type { Closing } from '../../src/record/closing.js';

/** Writes some keys whatever has happened to them since they were read. */
export function unconditional(keys: RegExp): (store: ReportStore) => ReportStore {
  return (store) => ({
    ...store,
    write: (key, content, condition) => store.write(key, content, keys.test(key) ? 'any' : condition),
  });
}

const PART = /^(_work\/scan\/[^/]+\/)(.*\/part-)[0-9a-f]{24}(.*)$/;
const CHECKPOINT = /^(_work\/scan\/[^/]+\/)checkpoint\.json$/;

/** Names the parts of a scan by number, counted from the checkpoint that the process has read. */
export function namedAlike(store: ReportStore): ReportStore {
  const next = new Map<string, number>();
  const names = new Map<string, string>();
  const note = (key: string, bytes: Uint8Array | undefined) => {
    const [, folder] = CHECKPOINT.exec(key) ?? [];
    if (folder === undefined || !bytes) return;
    next.set(folder, (JSON.parse(Buffer.from(bytes).toString()) as { nextPart: number }).nextPart);
  };
  return {
    ...store,
    async read(key) {
      const stored = await store.read(key);
      note(key, stored?.bytes);
      return stored;
    },
    write(key, content, condition) {
      const [, folder, place, rest] = PART.exec(key) ?? [];
      if (folder === undefined) {
        if (content instanceof Uint8Array) note(key, content);
        return store.write(key, content, condition);
      }
      const alike = `${folder}${place}${next.get(folder) ?? 0}${rest}`;
      names.set(key, alike);
      return store.write(alike, content, condition);
    },
    remove: (key) => store.remove(names.get(key) ?? key),
  };
}

/** Keeps the parts of a scan back until after the checkpoint that speaks of them: a process that dies between loses them. */
export function partsAfterCheckpoint(store: ReportStore): ReportStore {
  const waiting: (() => Promise<unknown>)[] = [];
  let isReleased = false;
  const release = async () => {
    if (isReleased) for (const write of waiting.splice(0)) await write();
    isReleased = false;
  };
  return {
    ...store,
    async read(key) {
      await release();
      return store.read(key);
    },
    async tagOf(key) {
      await release();
      return store.tagOf(key);
    },
    async stream(key) {
      await release();
      return store.stream(key);
    },
    async write(key, content, condition) {
      if (PART.test(key)) {
        waiting.push(() => store.write(key, content, condition));
        return { tag: '' };
      }
      await release();
      const written = await store.write(key, content, condition);
      isReleased ||= CHECKPOINT.test(key);
      return written;
    },
    async *list(prefix) {
      await release();
      yield* store.list(prefix);
    },
  };
}

/** Leaves out of closings what the system tables disagree about. */
export function closingsSilenced(store: ReportStore): ReportStore {
  return {
    ...store,
    write(key, content, condition) {
      if (!key.startsWith('_work/closings/') || !(content instanceof Uint8Array))
        return store.write(key, content, condition);
      const closing = JSON.parse(Buffer.from(content).toString()) as Closing;
      const systemTables = closing.systemTables?.map((one) => ({ ...one, disagreements: 0, disagreeing: [] }));
      return store.write(key, Buffer.from(JSON.stringify({ ...closing, systemTables })), condition);
    },
  };
}
