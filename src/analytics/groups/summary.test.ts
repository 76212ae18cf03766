import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { companyHours, writeHour } from '../../../test/dashboard/fixture-company.js';
import { temporaryFolder } from '../../../test/dashboard/fixture-served.js';
import { openStore } from '../../compose/open-store.js';
import type { ReportRow } from '../../record/columns.js';
import { sumRows } from '../../record/sum-rows.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { type Cache, openCache } from '../cache/cache.js';
import { cacheFolder } from '../cache/cache-files.js';
import { rowsOf } from '../cache/duck.js';
import { syncCache } from '../cache/sync-cache.js';
import type { RunSql, Scope } from '../view/scope.js';
import { readTotals, totalsOf } from '../view/totals.js';
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

/** Sums over the sums of days, as docs/reading-reports.md says that they add up. */
const ONCE = `sum(queries)::BIGINT AS queries, CASE WHEN sum(priced) > 0 THEN sum(cost_nanos)::BIGINT END AS nanos,
  sum(data_scanned_bytes)::BIGINT AS bytes, sum(failed)::BIGINT AS failed, sum(refused)::BIGINT AS refused`;
const BY_TABLE = `sum(table_queries)::BIGINT AS queries, sum(cost_nanos)::BIGINT AS nanos, sum(table_scanned_bytes)::BIGINT AS bytes,
  sum(table_failed)::BIGINT AS failed, sum(table_refused)::BIGINT AS refused`;
const SEEN = `count(DISTINCT person) AS people, epoch_ms(min(first_start)) AS first, epoch_ms(max(last_start)) AS last`;
const GROUPS = {
  person: `person AS key, ${ONCE}, ${SEEN}, min(person_kind) AS kind, min(team) AS team, min(identity_method) AS method,
    arg_max(identity_confidence, list_position(['verified', 'asserted', 'claimed', 'none'], identity_confidence)) AS confidence`,
  workgroup: `workgroup AS key, ${ONCE}, ${SEEN}`,
  table: `table_name AS key, ${BY_TABLE}, ${SEEN}, sum(table_reads)::BIGINT AS reads, sum(table_writes)::BIGINT AS writes,
    epoch_ms(max(last_write)) AS last_write, epoch_ms(max(last_read)) AS last_read`,
} as const;

describe('the sums of days', () => {
  it('answer what the rows answer: by person, by workgroup, by table and in all', async () => {
    for (const date of new Set(written.map(({ label }) => label.reportDate))) {
      const sums = sumRows();
      for (const { label, rows } of written) if (label.reportDate === date) for (const row of rows) sums.add(row);
      const pieces = REPORT_CODEC.encodeRollup(sums.rows() ?? []);
      await pipeline(Readable.from(pieces), createWriteStream(`${root.path}/sums-${date}.parquet`));
    }
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const days = `(SELECT * FROM read_parquet('${root.path.replaceAll('\\', '/')}/sums-*.parquet'))`;
    const scope = { window: { start: 0, end: 4e12 }, filters: [], isMasked: false };
    for (const by of ['person', 'workgroup', 'table'] as const) {
      const rows = await groupBy(run, scope, { by, limit: 1000, isBare: by === 'workgroup' });
      const summed = await rowsOf(
        connection,
        `SELECT ${GROUPS[by]}, count(*) OVER () AS groups FROM ${days} GROUP BY 1`,
      );
      const byKey = new Map(summed.map((row) => [row.key, row]));
      expect(rows.length).toBeGreaterThan(3);
      expect(rows.map(({ key }) => byKey.get(key))).toEqual(rows);
      expect(summed).toHaveLength(rows.length);
    }
    const [all] = await rowsOf(
      connection,
      `SELECT ${ONCE}, count(DISTINCT person) AS people, sum(unpriced)::BIGINT AS unpriced FROM ${days}`,
    );
    expect(readTotals(all)).toEqual(await totalsOf(run, scope));
    connection.closeSync();
    instance.closeSync();
  });
});
