import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { companyHours, writeHour } from '../../../test/dashboard/fixture-company.js';
import { temporaryFolder } from '../../../test/dashboard/fixture-served.js';
import { cacheFolder } from '../../analytics/cache/cache-files.js';
import { takeWriterLock } from '../../analytics/cache/writer-lock.js';
import { takeLoadedFolder } from '../../analytics/held/loaded-folder.js';
import type { ReportStore } from '../../ports/report-store.js';
import { createLocalStore } from '../../storage/local-store.js';
import type { Snapshot } from '../server/live-cache.js';
import { type Collected, type LoadedSpans, loadedSpans } from './loaded-spans.js';

const timezone = 'America/New_York';
const hours = [...companyHours({ lastDay: '2026-11-20', days: 6, queriesPerDay: 24, timezone, seed: 3 })];
const days = [...new Set(hours.map(({ label }) => label.reportDate))].map((date) => ({ date, hours: 24, bytes: 1 }));
const COLLECTED: Collected = { trees: [''], days };
const SPAN = { from: '2026-11-16', to: '2026-11-18' };

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let store: ReportStore;
let folder: string;
let spans: LoadedSpans;
beforeEach(async () => {
  root = await temporaryFolder();
  const reports = join(root.path, 'reports');
  for (const hour of hours) await writeHour(reports, hour, { timezone });
  store = createLocalStore(reports, { clock: { now: () => Date.now(), sleep: (ms) => delay(ms) } });
  folder = await cacheFolder(reports, { AQT_CACHE_DIR: join(root.path, 'caches') });
  spans = loadedSpans(store, folder);
});
afterEach(async () => {
  spans.close();
  await root.remove();
});

const signal = new AbortController().signal;
const nothing = () => undefined;
const rowsOf = async (snapshot: Snapshot | null) =>
  (await snapshot?.cache.rows('SELECT count(*) AS n FROM query_log'))?.[0]?.n;
const rowsOn = (dates: readonly string[]) =>
  hours.filter(({ label }) => dates.includes(label.reportDate)).flatMap(({ rows }) => rows).length;
const DATES = ['2026-11-16', '2026-11-17', '2026-11-18'];

it('loads exactly the days of a span, a day at a time, and says which of them are whole', async () => {
  const told: number[] = [];
  await spans.load(SPAN, COLLECTED, (done) => told.push(done), signal);
  expect(told).toEqual([24, 48, 72]);
  const found = spans.find({ from: '2026-11-16', to: '2026-11-17' }, 7);
  expect(await rowsOf(found)).toBe(rowsOn(DATES));
  expect(found?.left).toEqual({
    ...{ from: '2026-11-15', to: '2026-11-20', hours: 72 },
    ...{ heldFrom: '2026-11-17', heldTo: '2026-11-17' },
  });
  expect(spans.list()).toMatchObject([{ ...SPAN, lookedAt: 7 }]);
  expect(spans.find({ from: '2026-11-17', to: '2026-11-19' }, 8)).toBeNull();
  await spans.letGo(SPAN);
  expect(spans.list()).toEqual([]);
  expect(await readdir(join(folder, 'loaded-1'))).not.toContain('2026-11-16_2026-11-18');
});

it('leaves nothing of a load that is broken off, and can load it then', async () => {
  const stop = new AbortController();
  const broken = spans.load(SPAN, COLLECTED, (done) => done >= 24 && stop.abort(), stop.signal);
  await expect(broken).rejects.toThrow(/abort/i);
  expect(spans.list()).toEqual([]);
  expect(await readdir(join(folder, 'loaded-1'))).not.toContain('2026-11-16_2026-11-18');
  await spans.load(SPAN, COLLECTED, nothing, signal);
  expect(await rowsOf(spans.find(SPAN, 1))).toBe(rowsOn(DATES));
});

it('takes in hours that are written anew, those that were meanwhile too, and keeps the answers that are being made', async () => {
  const [first] = hours.filter(({ label }) => label.reportDate === '2026-11-17');
  const busy = hours.find(({ label, rows }) => label.reportDate === '2026-11-17' && rows.length > 0);
  if (!first || !busy) throw new Error('the fixture has no such hour');
  const anew = (count: number, version: number) =>
    writeHour(join(root.path, 'reports'), { ...busy, rows: busy.rows.slice(0, count) }, { timezone, version });
  // The hour of a day that is read last: it is written anew while the others are read.
  const written: Promise<unknown>[] = [];
  const onHours = (done: number) => done === 24 && written.push(anew(busy.rows.length - 1, 2));
  await spans.load(SPAN, COLLECTED, onHours, signal);
  await Promise.all(written);
  await spans.refresh(COLLECTED, signal);
  const before = spans.find(SPAN, 1);
  expect(await rowsOf(before)).toBe(rowsOn(DATES) - 1);
  const release = before?.cache.hold();
  await anew(0, 3);
  await spans.refresh(COLLECTED, signal);
  expect(await rowsOf(spans.find(SPAN, 1))).toBe(rowsOn(DATES) - busy.rows.length);
  expect(await rowsOf(before)).toBe(rowsOn(DATES) - 1);
  release?.();
});

it('removes what a process left that is gone, and nothing of one that runs', async () => {
  await spans.load(SPAN, COLLECTED, nothing, signal);
  const other = await takeLoadedFolder(folder);
  expect(other.path).toBe(join(folder, 'loaded-2'));
  await writeFile(join(other.path, 'left.duckdb'), 'of a process that is killed');
  other.release();
  const third = await takeLoadedFolder(folder);
  expect(third.path).toBe(join(folder, 'loaded-2'));
  expect(await readdir(third.path)).not.toContain('left.duckdb');
  expect(await rowsOf(spans.find(SPAN, 1))).toBe(rowsOn(DATES));
  third.release();
  expect(await takeWriterLock(join(folder, 'loaded-1'))).toBeNull();
});

it('loads once there is room for a folder of its own, though there was none before', async () => {
  const taken: Awaited<ReturnType<typeof takeLoadedFolder>>[] = [];
  for (let count = 0; count < 16; count += 1) taken.push(await takeLoadedFolder(folder));
  await expect(spans.load(SPAN, COLLECTED, nothing, signal)).rejects.toThrow('16 dashboards');
  taken.pop()?.release();
  await spans.load(SPAN, COLLECTED, nothing, signal);
  expect(spans.list()).toHaveLength(1);
  for (const { release } of taken) release();
});
