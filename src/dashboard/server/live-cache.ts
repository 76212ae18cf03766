import { stat } from 'node:fs/promises';
import { type AuditHour, auditHours, type Coverage, coverageOf } from '../../analytics/audit/audit.js';
import { type PlaceAccount, placesOf } from '../../analytics/audit/places.js';
import { type Cache, openCache } from '../../analytics/cache/cache.js';
import { generations } from '../../analytics/cache/cache-files.js';
import { type LeftOut, leftOutOf } from '../../analytics/held/held-days.js';
import { createSearchMemory, type RunSql, type SearchMemory } from '../../analytics/view/scope.js';

/** One generation with what was learnt about it; everything here may be kept, for a generation never changes. */
export interface Snapshot {
  readonly cache: Cache;
  readonly coverage: Coverage;
  readonly hours: readonly AuditHour[];
  /** Accounts and Regions, with how complete each is. */
  readonly places: readonly PlaceAccount[];
  /** Days that are collected and not here; null when all are. */
  readonly left: LeftOut | null;
  /** Size of the file. */
  readonly bytes: number;
  readonly search: SearchMemory;
  /** Answers by request. */
  readonly answers: Map<string, Promise<unknown>>;
  /** Long lists by what they list; few, for each may hold a hundred thousand rows. */
  readonly lists: Map<string, Promise<unknown>>;
}

export interface LiveCache {
  /** Null before the first generation. */
  current(): Snapshot | null;
  /** Goes over to the newest generation; requests that run finish on the old one. */
  refresh(): Promise<void>;
  close(): void;
}

const REMEMBERED_ANSWERS = 300;
const REMEMBERED_LISTS = 6;

/** Holds the newest generation of a cache folder. */
export async function openLiveCache(folder: string): Promise<LiveCache> {
  // One that cannot be read is built anew by the first look at the reports, which tells what it cannot do.
  let snapshot = await openSnapshot(folder).catch(() => null);
  return {
    current: () => snapshot,
    async refresh() {
      const old = snapshot;
      // Opening one adds up all its hours: too much for each look at the folder.
      if (old && (await generations(folder))[0]?.number === old.cache.generation) return;
      const next = await openSnapshot(folder);
      if (!next || next.cache.generation === old?.cache.generation) {
        next?.cache.close();
        return;
      }
      snapshot = next;
      old?.cache.close();
    },
    close() {
      snapshot?.cache.close();
      snapshot = null;
    },
  };
}

/** Opens the newest generation of a folder; null when there is none. `left` is said in place of what the generation says. */
export async function openSnapshot(
  folder: string,
  more: { readonly memoryLimit?: string; readonly left?: LeftOut } = {},
): Promise<Snapshot | null> {
  const cache = await openCache(folder, more);
  if (!cache) return null;
  const run: RunSql = (sql) => cache.rows(sql);
  const hours = await auditHours(run);
  const { size: bytes } = await stat(cache.path);
  const [coverage, places, left] = await Promise.all([coverageOf(run, hours), placesOf(run, hours), leftOutOf(run)]);
  return {
    cache,
    coverage,
    hours,
    places,
    left: more.left ?? left,
    bytes,
    search: createSearchMemory(),
    answers: new Map(),
    lists: new Map(),
  };
}

/** Answers from memory, or computes and remembers; failures are not remembered. */
export function remembered<T>(snapshot: Snapshot, key: string, compute: () => Promise<T>): Promise<T> {
  return recall({ memory: snapshot.answers, most: REMEMBERED_ANSWERS, snapshot }, key, compute);
}

/** The same for long lists. */
export function rememberedList<T>(snapshot: Snapshot, key: string, compute: () => Promise<T>): Promise<T> {
  return recall({ memory: snapshot.lists, most: REMEMBERED_LISTS, snapshot }, key, compute);
}

/** The answers used longest ago are forgotten. */
async function recall<T>(
  {
    memory,
    most,
    snapshot,
  }: { readonly memory: Map<string, Promise<unknown>>; readonly most: number; readonly snapshot: Snapshot },
  key: string,
  compute: () => Promise<T>,
): Promise<T> {
  const known = memory.get(key);
  if (known) {
    memory.delete(key);
    memory.set(key, known);
    return known as Promise<T>;
  }
  const release = snapshot.cache.hold();
  const answer = compute().finally(release);
  memory.set(key, answer);
  const [oldest] = memory.keys();
  if (memory.size > most && oldest !== undefined) memory.delete(oldest);
  try {
    return await answer;
  } catch (error) {
    memory.delete(key);
    throw error;
  }
}
