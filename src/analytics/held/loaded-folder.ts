import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { takeWriterLock } from '../cache/writer-lock.js';

/** A folder below that of a cache, of this process alone. */
export interface LoadedFolder {
  readonly path: string;
  readonly release: () => void;
}

/** More dashboards of one tree at once than anybody has. */
const MOST_FOLDERS = 16;

/**
 * Takes a folder for days that one process loads. What a process left that ended, however it ended, is removed: the lock of its
 * folder ended with it.
 * @throws Error when so many processes have one
 */
export async function takeLoadedFolder(cacheFolder: string): Promise<LoadedFolder> {
  let own: LoadedFolder | null = null;
  const there = new Set(await readdir(cacheFolder));
  for (let number = 1; number <= MOST_FOLDERS; number++) {
    const name = `loaded-${number}`;
    if (own !== null && !there.has(name)) continue;
    const path = join(cacheFolder, name);
    await mkdir(path, { recursive: true, mode: 0o700 });
    const release = await takeWriterLock(path);
    if (release === null) continue;
    for (const left of await readdir(path)) {
      if (!left.startsWith('writer.lock')) await rm(join(path, left), { recursive: true, force: true });
    }
    if (own === null) own = { path, release };
    else release();
  }
  if (own === null) throw new Error(`${MOST_FOLDERS} dashboards have days loaded below ${cacheFolder}`);
  return own;
}
