import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { companyHours, writeHour } from '../../../test/dashboard/fixture-company.js';
import { temporaryFolder } from '../../../test/dashboard/fixture-served.js';
import { openStore } from '../../compose/open-store.js';
import type { ReportRow } from '../../record/columns.js';
import { collect } from '../../record/row.fixture.js';
import { sumRows } from '../../record/sum-rows.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { type Cache, openCache } from '../cache/cache.js';
import { cacheFolder } from '../cache/cache-files.js';
import { syncCache } from '../cache/sync-cache.js';
import type { RunSql, Scope } from '../view/scope.js';
import { totalsOf } from '../view/totals.js';
import { addUpDays } from './day-sums.js';
import { groupBy } from './groups.js';
import { groupSummary, summaryTotals, withSummary } from './summary.js';

const timezone = 'America/New_York';
const hours = [...companyHours({ lastDay: '2026-11-20', days: 2, queriesPerDay: 300, timezone, seed: 12 })];
const window = { start: Date.parse('2026-11-19T00:00:00Z'), end: Date.parse('2026-11-21T00:00:00Z') };

/** What the company lacks: tables whose names look like lists, rows without a pattern, a person, a price. */
const TABLES = [['a, b'], ['a', 'b'], ["a', 'b"], ['a"', '\\'], []];
function strange(row: ReportRow, index: number): ReportRow {
  if (index % 3 !== 0) return row;
  return {
    ...row,
    tables_read: TABLES[index % 5] ?? null,
    tables_written: TABLES[index % 4] ?? null,
    cost_usd: index % 2 === 0 ? row.cost_usd : null,
    person: index % 7 === 0 ? null : row.person,
    fingerprint: index % 11 === 0 ? null : row.fingerprint,
  };
}

const written = hours.map((hour) => ({ ...hour, rows: hour.rows.map(strange) }));

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let cache: Cache;
let run: RunSql;
beforeAll(async () => {
  root = await temporaryFolder();
  const reports = `${root.path}/reports`;
  for (const hour of written) await writeHour(reports, hour, { timezone });
  const clock = { now: () => window.end, sleep: async () => {} };
  const folder = await cacheFolder(reports, { AQT_CACHE_DIR: `${root.path}/cache` });
  await syncCache({ store: await openStore(reports, { clock, env: {} }), folder });
  const opened = await openCache(folder);
  if (!opened) throw new Error('there is no cache');
  cache = opened;
  run = (sql) => cache.rows(sql);
});
afterAll(async () => {
  cache?.close();
  await root?.remove();
});

describe('a summary', () => {
  const scopes: Scope[] = [
    { window, filters: [], isMasked: false },
    { window: { ...window, start: window.end - 3 * 3_600_000 }, filters: [], isMasked: true },
    { window: { start: 0, end: 1 }, filters: [], isMasked: false },
  ];
  it.each(scopes)('answers what the rows answer: %j', async (scope) => {
    await withSummary(run, scope, async (summary) => {
      expect(await summaryTotals(run, summary)).toEqual(await totalsOf(run, scope));
      for (const by of ['person', 'workgroup', 'fingerprint', 'table'] as const) {
        const limit = 1000;
        const rows = await groupBy(run, scope, { by, limit, isBare: by === 'workgroup' });
        expect(await groupSummary(run, summary, { by, limit })).toEqual(rows);
      }
    });
  });

  it('keeps sets of tables apart, and splits costs to the last billionth', async () => {
    const [scope] = scopes as [Scope];
    const tables = await withSummary(run, scope, (summary) => groupSummary(run, summary, { by: 'table', limit: 1000 }));
    const named = (name: string) => tables.find(({ key }) => key === name)?.queries ?? 0;
    expect(named('a, b')).toBeGreaterThan(0);
    expect(named('a')).toBe(named('b'));
    expect(named("a', 'b")).toBeGreaterThan(0);
    const nanos = tables.reduce((sum, row) => sum + Number(row.nanos ?? 0), 0);
    expect(nanos / 1e9).toBeCloseTo((await totalsOf(run, scope)).costUsd, 9);
  });

  it('leaves nothing behind, also where its use fails', async () => {
    const [scope] = scopes as [Scope];
    await expect(withSummary(run, scope, () => Promise.reject(new Error('stopped')))).rejects.toThrow('stopped');
    expect(await run("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'summary%'")).toEqual([]);
  });
});

describe('the sums of days', () => {
  it('answer what the rows answer: by person, by workgroup, by table and in all', async () => {
    const files: { reportDate: string; bytes: Uint8Array }[] = [];
    for (const reportDate of new Set(written.map(({ label }) => label.reportDate))) {
      const sums = sumRows();
      for (const { label, rows } of written) if (label.reportDate === reportDate) for (const row of rows) sums.add(row);
      const pieces = await collect(REPORT_CODEC.encodeRollup(sums.rows() ?? []));
      files.push({ reportDate, bytes: Buffer.concat(pieces) });
    }
    const all = await addUpDays(files, { scratch: root.path, limit: 1000 });
    const scope = { window: { start: 0, end: 4e12 }, filters: [], isMasked: false };
    const limit = 1000;
    const [people, workgroups, tables] = await Promise.all([
      groupBy(run, scope, { by: 'person', limit }),
      groupBy(run, scope, { by: 'workgroup', limit, isBare: true }),
      groupBy(run, scope, { by: 'table', limit }),
    ]);
    for (const rows of [people, workgroups, tables]) expect(rows.length).toBeGreaterThan(3);
    expect(all).toEqual({ totals: await totalsOf(run, scope), people, workgroups, tables, days: expect.anything() });
    const byDay = await groupBy(run, scope, { by: 'day', limit });
    const days = byDay.map(({ key, queries, refused, failed, nanos, bytes }) => {
      return { date: key, queries, refused, failed, costUsd: Number(nanos) / 1e9, scannedBytes: bytes };
    });
    expect(all.days).toEqual(days.sort((a, b) => String(a.date).localeCompare(String(b.date))));
  });
});
