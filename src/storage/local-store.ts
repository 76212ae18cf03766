import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  type Dirent,
  fsync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../ports/clock.js';
import {
  type Content,
  type ReportStore,
  type StoredObject,
  type WriteCondition,
  WriteConflict,
} from '../ports/report-store.js';
import { withFileLock } from './file-lock.js';
import { removeFile, replaceFile } from './held-files.js';
import { isDead, ownProcess } from './process-id.js';
import { checkKey, checkPrefix } from './store-key.js';

export interface LocalStoreOptions {
  readonly clock: Clock;
  /** Makes names unique; a random UUID by default. */
  readonly newId?: () => string;
  /** Whether a write waits until it is on the disk; it does by default. */
  readonly isFlushed?: boolean;
}

/**
 * Keeps reports in a folder. A write goes to a file below `_work/tmp/`, is flushed to the disk, and gets the name of its key; where
 * there is something under it, under a lock below `_work/locks/`: a process killed at any instant leaves the old bytes or the new ones. Tags are hashes
 * of the content. Temporary files that dead processes left are removed before the first write. Listings show neither.
 */
export function createLocalStore(
  folder: string,
  { clock, newId = randomUUID, isFlushed = true }: LocalStoreOptions,
): ReportStore {
  const root = resolve(folder);
  const pathOf = (key: string) => join(root, ...checkKey(key).split('/'));
  const temporaryFolder = join(root, '_work', 'tmp');
  let swept: Promise<void> | undefined;

  const locked = <T>(key: string, action: () => Promise<T>): Promise<T> => {
    const path = join(root, '_work', 'locks', `${sha256(Buffer.from(key)).slice(0, 32)}.lock`);
    return withFileLock({ path, temporaryFolder, clock, newId }, action);
  };

  return {
    location: folder,

    async read(key) {
      return readObject(pathOf(key));
    },

    async stream(key) {
      const path = pathOf(key);
      const size = sizeOf(path);
      return size === null ? null : readPieces(path, size);
    },

    async tagOf(key) {
      return hashOfFile(pathOf(key));
    },

    async write(key, content, condition) {
      const path = pathOf(key);
      swept ??= sweepTemporaryFiles(temporaryFolder, clock);
      await swept;
      const temporary = join(temporaryFolder, `${ownProcess()}-${newId()}`);
      try {
        const tag = await writeNew(temporary, content, isFlushed);
        if (!hasTag(condition) && (await isPlaced(temporary, path))) await removeFile(temporary, { clock });
        else
          await locked(key, async () => {
            if (!(await holds(path, condition))) throw new WriteConflict(key);
            await inFolder(dirname(path), () => replaceFile(temporary, path, { clock }));
          });
        if (isFlushed) await flushFolder(dirname(path));
        return { tag };
      } catch (error) {
        await removeFile(temporary, { clock });
        throw error;
      }
    },

    list(prefix) {
      return listFolder(root, checkPrefix(prefix));
    },

    async remove(key) {
      const path = pathOf(key);
      if (statOf(path)) await locked(key, () => removeFile(path, { clock }));
    },
  };
}

/** A temporary file of a process of another host is removed when it is a day old. */
const TEMPORARY_LIFETIME_MS = 24 * 3_600_000;
const PIECE_BYTES = 256 * 1024;
/**
 * Files up to this size, most of a tree, are read without the pool of threads: a trip to it for each step (look, open, measure, read,
 * close) takes several times the time of the processor that the reading takes. Of a write only the wait for the disk goes there.
 */
const SMALL_BYTES = PIECE_BYTES;
const flush = promisify(fsync);
/** Who ran which query is nobody else's business: files are written for the user alone, and so are the folders that are made. */
const OWN_FOLDER = { recursive: true, mode: 0o700 };

function hasTag(condition: WriteCondition): boolean {
  return condition !== 'any' && 'tag' in condition;
}

/**
 * Gives a file its name where nothing has that name. Whoever replaces a file under the lock has seen it there, so this needs no lock,
 * which costs as much as the rest of the write. False where something has the name, and where the file system has no hard links.
 */
async function isPlaced(temporary: string, path: string): Promise<boolean> {
  try {
    await inFolder(dirname(path), async () => linkSync(temporary, path));
    return true;
  } catch {
    // Under the lock it turns out what is the matter.
    return false;
  }
}

async function holds(path: string, condition: WriteCondition): Promise<boolean> {
  if (condition === 'any') return true;
  const tag = await hashOfFile(path);
  return 'absent' in condition ? tag === null : tag === condition.tag;
}

async function readObject(path: string): Promise<StoredObject | null> {
  const size = sizeOf(path);
  const bytes = size === null ? null : await unlessAbsent(size <= SMALL_BYTES ? readAtOnce(path) : readFile(path));
  return bytes === null ? null : { bytes, tag: sha256(bytes) };
}

/** Bytes of a file; null where there is none. */
function sizeOf(path: string): number | null {
  const found = statOf(path);
  return found?.isFile() ? found.size : null;
}

/** Null for what is absent. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

async function readAtOnce(path: string): Promise<Uint8Array> {
  return readFileSync(path);
}

async function hashOfFile(path: string): Promise<string | null> {
  const size = sizeOf(path);
  if (size === null) return null;
  if (size <= SMALL_BYTES) return (await readObject(path))?.tag ?? null;
  const hash = createHash('sha256');
  try {
    for await (const piece of readPieces(path, size)) hash.update(piece);
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
  return hash.digest('hex');
}

async function* readPieces(path: string, size: number): AsyncGenerator<Uint8Array> {
  if (size <= SMALL_BYTES) return yield await readAtOnce(path);
  const handle = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read({ buffer: Buffer.allocUnsafe(PIECE_BYTES) });
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** Writes a new file, and waits until it is on the disk where that is asked for; returns the tag of its content. */
async function writeNew(path: string, content: Content, isFlushed: boolean): Promise<string> {
  const hash = createHash('sha256');
  const file = await inFolder(dirname(path), async () => openSync(path, 'wx', 0o600));
  try {
    for await (const piece of typeof content === 'function' ? content() : [content]) {
      hash.update(piece);
      writeFileSync(file, piece);
    }
    if (isFlushed) await flush(file);
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

/** Makes a rename last through a power failure, where the system lets folders be flushed (Windows does not). */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    await flush(folder);
  } finally {
    closeSync(folder);
  }
}

/** Does something in a folder, which is made when it turns out that it is not there. */
async function inFolder<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!isAbsence(error)) throw error;
    mkdirSync(folder, OWN_FOLDER);
    return await action();
  }
}

async function sweepTemporaryFiles(folder: string, clock: Clock): Promise<void> {
  for (const { name } of entriesOf(folder)) {
    const path = join(folder, name);
    const isOld = () => clock.now() - (statOf(path)?.mtimeMs ?? Infinity) > TEMPORARY_LIFETIME_MS;
    if (isDead(name) || isOld()) await removeFile(path, { clock });
  }
}

async function* listFolder(root: string, prefix: string): AsyncGenerator<{ key: string; bytes: number }> {
  const folder = join(root, ...prefix.split('/'));
  for (const name of sortedNames(entriesOf(folder))) {
    const key = prefix + name;
    if (name.endsWith('/')) {
      if (!PRIVATE_FOLDER.test(key)) yield* listFolder(root, key);
      continue;
    }
    const found = statOf(join(folder, name));
    if (found?.isFile()) yield { key, bytes: found.size };
    else if (found?.isDirectory()) yield* listFolder(root, `${key}/`);
  }
}

/** None of a folder that is absent. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

const PRIVATE_FOLDER = /(^|\/)_work\/(tmp|locks)\/$/;

/** A folder sorts as its keys do: as its name and a slash. */
function sortedNames(entries: readonly Dirent[]): string[] {
  return entries
    .map((entry) => Buffer.from(entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort(Buffer.compare)
    .map(String);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function unlessAbsent<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

/** A folder where a file is asked for, or a file where a folder is, holds no object either. */
function isAbsence(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
}
