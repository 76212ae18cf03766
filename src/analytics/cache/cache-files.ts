import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

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
 * Chooses the folder, by the location of the reports: below `AQT_CACHE_DIR`, else below the folder that the system has for a
 * user's caches; never among the reports. Makes it for the user only.
 */
export async function cacheFolder(
  location: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): Promise<string> {
  const place = localRoot(location) ?? `${location} ${env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || ''}`;
  const name = createHash('sha256').update(place).digest('hex').slice(0, 16);
  const folder = join(env.AQT_CACHE_DIR ? resolve(env.AQT_CACHE_DIR) : join(userCache(env, platform), 'aqt'), name);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  } catch (error) {
    throw new Error(`the cache ${folder} cannot be made: set AQT_CACHE_DIR to a folder that can`, { cause: error });
  }
  return folder;
}

function userCache(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  const home = env.HOME || homedir();
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  if (platform === 'darwin') return join(home, 'Library', 'Caches');
  if (platform === 'win32') return env.LOCALAPPDATA || join(home, 'AppData', 'Local');
  return join(home, '.cache');
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

function noFolder(error: unknown): string[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}
