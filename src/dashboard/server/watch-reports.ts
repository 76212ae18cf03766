import { localRoot } from '../../analytics/cache/cache-files.js';
import { type SyncMemory, type SyncOptions, syncCache } from '../../analytics/cache/sync-cache.js';
import type { ListedHour } from '../../analytics/cache/sync-plan.js';
import type { HeldDays } from '../../analytics/held/held-days.js';
import { addDays } from '../../calendar/report-day.js';
import type { Clock } from '../../ports/clock.js';
import type { ReportStore } from '../../ports/report-store.js';
import { hourFolder, workFolder, workKey } from '../../tree/layout.js';
import type { LiveCache } from './live-cache.js';

/** What the watcher is doing, for the page. */
export interface SyncStatus {
  readonly state: 'idle' | 'reading';
  readonly done: number;
  readonly total: number;
  /** Epoch milliseconds of the last look at the reports that went well. */
  readonly checkedAt: number | null;
  readonly error: string | null;
  /** What the last look left out, and why; null or absent when nothing. */
  readonly warning?: string | null;
}

/** What there is in the reports, by the last look at everything. */
export interface Listed {
  readonly trees: readonly string[];
  /** First and last report day. */
  readonly from: string;
  readonly to: string;
}

export interface Watch {
  status(): SyncStatus;
  /** Null before the first look has listed anything. */
  listed(): Listed | null;
  /** Looks at once, at everything or at the newest days, when the look that is on has ended. */
  lookAgain(all: boolean): Promise<void>;
  /** Ends when the signal fires. */
  readonly done: Promise<void>;
}

/** A look at the newest days, and one at everything: a folder is cheap to list, a bucket costs requests. */
const PACE = { local: { quickMs: 2_000, fullMs: 60_000 }, remote: { quickMs: 30_000, fullMs: 900_000 } } as const;

/** Looks for new, rewritten and removed hours until the signal fires, and moves the live cache on. Failures are shown and tried again. */
export function watchReports({
  store,
  folder,
  live,
  bound,
  afterAll,
  clock,
  signal,
}: {
  readonly store: ReportStore;
  readonly folder: string;
  readonly live: LiveCache;
  /** Which days are held; absent: all. */
  readonly bound?: HeldDays;
  /** Called after each look at everything that went well. */
  readonly afterAll?: () => Promise<void>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): Watch {
  let status: SyncStatus = { state: 'idle', done: 0, total: 0, checkedAt: null, error: null };
  let listed: Listed | null = null;
  const memory: SyncMemory = { last: null };
  const pace = localRoot(store.location) === null ? PACE.remote : PACE.local;
  const shown = (error: unknown): void => {
    if (signal.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    status = { ...status, state: 'idle', error: message.split('\n')[0] ?? message };
  };
  const look = async (places: Places | null): Promise<void> => {
    const publishing: Promise<void>[] = [];
    let warning: string | null = null;
    try {
      const synced = await syncCache({
        store,
        folder,
        signal,
        memory,
        ...(bound ? { bound } : {}),
        ...places,
        onListed: (hours) => {
          listed = listedOf(hours);
        },
        onProgress: ({ done, total }) => {
          status = { ...status, state: 'reading', done, total };
        },
        onWarning: (message) => {
          warning = message;
        },
        onPublish: () => void publishing.push(live.refresh()),
      });
      await Promise.all(publishing);
      // Another process may have published, too.
      await live.refresh();
      const current = live.current();
      // That of another process may hold other days.
      if (current && synced.outcome !== 'busy' && synced.generation === current.cache.generation)
        bound?.learn(current.bytes);
      status = { state: 'idle', done: 0, total: 0, checkedAt: clock.now(), error: null, warning };
    } catch (error) {
      shown(error);
    }
  };
  let turn: Promise<void> = Promise.resolve();
  const lookAgain = (all: boolean): Promise<void> => {
    turn = turn.then(() => look(all ? null : newestPlaces(live)));
    return turn;
  };
  const watch = async (): Promise<void> => {
    let fullAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      const isFull = clock.now() - fullAt >= pace.fullMs;
      await lookAgain(isFull);
      if (isFull) fullAt = clock.now();
      if (isFull && status.error === null) await afterAll?.().catch(shown);
      // Waking up by the signal is the end, not an error.
      await clock.sleep(pace.quickMs, signal).catch(() => undefined);
    }
  };
  return { status: () => status, listed: () => listed, lookAgain, done: watch() };
}

function listedOf(hours: readonly ListedHour[]): Listed | null {
  const dates = hours.map(({ label }) => label.reportDate).sort();
  const [from, to] = [dates[0], dates.at(-1)];
  return from === undefined || to === undefined
    ? null
    : { trees: [...new Set(hours.map(({ tree }) => tree))], from, to };
}

type Places = Required<Pick<SyncOptions, 'prefixes' | 'files'>>;

/**
 * The folders of the last two days of each tree, of the two that come next, and of its closings, and what was accepted; null
 * (everything) while there is nothing.
 */
function newestPlaces(live: LiveCache): Places | null {
  const snapshot = live.current();
  if (!snapshot || snapshot.hours.length === 0) return null;
  const newest = new Map<string, string>();
  for (const { tree, reportDate } of snapshot.hours) {
    if (reportDate > (newest.get(tree) ?? '')) newest.set(tree, reportDate);
  }
  const prefixes = [...newest].flatMap(([tree, date]) => [
    ...[-1, 0, 1, 2].map(
      (days) => tree + hourFolder({ reportDate: addDays(date, days), hour: 0 }).replace(/hour=.*$/, ''),
    ),
    tree + workFolder.closings,
  ]);
  return { prefixes, files: [...newest.keys()].map((tree) => tree + workKey.accepted) };
}
