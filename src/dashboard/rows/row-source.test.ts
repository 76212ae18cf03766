import { describe, expect, it } from 'vitest';
import type { ListedHour } from '../../analytics/cache/sync-plan.js';
import { holdNewestDays } from '../../analytics/held/held-days.js';
import { EMPTY_BYTES, type LoadedSpan, type Span } from '../../analytics/held/plan-load.js';
import { reportDay } from '../../calendar/report-day.js';
import type { Snapshot } from '../server/live-cache.js';
import { RowsNotHere } from './need-rows.js';
import { newestRows, RowsLetGo, RowsLoading, rowSource } from './row-source.js';

const MB = 1_000_000;
const timezone = 'UTC';
/** Thirty days of one hour, for which the cache takes 10 MB each. */
const HOURS: ListedHour[] = Array.from({ length: 30 }, (_, index) => ({
  manifestKey: `${index}`,
  tree: '',
  label: { reportDate: day(index + 1), hour: 0 },
  manifestBytes: 1,
  reports: { 'report.csv': 20 * MB },
}));

function day(number: number): string {
  return `2026-11-${String(number).padStart(2, '0')}`;
}
const windowOf = (from: number, to: number) => ({
  start: reportDay(day(from), timezone).window.start,
  end: reportDay(day(to), timezone).window.end,
});
const ASK = { isAgain: false, patienceMs: 100 };

/** A dashboard over these days, of which nothing is real but the bound and what is decided. */
function dashboard({ limit = 120, fails = false } = {}) {
  const bound = holdNewestDays(limit * MB);
  const stop = new AbortController();
  const log: string[] = [];
  let newest = snapshotOf('newest', null);
  const lookAgain = async (all: boolean) => {
    const { left } = bound.choose(all ? HOURS : [], all);
    if (left !== undefined) newest = snapshotOf('newest', left);
    bound.learn(0);
    log.push(`newest from ${newest.left?.heldFrom ?? 'the first'}`);
  };
  let loaded: (LoadedSpan & { lookedAt: number | null })[] = [];
  const goOn: (() => void)[] = [];
  let now = 0;
  const source = rowSource({
    ...{ bound, lookAgain, limitBytes: limit * MB, signal: stop.signal, progress: () => ({ done: 48, total: 720 }) },
    live: { current: () => newest, refresh: async () => undefined, close: () => undefined },
    clock: { now: () => now, sleep: () => new Promise((resolve) => setTimeout(resolve, 1)) },
    spans: {
      list: () => loaded,
      find(span, at) {
        const found = loaded.find(({ from, to }) => from <= span.from && span.to <= to);
        if (found) loaded = [...loaded.filter((one) => one !== found), { ...found, lookedAt: at }];
        return found ? snapshotOf(`${found.from} ${found.to}`, null) : null;
      },
      async load(span, { days }, onHours) {
        log.push(`load ${nameOf(span)}`);
        onHours(24);
        await new Promise<void>((resolve) => goOn.push(resolve));
        if (fails) throw new Error('no such bucket');
        const own = days.filter(({ date }) => span.from <= date && date <= span.to);
        loaded = [...loaded, { ...span, bytes: EMPTY_BYTES + own.length * 10 * MB, lookedAt: null }];
      },
      async letGo(span) {
        log.push(`let go ${nameOf(span)}`);
        loaded = loaded.filter(({ from, to }) => from !== span.from || to !== span.to);
      },
      refresh: async () => undefined,
      close: () => undefined,
    },
  });
  return {
    ...{ source, log, stop },
    ready: () => lookAgain(true).then(() => log.splice(0)),
    later: (ms: number) => {
      now += ms;
    },
    /** Lets the load that is on end. */
    async finish() {
      for (let tries = 0; goOn.length === 0 && tries < 100; tries++) await new Promise((r) => setTimeout(r, 1));
      for (const one of goOn.splice(0)) one();
      await new Promise((r) => setTimeout(r, 5));
    },
    taken: () => loaded.reduce((sum, { bytes }) => sum + bytes, 0),
    rows: async (from: number, to: number, isAgain = false) => {
      const { snapshot, release } = await source.of(windowOf(from, to), { ...ASK, isAgain });
      release();
      return snapshot.cache.path;
    },
  };
}

function nameOf({ from, to }: Span): string {
  return `${Number(from.slice(-2))}-${Number(to.slice(-2))}`;
}

function snapshotOf(path: string, left: Snapshot['left']): Snapshot {
  const cache = { path, hold: () => () => undefined };
  return { cache, left, coverage: { timezone, trees: [''] } } as unknown as Snapshot;
}

describe('the rows of a question', () => {
  it('are the newest where these reach there', async () => {
    const { ready, rows, log } = dashboard();
    await ready();
    expect(await rows(25, 30)).toBe('newest');
    expect(log).toEqual([]);
  });

  it('are loaded with a day before and behind, which is told, and answered when they are here', async () => {
    const { ready, rows, log, finish, source } = dashboard();
    await ready();
    await expect(rows(5, 6)).rejects.toThrow(new RowsLoading({ ...of(4, 7), doneDays: 1, days: 4 }).message);
    expect(source.status()).toEqual({ loaded: [], loading: { ...of(4, 7), doneDays: 1, days: 4 } });
    await finish();
    expect(await rows(5, 6)).toBe(`${day(4)} ${day(7)}`);
    expect(await rows(6, 6)).toBe(`${day(4)} ${day(7)}`);
    expect(source.status()).toEqual({ loaded: [of(4, 7)], loading: null });
    // Sixteen of 120 MB less: the newest days are six, of which the first is not whole.
    expect(log).toEqual(['newest from 2026-11-26', 'load 4-7']);
  });

  it('are loaded once for all who ask', async () => {
    const { ready, rows, log, finish } = dashboard();
    await ready();
    const asked = [rows(5, 6), rows(5, 6), rows(5, 6)].map((one) => one.catch((error: Error) => error.name));
    expect(await Promise.all(asked)).toEqual(['RowsLoading', 'RowsLoading', 'RowsLoading']);
    await finish();
    expect(await rows(5, 6)).toContain(day(4));
    expect(log.filter((line) => line.startsWith('load'))).toHaveLength(1);
  });

  it('are refused where they do not fit beside two of the newest days, with the reason', async () => {
    const { ready, rows, log } = dashboard();
    await ready();
    const refused = await rows(2, 12).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RowsNotHere);
    expect((refused as Error).message).toMatch(
      /rows from 2026-11-21 on are here.*the 13 days asked for.*139 MB.*120 MB.*--cache-limit/,
    );
    expect(log).toEqual([]);
  });

  it('come and go between two windows that do not both fit, a load for each that somebody asks for and none for a look', async () => {
    const { ready, rows, log, finish, taken } = dashboard();
    await ready();
    const load = async (from: number, to: number) => {
      await expect(rows(from, to)).rejects.toThrow(RowsLoading);
      await finish();
      return rows(from, to);
    };
    expect(await load(3, 5)).toBe(`${day(2)} ${day(6)}`);
    expect(await load(11, 13)).toBe(`${day(10)} ${day(14)}`);
    expect(taken()).toBeLessThanOrEqual(120 * MB);
    // The first window only looks whether its answer changed, again and again.
    for (let looks = 0; looks < 5; looks++) await expect(rows(3, 5, true)).rejects.toThrow(RowsLetGo);
    expect(await rows(11, 13, true)).toBe(`${day(10)} ${day(14)}`);
    expect(log.filter((line) => line.startsWith('lo'))).toEqual(['load 2-6', 'load 10-14']);
    expect(log).toContain('let go 2-6');
  });

  it('both stay where both fit', async () => {
    const { ready, rows, log, finish } = dashboard({ limit: 240 });
    await ready();
    for (const date of [3, 9]) {
      await expect(rows(date, date)).rejects.toThrow(RowsLoading);
      await finish();
    }
    expect(await rows(3, 3)).toBe(`${day(2)} ${day(4)}`);
    expect(await rows(9, 9)).toBe(`${day(8)} ${day(10)}`);
    expect(log.filter((line) => line.startsWith('let go'))).toEqual([]);
  });

  it('make room for the newest days again when these are asked for', async () => {
    const { ready, rows, log, finish } = dashboard();
    await ready();
    await expect(rows(3, 5)).rejects.toThrow(RowsLoading);
    await finish();
    expect(await rows(21, 30)).toBe('newest');
    expect(log).toEqual(['newest from 2026-11-27', 'load 2-6', 'let go 2-6', 'newest from 2026-11-21']);
  });

  it('are not loaded when nobody asks for them any more before their turn', async () => {
    const { ready, rows, log, finish, later } = dashboard();
    await ready();
    await expect(rows(3, 3)).rejects.toThrow(RowsLoading);
    await expect(rows(9, 9)).rejects.toThrow(RowsLoading);
    later(120_000);
    await finish();
    await finish();
    expect(log.filter((line) => line.startsWith('load'))).toEqual(['load 2-4']);
  });

  it('that cannot be read are told so, not tried by every question', async () => {
    const { ready, rows, log, finish, later, source } = dashboard({ fails: true });
    await ready();
    await expect(rows(3, 3)).rejects.toThrow(RowsLoading);
    await finish();
    for (let tries = 0; tries < 3; tries++) await expect(rows(3, 3)).rejects.toThrow('no such bucket');
    expect(log.filter((line) => line.startsWith('load'))).toHaveLength(1);
    expect(source.status()).toEqual({ loaded: [], loading: null });
    later(11_000);
    await expect(rows(3, 3)).rejects.toThrow(RowsLoading);
  });

  it('that are read for the first time are waited for, whether there is a bound or not', async () => {
    const left = { from: day(1), to: day(20), hours: 20, heldFrom: day(22), isReading: true } as const;
    const live = { current: () => snapshotOf('growing', left), refresh: async () => undefined, close: () => undefined };
    const source = newestRows(live, () => ({ done: 48, total: 720 }));
    await expect(source.of(windowOf(5, 6), ASK)).rejects.toThrow('Loading 2 of 30 days, 2026-11-04 to 2026-11-07.');
    expect((await source.of(windowOf(22, 30), ASK)).snapshot.cache.path).toBe('growing');
    expect((await source.of(null, ASK)).snapshot.cache.path).toBe('growing');
  });

  it('are let go when nobody looked at them for half an hour', async () => {
    const { ready, rows, finish, later, source } = dashboard();
    await ready();
    await expect(rows(3, 3)).rejects.toThrow(RowsLoading);
    await finish();
    await rows(3, 3);
    later(1_700_000);
    await source.refresh();
    expect(source.status().loaded).toHaveLength(1);
    later(200_000);
    await source.refresh();
    expect(source.status().loaded).toEqual([]);
  });
});

function of(from: number, to: number): Span {
  return { from: day(from), to: day(to) };
}
