import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { manifestKey, reportKey, workKey } from '../layout.js';
import { closedDay, DATE, NOTE, ROWS, SUMS } from './closed-day.fixture.js';
import { compactDay } from './compact-day.js';

const sha256 = (bytes: Uint8Array | undefined) =>
  createHash('sha256')
    .update(bytes ?? '')
    .digest('hex');

describe('the file of a day', () => {
  it('holds the rows of all its hours, is the same from reports of any format, and its note tells what it was made of', async () => {
    const written = await Promise.all((['csv', 'json', 'parquet'] as const).map((format) => closedDay(format)));
    for (const { store, compact, noted, ids } of written) {
      expect((await compact()).kind).toBe('written');
      expect(await ids()).toEqual(['q1', 'q7', 'q23']);
      const bytes = store.files.get(ROWS);
      expect(noted().report).toEqual({ key: ROWS, rows: 3, bytes: bytes?.length, sha256: sha256(bytes) });
      const sums = store.files.get(SUMS);
      const rollup = { key: SUMS, rows: 1, bytes: sums?.length, sha256: sha256(sums), isWhole: true };
      expect(noted().rollup).toEqual(rollup);
      expect(Object.keys(noted().hours)).toHaveLength(24);
      expect((await compact()).kind).toBe('unchanged');
    }
    for (const key of [ROWS, SUMS])
      expect(new Set(written.map(({ store }) => sha256(store.files.get(key)))).size).toBe(1);
  });

  it('is made anew when an hour gains a row, and is the one that was made at once then', async () => {
    const [late, atOnce] = [await closedDay(), await closedDay()];
    await late.compact();
    await late.collect([1, 5, 7, 23], 'b');
    expect((await late.compact()).kind).toBe('written');
    await atOnce.collect([1, 5, 7, 23], 'b');
    await atOnce.compact();
    expect(await late.ids()).toEqual(['q1', 'q5', 'q7', 'q23']);
    expect(late.store.files.get(ROWS)).toEqual(atOnce.store.files.get(ROWS));
    expect(late.store.files.get(SUMS)).toEqual(atOnce.store.files.get(SUMS));
    expect(late.noted()).toEqual(atOnce.noted());
  });

  it('is none of a day that lacks an hour, or was not closed', async () => {
    const { store, compact } = await closedDay();
    const closing = store.files.get(workKey.closing(DATE)) ?? new Uint8Array();
    store.files.delete(workKey.closing(DATE));
    expect(await compact()).toEqual({ kind: 'not-closed', why: 'it was not closed yet' });
    store.files.set(workKey.closing(DATE), closing);
    store.files.delete(manifestKey({ reportDate: DATE, hour: 7 }));
    expect(await compact()).toEqual({ kind: 'not-closed', why: '1 of its hours are missing' });
    expect(store.files.has(ROWS)).toBe(false);
  });

  it.each(['changed', 'cut', 'gone'])(
    'is not made of a report that is %s: it stays, and the report is named',
    async (how) => {
      const { store, compact, collect } = await closedDay();
      await compact();
      const before = store.files.get(ROWS);
      await collect([1, 5, 7, 23], 'b');
      const key = reportKey({ reportDate: DATE, hour: 7 }, 'csv');
      const bytes = Buffer.from(store.files.get(key) ?? '');
      if (how === 'changed') store.files.set(key, Buffer.from(bytes.toString('utf8').replace('q7', 'q8')));
      else if (how === 'cut') store.files.set(key, bytes.subarray(0, bytes.length >> 1));
      else store.files.delete(key);
      await expect(compact()).rejects.toThrow(`${key} is not what its manifest says`);
      expect(store.files.get(ROWS)).toBe(before);
    },
  );

  it('is made anew where it is gone or another, its note is damaged, or a run died between the two', async () => {
    const hooks: { beforeWrite?: (key: string) => void } = {};
    const { store, compact, collect, noted } = await closedDay('csv', hooks);
    await compact();
    const whole = store.files.get(ROWS);
    for (const key of [ROWS, SUMS]) {
      const before = store.files.get(key);
      store.files.delete(key);
      expect((await compact()).kind).toBe('written');
      store.files.set(key, Buffer.from(before ?? '').fill(1, 100, 101));
      expect((await compact()).kind).toBe('unchanged');
      expect((await compact(true)).kind).toBe('written');
      expect(store.files.get(key)).toEqual(before);
    }
    for (const text of ['null', '{"hours": 7}', 'x', JSON.stringify({ ...noted(), reportDate: '2026-09-03' })]) {
      store.files.set(NOTE, Buffer.from(text));
      expect((await compact()).kind).toBe('written');
    }
    expect(store.files.get(ROWS)).toEqual(whole);
    await collect([1, 5, 7, 23], 'b');
    for (const at of [SUMS, NOTE]) {
      hooks.beforeWrite = (key) => {
        if (key === at) throw new Error('killed');
      };
      await expect(compact()).rejects.toThrow('killed');
    }
    delete hooks.beforeWrite;
    expect((await compact()).kind).toBe('written');
    expect(noted().report.sha256).toBe(sha256(store.files.get(ROWS)));
    expect(noted().rollup.sha256).toBe(sha256(store.files.get(SUMS)));
  });

  it.each([ROWS, SUMS, NOTE])('is that of the latest hours when they, and %s, are written meanwhile', async (at) => {
    const hooks: { beforeWrite?: (key: string) => void } = {};
    const { store, compact, ids, noted } = await closedDay('csv', hooks);
    const other = await closedDay();
    await other.collect([1, 5, 7, 23], 'b');
    await other.compact();
    let isOver = false;
    hooks.beforeWrite = (key) => {
      if (key !== at || isOver) return;
      isOver = true;
      // Another run has rewritten an hour, and the file after it.
      for (const [name, bytes] of other.store.files) store.files.set(name, bytes);
    };
    expect((await compact()).kind).toBe('written');
    expect(await ids()).toEqual(['q1', 'q5', 'q7', 'q23']);
    expect(noted()).toEqual(other.noted());
    expect(store.files.get(SUMS)).toEqual(other.store.files.get(SUMS));
  });

  it('can be stopped', async () => {
    const { store } = await closedDay();
    const stop = AbortSignal.abort();
    await expect(compactDay({ store, codec: REPORT_CODEC, signal: stop }, DATE)).rejects.toThrow('abort');
    expect(store.files.has(ROWS)).toBe(false);
  });
});
