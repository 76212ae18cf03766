import { constants } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ReportStore } from '../collect/ports.js';
import { type Generation, generationPath, generations, removeOld } from './cache-files.js';
import { CACHE_VERSION, schemaStatements } from './cache-schema.js';
import { openReader, openWriter, rowsOf } from './duck.js';
import { type FetchedHour, fetchHour } from './hour-files.js';
import { addPatterns, MANIFEST_KEY, removeHours, replaceHours } from './load-hours.js';
import { type KnownHour, type ListedHour, listedHours, newestDayFirst, planSync, type SyncPlan } from './sync-plan.js';
import { takeWriterLock } from './writer-lock.js';

export interface SyncProgress {
  readonly done: number;
  readonly total: number;
}

export interface SyncOptions {
  readonly store: ReportStore;
  readonly folder: string;
  /** Folders of the store to look at; the others keep what the cache holds. Absent: everything. */
  readonly prefixes?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SyncProgress) => void;
  /** Called when a generation is published, with more to follow or not. */
  readonly onPublish?: (generation: number) => void;
  readonly onWarning?: (message: string) => void;
}

export type SyncResult =
  | { readonly outcome: 'synced'; readonly generation: number; readonly read: number; readonly removed: number }
  | { readonly outcome: 'unchanged'; readonly generation: number }
  /** Another process is at it; what it has published so far can be read. */
  | { readonly outcome: 'busy' };

/**
 * Brings the cache up to the reports: hours whose manifest is new or was rewritten are read, those gone are removed, the
 * rest is not touched. A first build publishes what it has in growing steps, newest day first, so that a dashboard can open.
 * Reports stay the only truth: a cache that cannot be read is built anew.
 */
export async function syncCache(options: SyncOptions): Promise<SyncResult> {
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
  const plan = await planOf(options, base?.known ?? []);
  let generation = base?.generation.number ?? 0;
  if (base && plan.read.length === 0 && plan.remove.length === 0) return { outcome: 'unchanged', generation };
  let path = base?.generation.path ?? null;
  let remove = plan.remove;
  let done = 0;
  for (const step of publishSteps(plan.read, path === null)) {
    options.signal?.throwIfAborted();
    const hours = step;
    const start = done;
    const next = await writeGeneration({ ...options, from: path, number: generation + 1, remove, hours }, (count) =>
      options.onProgress?.({ done: start + count, total: plan.read.length }),
    );
    done += hours.length;
    remove = [];
    generation += 1;
    path = next;
    await removeOld(options.folder, generation);
    options.onPublish?.(generation);
  }
  return { outcome: 'synced', generation, read: plan.read.length, removed: plan.remove.length };
}

/** Hours of a first build come in steps that triple, so that copying what was written stays a small part of the work. */
function* publishSteps(hours: readonly ListedHour[], first: boolean): Generator<readonly ListedHour[]> {
  let start = 0;
  for (let size = 8 * 24; first && start + size < hours.length; size *= 3) {
    yield hours.slice(start, start + size);
    start += size;
  }
  yield hours.slice(start);
}

async function usableGeneration({
  folder,
  onWarning,
}: SyncOptions): Promise<{ readonly generation: Generation; readonly known: readonly KnownHour[] } | null> {
  for (const generation of await generations(folder)) {
    try {
      return { generation, known: await knownHours(generation.path) };
    } catch (error) {
      onWarning?.(`the cache ${generation.path} cannot be used (${nameOf(error)}) and is built anew`);
      await rm(generation.path, { force: true });
    }
  }
  return null;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error);
}

async function knownHours(path: string): Promise<KnownHour[]> {
  const instance = await openReader(path, { memoryLimit: '256MB', threads: 1 });
  const connection = await instance.connect();
  try {
    const meta = await rowsOf(connection, "SELECT value FROM meta WHERE name = 'version'");
    if (meta[0]?.value !== String(CACHE_VERSION)) throw new Error(`it has version ${meta[0]?.value ?? 'unknown'}`);
    const rows = await rowsOf(
      connection,
      `SELECT ${MANIFEST_KEY} AS manifest_key, manifest_tag, manifest_bytes, report_key, report_bytes FROM hour_log`,
    );
    return rows.map((row) => ({
      manifestKey: String(row.manifest_key),
      manifestTag: String(row.manifest_tag),
      manifestBytes: Number(row.manifest_bytes),
      reportKey: String(row.report_key),
      reportBytes: Number(row.report_bytes),
    }));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function planOf(options: SyncOptions, known: readonly KnownHour[]): Promise<SyncPlan> {
  const { store, prefixes } = options;
  const files: { key: string; bytes: number }[] = [];
  for (const prefix of prefixes ?? ['']) {
    for await (const file of store.list(prefix)) {
      options.signal?.throwIfAborted();
      files.push(file);
    }
  }
  const scope = prefixes && ((key: string) => prefixes.some((prefix) => key.startsWith(prefix)));
  const plan = planSync(listedHours(files), known, scope);
  const tags = new Map(known.map((hour) => [hour.manifestKey, hour.manifestTag]));
  const rewritten: ListedHour[] = [];
  await eachOf(plan.check, CONCURRENCY, async (hour) => {
    options.signal?.throwIfAborted();
    const tag = await store.tagOf(hour.manifestKey);
    if (tag !== null && tag !== tags.get(hour.manifestKey)) rewritten.push(hour);
  });
  return rewritten.length === 0 ? plan : { ...plan, read: newestDayFirst([...plan.read, ...rewritten]) };
}

const CONCURRENCY = 16;
const BATCH = 240;

/** Copies the last generation aside, changes the copy, and renames it into place. Returns its path. */
async function writeGeneration(
  options: SyncOptions & {
    readonly from: string | null;
    readonly number: number;
    readonly remove: readonly string[];
    readonly hours: readonly ListedHour[];
  },
  onDone: (count: number) => void,
): Promise<string> {
  const { folder, from, number, hours } = options;
  const next = join(folder, `next-${number}.duckdb`);
  const downloads = join(folder, `download-${number}`);
  await rm(next, { force: true });
  await rm(`${next}.wal`, { force: true });
  if (from !== null) await copyFile(from, next, constants.COPYFILE_FICLONE);
  await mkdir(downloads, { recursive: true, mode: 0o700 });
  const instance = await openWriter(next);
  try {
    const connection = await instance.connect();
    if (from === null) for (const statement of schemaStatements()) await connection.run(statement);
    await removeHours(connection, options.remove);
    for (let start = 0; start < hours.length; start += BATCH) {
      options.signal?.throwIfAborted();
      await loadBatch(connection, hours.slice(start, start + BATCH), { ...options, downloads });
      onDone(Math.min(start + BATCH, hours.length));
    }
    await addPatterns(connection);
    await connection.run('CHECKPOINT');
    connection.closeSync();
  } finally {
    instance.closeSync();
    await rm(downloads, { recursive: true, force: true });
  }
  const path = generationPath(folder, number);
  await rename(next, path);
  return path;
}

async function loadBatch(
  connection: DuckDBConnection,
  hours: readonly ListedHour[],
  options: SyncOptions & { readonly downloads: string },
): Promise<void> {
  const fetched: (FetchedHour | null)[] = hours.map(() => null);
  await eachOf([...hours.entries()], CONCURRENCY, async ([index, hour]) => {
    options.signal?.throwIfAborted();
    fetched[index] = await fetchHour(options.store, hour, { folder: options.downloads, index });
  });
  await replaceHours(
    connection,
    fetched.filter((hour) => hour !== null),
  );
}

/** Runs a task for each item, `limit` at a time; the first failure ends it. */
async function eachOf<T>(items: readonly T[], limit: number, task: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await task(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
