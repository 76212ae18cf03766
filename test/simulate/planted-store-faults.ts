import type { ReportStore } from '../../src/ports/report-store.js';
import type { Closing } from '../../src/record/closing.js';
import { workKey } from '../../src/tree/layout.js';
import { OTHER_ZONE } from './other-zone.js';

/** Writes some keys whatever has happened to them since they were read. */
export function unconditional(keys: RegExp): (store: ReportStore) => ReportStore {
  return (store) => ({
    ...store,
    write: (key, content, condition) => store.write(key, content, keys.test(key) ? 'any' : condition),
  });
}

const PART = /^(_work\/evidence\/[^/]+\/[^/]+\/)[0-9a-f]{64}(.*)$/;
const CHECKPOINT = /^_work\/scan\/[^/]+\.json$/;

/** Names the parts of an hour or day alike: the later hides the earlier. */
export function namedAlike(store: ReportStore): ReportStore {
  return {
    ...store,
    write: (key, content, condition) =>
      store.write(
        key.replace(PART, (_, folder, rest) => `${folder}${'0'.repeat(64)}${rest}`),
        content,
        condition,
      ),
  };
}

/** Keeps parts of the evidence back until after the checkpoint that speaks of them: a process that dies between loses them. */
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

/** Tells every process that the tree is collected in the zone it asks for. */
export function zoneNotPinned(store: ReportStore): ReportStore {
  const bytes = Buffer.from(JSON.stringify({ schema: 1, timezone: OTHER_ZONE }));
  return {
    ...store,
    read: (key) => (key === workKey.settings ? Promise.resolve({ bytes, tag: '' }) : store.read(key)),
  };
}
