import { describe, expect, it } from 'vitest';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { closedDay, DATE, NOTE, ROWS, SUMS } from '../../tree/daily/closed-day.fixture.js';
import { reportKey, workKey } from '../../tree/layout.js';
import { keepDays } from './keep-days.js';

async function closed() {
  const hooks: { beforeWrite?: (key: string) => void } = {};
  const day = await closedDay('csv', hooks);
  const { store } = day;
  const told: string[] = [];
  const keep = (dates: readonly string[], signal = new AbortController().signal) =>
    keepDays(
      { store, codec: REPORT_CODEC, progress: (event) => void (event.kind === 'warning' && told.push(event.message)) },
      { dates, signal },
    );
  const waiting = () => JSON.parse(String(Buffer.from(store.files.get(workKey.daysWaiting) ?? '{}'))).dates;
  return { ...day, keep, told, waiting, hooks };
}

describe('the files of closed days', () => {
  it('are made once, and anew when an hour was written since', async () => {
    const { keep, collect, ids, waiting, store } = await closed();
    expect(await keep([DATE, DATE, '2026-09-03'])).toEqual({ written: [DATE], failed: [], waiting: [] });
    expect(await keep([DATE])).toEqual({ written: [], failed: [], waiting: [] });
    await collect([1, 5, 7, 23], 'b');
    expect(await keep([DATE])).toMatchObject({ written: [DATE] });
    expect(await ids()).toEqual(['q1', 'q5', 'q7', 'q23']);
    expect(waiting()).toEqual([]);
    expect([...store.files.keys()].filter((key) => /^(daily|rollups)\//.test(key))).toEqual([ROWS, SUMS, NOTE]);
  });

  it('wait where there is no time, and are made by the next call whatever it is asked for', async () => {
    const { keep, told, waiting } = await closed();
    expect(await keep([DATE], AbortSignal.abort())).toEqual({ written: [], failed: [], waiting: [DATE] });
    expect(waiting()).toEqual([DATE]);
    expect(told).toEqual([expect.stringContaining('no time for the files of 1 days')]);
    expect(await keep(['2026-09-03'])).toEqual({ written: [DATE], failed: [], waiting: [] });
  });

  it('wait where the time ends on the way, or the run dies', async () => {
    const { keep, hooks, store, waiting } = await closed();
    const stop = new AbortController();
    hooks.beforeWrite = (key) => {
      if (key !== ROWS) return;
      stop.abort();
      stop.signal.throwIfAborted();
    };
    expect(await keep([DATE], stop.signal)).toMatchObject({ written: [], failed: [], waiting: [DATE] });
    expect(store.files.has(ROWS)).toBe(false);
    expect(waiting()).toEqual([DATE]);
  });

  it('fail nothing: one whose report is damaged, or that may not be written, is told, and tried again', async () => {
    const { keep, hooks, told, store, noted } = await closed();
    const key = reportKey({ reportDate: DATE, hour: 7 }, 'csv');
    const kept = store.files.get(key) ?? new Uint8Array();
    store.files.set(key, kept.subarray(1));
    expect(await keep([DATE])).toEqual({ written: [], failed: [DATE], waiting: [DATE] });
    expect(told.join()).toContain(
      `the files of ${DATE} under daily/ and rollups/ were not written: ${key} is not what its manifest`,
    );
    store.files.set(key, kept);
    hooks.beforeWrite = (name) => {
      if (name === ROWS) throw new Error('Access Denied');
    };
    expect(await keep([])).toMatchObject({ failed: [DATE] });
    expect(told.join()).toContain('Access Denied');
    delete hooks.beforeWrite;
    expect(await keep([])).toEqual({ written: [DATE], failed: [], waiting: [] });
    expect(noted().report.rows).toBe(3);
  });
});
