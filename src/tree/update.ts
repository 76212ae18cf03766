import { type Content, type ReportStore, type StoredObject, WriteConflict } from '../ports/report-store.js';
import { DamagedWorkingFile } from './json-lines.js';

/** Times that a change is made again because another run was faster. */
const TRIES = 10;

/**
 * Changes what lies at a key, whoever else changes it meanwhile: `change` sees what is there now, and is asked again when
 * another run was faster. Nothing is written when it gives null.
 * @throws WriteConflict after ten tries
 */
export async function update(
  store: ReportStore,
  key: string,
  change: (stored: StoredObject | null) => Content | null | Promise<Content | null>,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const stored = await store.read(key);
    const content = await change(stored);
    if (content === null) return;
    try {
      await store.write(key, content, stored ? { tag: stored.tag } : { absent: true });
      return;
    } catch (error) {
      if (!(error instanceof WriteConflict) || tries >= TRIES) throw error;
    }
  }
}

/** A JSON document of a tree, kept as one value. */
export interface TreeDocument<T> {
  readonly key: string;
  /** What it says where there is none. */
  readonly absent: T;
  /** Reads its JSON; null when it is not what it should be. */
  readonly parse: (value: unknown) => T | null;
  /**
   * A damaged document that only saves time, or asks somebody again, is as good as none. One that nobody could make again is not
   * gone on without.
   */
  readonly whenDamaged: 'absent' | 'throw';
}

/** Reads a document. @throws DamagedWorkingFile when it cannot be read and is not one to go on without */
export async function readDocument<T>(store: ReportStore, document: TreeDocument<T>, tree = ''): Promise<T> {
  return parseDocument(await store.read(tree + document.key), document);
}

/** Changes a document; writes nothing when `change` gives the value that it got. Returns what it says now. */
export async function updateDocument<T>(
  store: ReportStore,
  document: TreeDocument<T>,
  change: (value: T) => T,
  tree = '',
): Promise<T> {
  let now = document.absent;
  await update(store, tree + document.key, (stored) => {
    const before = parseDocument(stored, document);
    now = change(before);
    return now === before ? null : encodeDocument(now);
  });
  return now;
}

/** A document's bytes. */
export function encodeDocument(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

/** What a stored document says. @throws DamagedWorkingFile as `readDocument` */
export function parseDocument<T>(stored: StoredObject | null, { key, absent, parse, whenDamaged }: TreeDocument<T>): T {
  if (!stored) return absent;
  let cause: unknown = new Error('it is not what it should be');
  try {
    const value = parse(JSON.parse(Buffer.from(stored.bytes).toString('utf8')));
    if (value !== null) return value;
  } catch (error) {
    cause = error;
  }
  if (whenDamaged === 'throw') throw new DamagedWorkingFile(key, cause);
  return absent;
}
