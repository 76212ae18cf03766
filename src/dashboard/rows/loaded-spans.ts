import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncCache } from '../../analytics/cache/sync-cache.js';
import type { LeftOut } from '../../analytics/held/held-days.js';
import { type LoadedFolder, takeLoadedFolder } from '../../analytics/held/loaded-folder.js';
import type { DaySize, LoadedSpan, Span } from '../../analytics/held/plan-load.js';
import { addDays } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import { dayFolder, workKey } from '../../tree/layout.js';
import { openSnapshot, type Snapshot } from '../server/live-cache.js';

/** Days that are loaded beside the newest: a cache of its own for each span, which is whole or not there. */
export interface LoadedSpans {
  /** Those looked at longest ago first. */
  list(): readonly LookedAt[];
  /** The rows of a span, where they are here; that is a look at it, at an instant in epoch milliseconds. */
  find(span: Span, now: number): Snapshot | null;
  /** @throws what reading throws, or the signal's reason; nothing of the span is left then */
  load(span: Span, of: Collected, onHours: (done: number) => void, signal: AbortSignal): Promise<void>;
  letGo(span: Span): Promise<void>;
  /** Brings what is loaded up to the reports. */
  refresh(of: Collected, signal: AbortSignal): Promise<void>;
  close(): void;
}

interface LookedAt extends LoadedSpan {
  /** Epoch milliseconds; null while nobody did. */
  readonly lookedAt: number | null;
}

/** What there is in the reports. */
export interface Collected {
  readonly trees: readonly string[];
  /** In ascending order. */
  readonly days: readonly DaySize[];
}

interface Loaded extends LookedAt {
  readonly folder: string;
  readonly snapshot: Snapshot;
}

/** Hours between two words on how far a load has come. */
const HOURS_A_STEP = 24;
const MEMORY = '1GB';

/** Loads below the folder of a cache; nothing is made there before the first load. */
export function loadedSpans(store: ReportStore, cacheFolder: string): LoadedSpans {
  let own: Promise<LoadedFolder> | null = null;
  let loaded: Loaded[] = [];
  const sync = (span: Span, folder: string, of: Collected, more: object) =>
    syncCache({ store, folder, ...placesOf(span, of.trees), ...more });
  const open = async (span: Span, folder: string, of: Collected): Promise<Loaded> => {
    const snapshot = await openSnapshot(folder, { memoryLimit: MEMORY, left: leftBeside(span, of.days) });
    if (snapshot === null) throw new Error(`the cache ${folder} is not there`);
    return { ...span, bytes: snapshot.bytes, lookedAt: null, folder, snapshot };
  };
  const letGo = async ({ from, to }: Span): Promise<void> => {
    const gone = loaded.filter((one) => one.from === from && one.to === to);
    loaded = loaded.filter((one) => !gone.includes(one));
    for (const { snapshot, folder } of gone) {
      snapshot.cache.close();
      // Windows keeps what is open; the folder is emptied when it is taken again.
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }
  };
  return {
    letGo,
    list: () => loaded.map(({ from, to, bytes, lookedAt }) => ({ from, to, bytes, lookedAt })),
    find(span, now) {
      const found = loaded.find((one) => one.from <= span.from && span.to <= one.to);
      if (!found) return null;
      loaded = [...loaded.filter((one) => one !== found), { ...found, lookedAt: now }];
      return found.snapshot;
    },
    async load(span, of, onHours, signal) {
      own ??= takeLoadedFolder(cacheFolder).catch((error: unknown) => {
        // The next load tries again.
        own = null;
        throw error;
      });
      const folder = join((await own).path, `${span.from}_${span.to}`);
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { mode: 0o700 });
      try {
        const onProgress = ({ done }: { done: number }) => onHours(done);
        await sync(span, folder, of, { onProgress, signal, batchHours: HOURS_A_STEP });
        loaded = [...loaded, await open(span, folder, of)];
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
    },
    async refresh(of, signal) {
      for (const old of [...loaded]) {
        const { outcome } = await sync(old, old.folder, of, { signal });
        if (outcome !== 'synced') continue;
        const next = await open(old, old.folder, of);
        // It may have been looked at meanwhile, which is kept.
        loaded = loaded.map((one) => (one.folder === old.folder ? { ...next, lookedAt: one.lookedAt } : one));
        old.snapshot.cache.close();
      }
    },
    close() {
      for (const { snapshot } of loaded) snapshot.cache.close();
      loaded = [];
      void own?.then(({ release }) => release());
    },
  };
}

/** The folders of the days of a span in each tree, and what was said of them: their closings, and what was accepted. */
function placesOf(
  { from, to }: Span,
  trees: readonly string[],
): { readonly prefixes: string[]; readonly files: string[] } {
  const dates: string[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) dates.push(date);
  return {
    prefixes: trees.flatMap((tree) => dates.map((date) => tree + dayFolder(date))),
    files: trees.flatMap((tree) => [...dates.map((date) => tree + workKey.closing(date)), tree + workKey.accepted]),
  };
}

/** What is not there beside a span. Its first and last day are not whole: rows of them may have been filed on a day beyond. */
function leftBeside({ from, to }: Span, days: readonly DaySize[]): LeftOut {
  const others = days.filter(({ date }) => date < from || to < date);
  return {
    from: others[0]?.date ?? from,
    to: others.at(-1)?.date ?? to,
    hours: others.reduce((sum, { hours }) => sum + hours, 0),
    heldFrom: addDays(from, 1),
    heldTo: addDays(to, -1),
  };
}
