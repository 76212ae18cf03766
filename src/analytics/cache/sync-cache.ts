import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type LeftOut, leftWhileReading } from '../held/held-days.js';
import { findChanges, type Known, knownIn, type Look, NOTHING, type WorkChanges } from '../view/find-changes.js';
import { versionOf } from './cache.js';
import { type Generation, generationPath, generations, removeOld } from './cache-files.js';
import { CACHE_VERSION, schemaStatements } from './cache-schema.js';
import { openReader, openWriter, rowsOf } from './duck.js';
import { foldReservations } from './fold-reservations.js';
import { type FetchedHour, fetchHour } from './hour-files.js';
import { CONCURRENCY, inParallel } from './in-parallel.js';
import { addPatterns, removeHours, replaceHours } from './load-hours.js';
import { replaceWorkFiles } from './load-work-files.js';
import { identifier, literal } from './sql-text.js';
import type { ListedHour } from './sync-plan.js';
import { takeWriterLock } from './writer-lock.js';

export interface SyncProgress {
  readonly done: number;
  readonly total: number;
}

export interface SyncOptions extends Look {
  readonly folder: string;
  /** Hours that are read at once, and between two words on progress. */
  readonly batchHours?: number;
  readonly onProgress?: (progress: SyncProgress) => void;
  /** Called when a generation is published, with more to follow or not. */
  readonly onPublish?: (generation: number) => void;
  /** Of who looks again and again: what the last look knew, so that one that finds nothing opens no database. */
  readonly memory?: SyncMemory;
}

/** What a generation holds, kept from one look to the next; a published one never changes. */
export interface SyncMemory {
  last: { readonly generation: Generation; readonly known: Known } | null;
}

export type SyncResult =
  | { readonly outcome: 'synced'; readonly generation: number; readonly read: number; readonly removed: number }
  | { readonly outcome: 'unchanged'; readonly generation: number }
  /** Another process is at it; what it has published so far can be read. */
  | { readonly outcome: 'busy' };

/**
 * Brings the cache up to the reports: hours whose manifest is new or was rewritten are read, those gone are removed, the
 * rest is not touched; so it is with the closings of days and what was accepted. A first build publishes what it has in growing steps, newest day first, so that a dashboard can open.
 * Reports stay the only truth: a cache that cannot be read is built anew.
 */
export async function syncCache(options: SyncOptions): Promise<SyncResult> {
  const last = options.memory?.last ?? null;
  if (last && (await generations(options.folder))[0]?.number === last.generation.number) {
    const plan = await changesOf(options, last.known);
    if (plan === null) return { outcome: 'unchanged', generation: last.generation.number };
  }
  const release = await takeWriterLock(options.folder);
  if (!release) return { outcome: 'busy' };
  try {
    return await sync(options);
  } finally {
    release();
  }
}

async function sync(options: SyncOptions): Promise<SyncResult> {
  const base = await usableGeneration(options);
  if (options.memory) options.memory.last = base;
  let generation = base?.generation.number ?? 0;
  const plan = await changesOf(options, base?.known ?? null);
  if (plan === null) return { outcome: 'unchanged', generation };
  const { left } = plan;
  // One that could not be read may still lie there, open in another program.
  generation = (await generations(options.folder))[0]?.number ?? generation;
  let path = base?.generation.path ?? null;
  let { remove, work } = plan;
  let done = 0;
  const leftAfter = (count: number) => {
    const rest = plan.read.slice(count);
    return rest.length === 0 ? left : JSON.stringify(leftWhileReading(rest, JSON.parse(left) as LeftOut | null));
  };
  for (const step of publishSteps(plan.read, path === null)) {
    options.signal?.throwIfAborted();
    const hours = step;
    const start = done;
    const next = await writeGeneration(
      { ...options, from: path, number: generation + 1, remove, hours, work, left: leftAfter(start + hours.length) },
      (count) => options.onProgress?.({ done: start + count, total: plan.read.length }),
    );
    done += hours.length;
    remove = [];
    work = null;
    generation += 1;
    path = next;
    await removeOld(options.folder, generation);
    options.onPublish?.(generation);
  }
  return { outcome: 'synced', generation, read: plan.read.length, removed: plan.remove.length };
}

/** What is to be done to bring a generation up to the reports; null is nothing. Without a generation there is always something. */
async function changesOf(options: SyncOptions, known: Known | null) {
  const plan = await findChanges(options, known ?? NOTHING);
  const before = (known ?? NOTHING).left;
  const left = plan.left === undefined ? before : JSON.stringify(plan.left);
  const isSame = plan.read.length === 0 && plan.remove.length === 0 && plan.work === null && left === before;
  return known && isSame ? null : { ...plan, left };
}

/** Days of a first build come in steps that triple, so that copying what was written stays a small part of the work. */
function* publishSteps(hours: readonly ListedHour[], first: boolean): Generator<readonly ListedHour[]> {
  const dates = [...new Set(hours.map(({ label }) => label.reportDate))];
  let [start, day] = [0, 0];
  for (let size = 8; first && day + size < dates.length; size *= 3) {
    day += size;
    const end = hours.findIndex(({ label }) => label.reportDate === dates[day]);
    yield hours.slice(start, end);
    start = end;
  }
  yield hours.slice(start);
}

async function usableGeneration({
  folder,
  onWarning,
}: SyncOptions): Promise<{ readonly generation: Generation; readonly known: Known } | null> {
  for (const generation of await generations(folder)) {
    try {
      return { generation, known: await knownOf(generation.path) };
    } catch (error) {
      onWarning?.(`the cache ${generation.path} cannot be used (${nameOf(error)}) and is built anew`);
      // Windows keeps what another program has open.
      await rm(generation.path, { force: true }).catch(() => undefined);
    }
  }
  return null;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error);
}

async function knownOf(path: string): Promise<Known> {
  const instance = await openReader(path, { memoryLimit: '256MB', threads: 1 });
  const connection = await instance.connect();
  try {
    const version = await versionOf(connection);
    if (version !== String(CACHE_VERSION)) throw new Error(`it has version ${version ?? 'unknown'}`);
    return await knownIn(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const BATCH = 240;

/** Copies the last generation aside, changes the copy, and renames it into place. Returns its path. */
async function writeGeneration(
  options: SyncOptions & {
    readonly from: string | null;
    readonly number: number;
    readonly remove: readonly string[];
    readonly hours: readonly ListedHour[];
    readonly work: WorkChanges | null;
    readonly left: string;
  },
  onDone: (count: number) => void,
): Promise<string> {
  const { folder, from, number, hours, batchHours = BATCH } = options;
  const next = join(folder, `next-${number}.duckdb`);
  const downloads = join(folder, `download-${number}`);
  const packed = join(folder, `next-${number}-packed.duckdb`);
  for (const path of [next, packed]) {
    await rm(path, { force: true });
    await rm(`${path}.wal`, { force: true });
  }
  let isPacked = false;
  if (from !== null) await copyFile(from, next, constants.COPYFILE_FICLONE);
  await mkdir(downloads, { recursive: true, mode: 0o700 });
  const instance = await openWriter(next);
  try {
    const connection = await instance.connect();
    if (from === null) for (const statement of schemaStatements()) await connection.run(statement);
    await removeHours(connection, options.remove);
    for (let start = 0; start < hours.length; start += batchHours) {
      options.signal?.throwIfAborted();
      await loadBatch(connection, hours.slice(start, start + batchHours), { ...options, downloads });
      onDone(Math.min(start + batchHours, hours.length));
    }
    if (options.work !== null) await replaceWorkFiles(connection, options.work);
    await foldReservations(connection, options);
    await addPatterns(connection);
    await connection.run(`INSERT OR REPLACE INTO meta VALUES ('left', ${literal(options.left)})`);
    await connection.run('CHECKPOINT');
    // DuckDB keeps the room of removed rows; a file with a bound must not.
    isPacked = options.bound !== undefined && options.remove.length > 0;
    if (isPacked) await packInto(connection, packed);
    connection.closeSync();
  } finally {
    instance.closeSync();
    await rm(downloads, { recursive: true, force: true });
  }
  const path = generationPath(folder, number);
  if (isPacked) await rename(packed, next);
  await chmod(next, 0o600);
  await rename(next, path);
  return path;
}

/** Copies a database into a file of its own, without room that is free. */
async function packInto(connection: DuckDBConnection, path: string): Promise<void> {
  const [open] = await rowsOf(connection, 'SELECT current_database() AS name');
  await connection.run(`ATTACH ${literal(path)} AS packed`);
  await connection.run(`COPY FROM DATABASE ${identifier(String(open?.name))} TO packed`);
  await connection.run('DETACH packed');
}

async function loadBatch(
  connection: DuckDBConnection,
  hours: readonly ListedHour[],
  options: SyncOptions & { readonly downloads: string },
): Promise<void> {
  const fetched: (FetchedHour | null)[] = hours.map(() => null);
  await inParallel([...hours.entries()], CONCURRENCY, async ([index, hour]) => {
    options.signal?.throwIfAborted();
    fetched[index] = await fetchHour(options.store, hour, { folder: options.downloads, index });
  });
  await replaceHours(
    connection,
    fetched.filter((hour) => hour !== null),
  );
}
