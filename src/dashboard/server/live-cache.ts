import { type AuditHour, auditHours, type Coverage, coverageOf } from '../../analytics/audit/audit.js';
import { type PlaceAccount, placesOf } from '../../analytics/audit/places.js';
import { type Cache, openCache } from '../../analytics/cache/cache.js';
import { createSearchMemory, type SearchMemory } from '../../analytics/view/scope.js';

/** One generation with what was learnt about it; everything here may be kept, for a generation never changes. */
export interface Snapshot {
  readonly cache: Cache;
  readonly coverage: Coverage;
  readonly hours: readonly AuditHour[];
  /** Accounts and Regions, with how complete each is. */
  readonly places: readonly PlaceAccount[];
  readonly search: SearchMemory;
  /** Answers by request. */
  readonly answers: Map<string, Promise<unknown>>;
}

export interface LiveCache {
  /** Null before the first generation. */
  current(): Snapshot | null;
  /** Goes over to the newest generation; requests that run finish on the old one. */
  refresh(): Promise<void>;
  close(): void;
}

const REMEMBERED_ANSWERS = 300;

/** Holds the newest generation of a cache folder. */
export async function openLiveCache(folder: string): Promise<LiveCache> {
  let snapshot = await open(folder);
  return {
    current: () => snapshot,
    async refresh() {
      const next = await open(folder);
      const old = snapshot;
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

async function open(folder: string): Promise<Snapshot | null> {
  const cache = await openCache(folder);
  if (!cache) return null;
  const run = (sql: string) => cache.rows(sql);
  const hours = await auditHours(run);
  const [coverage, places] = await Promise.all([coverageOf(run, hours), placesOf(run, hours)]);
  return { cache, coverage, hours, places, search: createSearchMemory(), answers: new Map() };
}

/** Answers from memory, or computes and remembers; failures are not remembered. */
export async function remembered<T>(snapshot: Snapshot, key: string, compute: () => Promise<T>): Promise<T> {
  const known = snapshot.answers.get(key);
  if (known) {
    snapshot.answers.delete(key);
    snapshot.answers.set(key, known);
    return known as Promise<T>;
  }
  const release = snapshot.cache.hold();
  const answer = compute().finally(release);
  snapshot.answers.set(key, answer);
  const [oldest] = snapshot.answers.keys();
  if (snapshot.answers.size > REMEMBERED_ANSWERS && oldest !== undefined) snapshot.answers.delete(oldest);
  try {
    return await answer;
  } catch (error) {
    snapshot.answers.delete(key);
    throw error;
  }
}
