import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cache, openCache } from '../../src/analytics/cache/cache.js';
import { cacheFolder } from '../../src/analytics/cache/cache-files.js';
import { syncCache } from '../../src/analytics/cache/sync-cache.js';
import { ATHENA_GROUPS, athenaGroupsSql } from '../../src/analytics/engine/athena-groups.js';
import { ATHENA_VIEWS, athenaStatement } from '../../src/analytics/engine/athena-views.js';
import { ATHENA } from '../../src/analytics/engine/dialect.js';
import { type GroupName, groupBy } from '../../src/analytics/groups/groups.js';
import { readFilters } from '../../src/analytics/view/filters.js';
import { type Scope, scopeSqlForPeople } from '../../src/analytics/view/scope.js';
import { askAthena, asksAthena, openAthenaEngine } from '../../src/cli/look/athena-engine.js';
import { firstRows } from '../../src/cli/look/print-answer.js';
import { athenaLines, reportLines } from '../../src/cli/look/report-lines.js';
import { readDirectory } from '../../src/compose/open-inputs.js';
import { openStore } from '../../src/compose/open-store.js';
import type { ReportStore } from '../../src/ports/report-store.js';
import { createVirtualClock } from '../../src/simulator/wire/clocks.js';
import { manifestKey, reportKey } from '../../src/tree/layout.js';
import { writeCompany } from '../dashboard/fixture-company.js';
import { captureIo, temporaryFolder } from '../dashboard/fixture-served.js';
import { writeGoldenTree } from '../dashboard/golden-tree.js';
import { emulatedAthena, TABLE } from './emulated-athena.js';

const { filters } = JSON.parse(readFileSync('test/dashboard/golden/answers.json', 'utf8')) as {
  readonly filters: Readonly<Record<string, unknown>>;
};
const ALWAYS = { start: Date.UTC(2020, 0), end: Date.UTC(2030, 0) };
const scopeOf = (query: string): Scope => ({
  window: ALWAYS,
  filters: readFilters(new URLSearchParams(query), () => undefined),
  isMasked: false,
});

interface Engines {
  readonly cache: Cache;
  readonly athena: Awaited<ReturnType<typeof emulatedAthena>>;
}

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let golden: Engines;
let company: Engines;
beforeAll(async () => {
  root = await temporaryFolder();
  golden = await enginesOf('golden', writeGoldenTree);
  company = await enginesOf('company', (folder) =>
    writeCompany(folder, { lastDay: '2026-11-10', days: 4, queriesPerDay: 120, timezone: 'America/New_York', seed: 3 }),
  );
}, 60_000);
afterAll(async () => {
  for (const engines of [golden, company]) {
    engines?.athena.close();
    engines?.cache.close();
  }
  await root?.remove();
});

async function enginesOf(name: string, write: (folder: string) => Promise<unknown>): Promise<Engines> {
  const output = join(root.path, name);
  await write(output);
  const io = captureIo(new AbortController().signal);
  const store = await openStore(output, { ...io, profile: undefined });
  const folder = await cacheFolder(store.location, { AQT_CACHE_DIR: join(root.path, `${name}-cache`) });
  await syncCache({ store, folder });
  const cache = await openCache(folder);
  if (!cache) throw new Error('there is no cache');
  return { cache, athena: await emulatedAthena(cache.path) };
}

/** Texts of rows, in an order of their own: an engine may give them in any. */
const sorted = (rows: readonly object[]) =>
  rows.map((row) => JSON.stringify(Object.fromEntries(Object.entries(row).map(([k, v]) => [k, normal(v)])))).sort();
const normal = (value: unknown): unknown =>
  typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;

describe('the cache and Athena answer alike', () => {
  it.each(Object.keys(filters))('to the filter %s', async (query) => {
    const ids = (where: string) => `SELECT query_execution_id, event_id FROM queries WHERE ${where}`;
    const scope = scopeOf(query);
    const ofCache = await golden.cache.rows(ids(scopeSqlForPeople(scope)));
    expect(sorted(await golden.athena.ask(ids(scopeSqlForPeople(scope, ATHENA))))).toEqual(sorted(ofCache));
  });

  it.each(ATHENA_VIEWS)('to SELECT * FROM %s', async (view) => {
    let rows = 0;
    for (const { cache, athena } of [golden, company]) {
      // A view of the cache takes any kind and team of a person's rows.
      const columns = view === 'people' ? '* EXCLUDE (person_kind, team)' : '*';
      const sql = `SELECT ${columns} FROM (SELECT * FROM ${view}) AS v`;
      const ofCache = await cache.use(async (connection) => (await connection.runAndReadAll(sql)).getRowObjectsJson());
      rows += ofCache.length;
      expect(sorted(await athena.ask(sql))).toEqual(sorted(ofCache));
    }
    expect(rows).toBeGreaterThan(0);
  });

  it.each(ATHENA_GROUPS)('to a report by %s', async (by) => {
    for (const { cache, athena } of [golden, company]) {
      const lines = await groupBy((sql) => cache.rows(sql), scopeOf(''), { by: by as GroupName, limit: 1e6 });
      const known = lines.map(({ key, queries, refused, failed, people, bytes, nanos, first, last }) => ({
        ...{ key, queries, refused, failed, people, bytes, first, last, nanos },
      }));
      expect(sorted(await athena.ask(athenaGroupsSql(scopeOf(''), by)))).toEqual(sorted(known));
    }
  });

  it('to nothing but the days that are asked for', async () => {
    const days = { from: '2026-11-08', to: '2026-11-09' };
    const counted = await company.athena.ask('SELECT DISTINCT report_date FROM queries ORDER BY 1', days);
    expect(counted).toEqual([{ report_date: '2026-11-08' }, { report_date: '2026-11-09' }]);
  });
});

describe('a statement for Athena', () => {
  it('joins the WITH of the text, and keeps its comments', async () => {
    const sql = '-- mine\nWITH mine AS (SELECT person FROM queries) SELECT count(*) AS n FROM mine;';
    expect(athenaStatement(sql, TABLE)).toMatch(/^-- mine\nWITH queries AS \(/);
    const [counted] = await golden.cache.rows('SELECT count(*) AS n FROM queries');
    expect((await golden.athena.ask(sql)).map(({ n }) => Number(n))).toEqual([Number(counted?.n)]);
    const recursive =
      'with recursive t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n FROM t, queries';
    expect(athenaStatement(recursive, TABLE)).toMatch(/^WITH RECURSIVE queries AS \(/);
  });

  it.each([
    ['', /one whole SELECT/],
    ['DROP TABLE queries', /one whole SELECT/],
    ['SELECT 1; SELECT 2', /one whole SELECT/],
    ["SELECT 'open FROM queries", /one whole SELECT/],
    ['CREATE TABLE mine AS SELECT * FROM queries', /one whole SELECT/],
    ['SELECT * FROM hours', /Athena has no hours here/],
    ['SELECT * FROM constructor', /Athena has no constructor here/],
    ['SELECT * FROM sales.orders', /Athena has no sales.orders here/],
  ])('is refused for %j', (sql, message) => {
    expect(() => athenaStatement(sql, TABLE)).toThrow(message);
  });
});

describe('asked of Athena', () => {
  const hours = ['2026-11-07', '2026-11-08', '2026-11-09', '2026-11-10'].flatMap((reportDate) =>
    Array.from({ length: 24 }, (_, hour) => ({ reportDate, hour })),
  );
  /** Reports of a thousand bytes, and what lies beside them. */
  async function* list(folder: string) {
    const keys = hours.flatMap((label) => [reportKey(label, 'csv'), reportKey(label, 'parquet'), manifestKey(label)]);
    for (const key of keys) if (key.startsWith(folder)) yield { key, bytes: 1000 };
  }

  async function ask(sql: string, { window = ALWAYS, calls = company.athena.calls } = {}) {
    const io = { ...captureIo(new AbortController().signal), clock: createVirtualClock({ startsAt: 0 }) };
    const engine = {
      table: TABLE,
      workGroup: 'readers',
      cutoffBytes: 50_000,
      firstYear: 2026,
      timezone: 'America/New_York',
    };
    const store = { list } as unknown as ReportStore;
    const rows = firstRows(askAthena(sql, { ...engine, store, calls, window }, io));
    return { io, rows };
  }

  it('says before what it reads at most, and afterwards what it has read; values have their types', async () => {
    const { io, rows } = await ask('SELECT state, count(*) AS n FROM queries GROUP BY 1 ORDER BY 1');
    const known = await company.cache.rows('SELECT state, count(*)::INTEGER AS n FROM queries GROUP BY 1 ORDER BY 1');
    expect((await rows).rows).toEqual(known.map(({ state, n }) => [state, n]));
    expect((await rows).columns.map(({ name }) => name)).toEqual(['state', 'n']);
    expect(io.err().split('\n')).toEqual([
      'Athena reads 96 KB at most: 96 reports, workgroup readers',
      '  it ends a query there at 50 KB: narrow --from and --to if it does',
      'Athena has read 2.05 KB',
      '',
    ]);
  });

  it('reads the days of the view alone, and those beside them', async () => {
    const window = { start: Date.UTC(2026, 10, 9, 5), end: Date.UTC(2026, 10, 9, 6) };
    const { io, rows } = await ask('SELECT count(*) AS n FROM queries', { window });
    await rows;
    expect(io.err()).toContain('Athena reads 72 KB at most: 72 reports');
    expect(company.athena.statements.at(-1)).toContain("BETWEEN '2026-11-08' AND '2026-11-10'");
  });

  it('says why a query ended, in the words of Athena', async () => {
    const state = async () => ({ state: 'FAILED', reason: 'exceeded the cutoff', scannedBytes: null });
    const { rows } = await ask('SELECT 1 FROM queries', { calls: { ...company.athena.calls, state } });
    await expect(rows).rejects.toThrow(/in workgroup readers ended as FAILED: exceeded the cutoff/);
  });

  it('makes the lines of a report as the cache does', async () => {
    for (const by of ['person', 'table', 'day']) {
      const { io } = await ask('SELECT 1');
      const engine = { table: TABLE, workGroup: 'w', cutoffBytes: null, firstYear: 2026, timezone: 'UTC' };
      const store = { list } as unknown as ReportStore;
      const answer = askAthena(
        athenaGroupsSql(scopeOf(''), by),
        { ...engine, store, calls: company.athena.calls, window: ALWAYS },
        io,
      );
      const known = await reportLines((sql) => company.cache.rows(sql), scopeOf(''), {
        by,
        directory: await readDirectory(undefined, captureIo(new AbortController().signal)),
      });
      expect(await athenaLines(answer, by)).toEqual(known);
    }
  });

  it.each([
    [{ engine: 'presto' }, {}, '--engine presto: use duckdb or athena'],
    [{ engine: 'athena' }, { '--mask': true }, '--mask is of the cache alone'],
  ])('is refused for %j with %j', (options, others, message) => {
    expect(() => asksAthena({ output: 's3://reports', ...options }, others)).toThrow(message);
  });

  it('is told where there is no table to ask', async () => {
    const io = captureIo(new AbortController().signal);
    await expect(openAthenaEngine({ output: 'reports', engine: 'athena' }, io)).rejects.toThrow(
      /^reports is a folder: /,
    );
    const env = { AWS_CONFIG_FILE: '/nowhere', AWS_EC2_METADATA_DISABLED: 'true' };
    await expect(openAthenaEngine({ output: 's3://reports', engine: 'athena' }, { ...io, env })).rejects.toThrow(
      'no AWS Region: give --stack-region, or set AWS_REGION',
    );
  });

  it('is never asked by itself', () => {
    expect(asksAthena({ output: 's3://reports' }, { '--mask': true })).toBe(false);
  });
});
