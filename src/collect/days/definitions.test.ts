import { describe, expect, it } from 'vitest';
import { reportDays } from '../../calendar/report-day.js';
import type { ExecutionSource } from '../../ports/execution-source.js';
import type { Manifest } from '../../record/manifest.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import { recomputeHour } from '../hour/recompute-hour.js';
import { collectRange } from './collect-range.js';
import { settle } from './settle.js';
import { DAY, HOUR, MIDNIGHT, rowsOf, type Told, worldOf } from './told-queries.fixture.js';

/** Collects the days in the order given, then settles; returns what each query read. */
async function collected(told: Told, dates: readonly string[], { ageDays = 3 } = {}) {
  const store = createMemoryStore();
  const { source, executions } = worldOf(told);
  const collector = collectorOf(store, MIDNIGHT + ageDays * DAY, { executions: () => executions });
  for (const date of dates) {
    const days = reportDays({ from: date, to: date, timezone: 'UTC' });
    const task = { days, format: 'json' as const, scanId: date };
    for await (const _ of collectRange(collector, startsFrom(source), task));
  }
  const before = rowsOf(store.files);
  for await (const _ of settle(collector));
  const again: unknown[] = [];
  for await (const { before: old, after } of settle(collector)) if (old?.version !== after.version) again.push(after);
  return { before, after: rowsOf(store.files), again, files: store.files };
}

const TOLD: Told = {
  prepare: ['PREPARE q FROM SELECT id FROM orders WHERE day = ?', 1],
  failed: ['PREPARE q FROM SELECT * FROM nowhere', 2, { state: 'FAILED' }],
  view: ['CREATE VIEW top AS SELECT email FROM pii.customers', 3],
  sameDay: ['EXECUTE q USING 1', 4],
  nextDay: ['EXECUTE q USING 2', 30],
  throughView: ['SELECT * FROM top', 31],
  later: ['PREPARE q FROM SELECT * FROM payroll', 32],
  unknown: ['EXECUTE nobody', 33],
};

describe('a prepared statement that no text of the tree defines', () => {
  const run = async (modifiedHours: number) => {
    const told: Told = { a: ['EXECUTE q', 4], b: ['EXECUTE q USING 1', 30], c: ['EXECUTE gone', 31] };
    const { source, executions } = worldOf(told);
    const asked: string[] = [];
    const prepared: ExecutionSource['prepared'] = async ({ workGroup, name }) => {
      asked.push(`${workGroup} ${name}`);
      return name === 'q' ? { text: 'SELECT id FROM refunds', modifiedAt: MIDNIGHT + modifiedHours * HOUR } : null;
    };
    const store = createMemoryStore();
    const api: ExecutionSource = { ...executions, prepared };
    const collector = collectorOf(store, MIDNIGHT + 3 * DAY, { executions: () => api });
    const days = reportDays({ from: '2026-11-02', to: '2026-11-03', timezone: 'UTC' });
    for await (const _ of collectRange(collector, startsFrom(source), { days, format: 'json', scanId: 'a' }));
    const online = rowsOf(store.files);
    // What was told is kept: nobody need be asked again.
    for await (const _ of settle({ ...collector, executions: () => executions }));
    expect(rowsOf(store.files)).toEqual(online);
    return { online, asked };
  };

  it('is what Athena says, when it was not changed since', async () => {
    const { online, asked } = await run(2);
    const refunds = { tables_read: ['awsdatacatalog.sales.refunds'], tables_basis: 'catalog' };
    expect([online.get('a'), online.get('b')]).toMatchObject([refunds, refunds]);
    expect(online.get('c')).toMatchObject({ tables_read: null });
    expect(asked.sort()).toEqual(['bi gone', 'bi q']);
  });

  it('is unknown to runs before its last change', async () => {
    const { online } = await run(10);
    expect(online.get('a')).toMatchObject({ tables_read: null, tables_basis: 'unknown:prepared-text-not-known' });
    expect(online.get('b')).toMatchObject({ tables_basis: 'catalog' });
  });
});

describe('prepared statements and views', () => {
  it.each([
    ['in order', ['2026-11-02', '2026-11-03'], 3],
    ['backwards', ['2026-11-03', '2026-11-02'], 3],
    ['backwards, when the hours are final at once', ['2026-11-03', '2026-11-02'], 60],
  ])('mean what earlier texts of the tree say, collected %s', async (_, dates, ageDays) => {
    const { after, again } = await collected(TOLD, dates, { ageDays });
    const orders = { tables_read: ['awsdatacatalog.sales.orders'], tables_basis: 'prepared' };
    expect(after.get('sameDay')).toMatchObject(orders);
    expect(after.get('nextDay')).toMatchObject(orders);
    expect(after.get('throughView')).toMatchObject({
      tables_read: ['awsdatacatalog.sales.top'],
      base_tables_read: ['awsdatacatalog.pii.customers'],
      columns_read: ['awsdatacatalog.pii.customers.~email', 'awsdatacatalog.sales.top.*'],
      tables_basis: 'view',
    });
    expect(after.get('unknown')).toMatchObject({
      ...{ tables_read: null, tables_written: null, base_tables_read: null, columns_read: null },
      tables_basis: 'unknown:prepared-text-not-known',
    });
    expect(again).toEqual([]);
  });

  it('give the same bytes in any order', async () => {
    const reports = async (dates: readonly string[]) =>
      [...(await collected(TOLD, dates)).files]
        .filter(([key]) => key.includes('/report_'))
        .sort(([a], [b]) => (a < b ? -1 : 1));
    expect(await reports(['2026-11-03', '2026-11-02'])).toEqual(await reports(['2026-11-02', '2026-11-03']));
  });

  it('are null with a reason until their text turns up', async () => {
    const { before, after } = await collected(TOLD, ['2026-11-03', '2026-11-02'], { ageDays: 60 });
    expect(before.get('nextDay')).toMatchObject({ tables_read: null, tables_basis: 'unknown:prepared-text-not-known' });
    expect(after.get('nextDay')).toMatchObject({ tables_read: ['awsdatacatalog.sales.orders'] });
  });
});

describe('what names meant', () => {
  const days = reportDays({ from: '2026-11-02', to: '2026-11-03', timezone: 'UTC' });

  it('is kept with the evidence of the hours that use it: reports are made again without anything else', async () => {
    const store = createMemoryStore();
    const { source, executions } = worldOf(TOLD);
    const collector = collectorOf(store, MIDNIGHT + 3 * DAY, { executions: () => executions });
    const manifests = new Map<string, Manifest>();
    for await (const one of collectRange(collector, startsFrom(source), { days, format: 'json', scanId: 'a' }))
      manifests.set(`${one.reportDate} ${one.hour}`, one);
    const again = async () => {
      const lacking: string[] = [];
      for (const [hour, manifest] of manifests) {
        const { sha256, lacksDefinitions } = await recomputeHour(collector, manifest);
        expect(sha256, hour).toBe(manifest.report.sha256);
        if (lacksDefinitions) lacking.push(hour);
      }
      return lacking;
    };
    expect(await again()).toEqual([]);
    for (const key of store.files.keys()) if (key.startsWith('_work/definitions/')) store.files.delete(key);
    // Lost: the reports are what they were, and the hours whose texts define it say so.
    expect(await again()).toEqual(['2026-11-02 1', '2026-11-02 3', '2026-11-03 8']);
    for await (const _ of settle(collector, { isMending: true }));
    expect(await again()).toEqual([]);
  });
});
