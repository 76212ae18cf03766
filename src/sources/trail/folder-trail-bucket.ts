import { createReadStream, type Dirent, readFileSync, statSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { BucketFile, TrailBucket } from './list-trail.js';

/**
 * Opens a local folder, or a single file, as a place of trail files. Keys are paths below it, with `/`, in the order S3 would
 * list them. Links to files and folders are followed, but never in a circle.
 * @throws Error naming the path when it does not exist
 */
export async function openTrailFolder(path: string): Promise<TrailBucket> {
  const isFile = await kindOf(path);
  async function* get(key: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const file = isFile ? path : join(path, key);
    const within = signal ? { signal } : {};
    // At once and on this thread: for the files that trails are made of, handing each call to another takes longer than the call.
    if (statSync(file).size <= READ_AT_ONCE_BYTES) yield readFileSync(file);
    else yield* createReadStream(file, { highWaterMark: 2 ** 20, ...within });
  }
  if (isFile) {
    return {
      location: path,
      isSingleFile: true,
      get,
      async *list(_prefix, startAfter) {
        const key = basename(path);
        if (startAfter === null || key > startAfter) yield { key, size: (await stat(path)).size };
      },
    };
  }
  return {
    location: path,
    get,
    pathOf: (key) => join(path, key),
    list: (prefix, startAfter) => walk({ path: resolve(path), key: '', prefix, after: startAfter ?? '', above: [] }),
  };
}

const READ_AT_ONCE_BYTES = 8 * 2 ** 20;

interface Walk {
  readonly path: string;
  /** Key of the folder: empty, or ending in `/`. */
  readonly key: string;
  readonly prefix: string;
  readonly after: string;
  /** Real paths of the folders on the way down. */
  readonly above: readonly string[];
}

async function* walk({ path, key, prefix, after, above }: Walk): AsyncGenerator<BucketFile> {
  const real = await realpath(path);
  if (above.includes(real)) return;
  const entries: { key: string; name: string; isFolder: boolean }[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const isFolder = await isFolderEntry(entry, path);
    if (isFolder !== null)
      entries.push({ key: `${key}${entry.name}${isFolder ? '/' : ''}`, name: entry.name, isFolder });
  }
  entries.sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const entry of entries) {
    const isBelow = entry.key.startsWith(prefix) || (entry.isFolder && prefix.startsWith(entry.key));
    const isPassed = entry.isFolder ? entry.key < after && !after.startsWith(entry.key) : entry.key <= after;
    if (!isBelow || isPassed) continue;
    const below = join(path, entry.name);
    if (entry.isFolder) yield* walk({ path: below, key: entry.key, prefix, after, above: [...above, real] });
    else yield { key: entry.key, ...stateOf(below) };
  }
}

/** Null for what is neither a file nor a folder: sockets, pipes, devices. A broken link is a file that cannot be read. */
async function isFolderEntry(entry: Dirent, parent: string): Promise<boolean | null> {
  if (!entry.isSymbolicLink()) return entry.isDirectory() ? true : entry.isFile() ? false : null;
  try {
    return (await stat(join(parent, entry.name))).isDirectory();
  } catch {
    return false;
  }
}

/**
 * Whoever writes a file cannot choose when its inode changed; where that is told in whole seconds, two writes may look alike. On this
 * thread, as above: of a day of thousands of files nobody reads one before all are listed.
 */
function stateOf(path: string): Omit<BucketFile, 'key'> {
  try {
    const { size, dev, ino, mtime, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    const isExact = ctimeNs % 1_000_000_000n !== 0n;
    // A copy that keeps times is another inode, and no other file for people.
    const version = `written ${Number.isNaN(mtime.getTime()) ? `${mtimeNs} ns` : mtime.toISOString()}`;
    return { size: Number(size), tag: isExact ? `${dev} ${ino} ${mtimeNs} ${ctimeNs}` : null, version };
  } catch {
    // Gone, or a broken link: reading it will say so.
    return { size: 0, tag: null };
  }
}

async function kindOf(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    throw new Error(`cannot open the trail ${path}: no such file or folder`, { cause: error });
  }
}
