import { createHash } from 'node:crypto';
import { access, chmod, constants, mkdir, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/**
 * The cache is a folder of generations, `cache-<n>.duckdb`: a writer builds the next one aside and renames it into place,
 * so readers never wait, a crash leaves the last good one, and a file once published never changes.
 */
export interface Generation {
  readonly number: number;
  readonly path: string;
}

const GENERATION = /^cache-(\d{1,12})\.duckdb$/;

/**
 * Chooses the folder: `AQT_CACHE_DIR`, else `_work/cache` below a local root (the contract's place for working files), else,
 * for S3 and for roots that cannot be written, a folder of the user's cache named after the location.
 * Creates it for the user only.
 */
export async function cacheFolder(
  location: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const local = localRoot(location);
  if (!env.AQT_CACHE_DIR && local !== null) {
    const folder = join(local, '_work', 'cache');
    if (await isWritable(local)) return prepare(folder);
  }
  const name = createHash('sha256')
    .update(local ?? location)
    .digest('hex')
    .slice(0, 16);
  if (env.AQT_CACHE_DIR) return prepare(join(resolve(env.AQT_CACHE_DIR), name));
  const base = env.XDG_CACHE_HOME || (env.LOCALAPPDATA ?? join(env.HOME ?? homedir(), '.cache'));
  return prepare(join(base, 'aqt', name));
}

/** The folder behind a location, null for a bucket. */
export function localRoot(location: string): string | null {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(location) ? null : resolve(location);
}

/** Published generations, newest first. */
export async function generations(folder: string): Promise<Generation[]> {
  const found: Generation[] = [];
  for (const name of await readdir(folder).catch(noFolder)) {
    const match = GENERATION.exec(name);
    if (match) found.push({ number: Number(match[1]), path: join(folder, name) });
  }
  return found.sort((a, b) => b.number - a.number);
}

export function generationPath(folder: string, number: number): string {
  return join(folder, `cache-${String(number).padStart(6, '0')}.duckdb`);
}

/** Removes generations older than the newest, and what a crashed writer left. Call it with the writer's lock held. */
export async function removeOld(folder: string, keep: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const match = GENERATION.exec(name);
    const old = match ? Number(match[1]) < keep : name.startsWith('next-') || name.startsWith('download-');
    // A reader on Windows may still have it open; the next writer tries again.
    if (old) await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function prepare(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  return folder;
}

async function isWritable(folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    try {
      await access(path, constants.W_OK);
      return true;
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!missing || dirname(path) === path) return false;
    }
  }
}

function noFolder(error: unknown): string[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}
