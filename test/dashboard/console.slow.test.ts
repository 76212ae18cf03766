import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportRow } from '../../src/record/columns.js';
import { type CompanyHour, companyHours, writeHour } from './fixture-company.js';
import { emptyPage, type Served, serveFolder, temporaryFolder } from './fixture-served.js';

const timezone = 'America/New_York';
const SECRET = 'm.garcia-7781@example.com';
const hours = [...companyHours({ lastDay: '2026-11-20', days: 2, queriesPerDay: 300, timezone, seed: 12 })];

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let served: Served;
let auditor: Served;
beforeAll(async () => {
  root = await temporaryFolder();
  const page = await emptyPage(root.path);
  const reports = join(root.path, 'reports');
  for (const hour of hours.slice(0, 40)) await writeHour(reports, withSecret(hour), { timezone });
  served = await serveFolder(reports, { page });
  auditor = await serveFolder(reports, { page, auditor: true });
}, 60_000);
afterAll(async () => {
  await served?.close();
  await auditor?.close();
  await root?.remove();
});

function withSecret(hour: CompanyHour): CompanyHour {
  const rows = hour.rows.map(
    (row, index): ReportRow =>
      index === 0 && row.query !== null
        ? {
            ...row,
            query: `SELECT id FROM customers.pii WHERE email = '${SECRET}' AND n = 998877`,
            error_message: `Cannot cast '${SECRET}' to bigint`,
            app_context: SECRET,
          }
        : row,
  );
  return { ...hour, rows };
}

describe('the console', () => {
  const ask = async (sql: string, to: Served = served) => {
    const response = await to.get('/api/console', {
      method: 'POST',
      body: JSON.stringify({ sql }),
      headers: { origin: to.origin },
    });
    return {
      status: response.status,
      body: (await response.json()) as { rows?: unknown[][]; isTruncated?: boolean; error?: { message: string } },
    };
  };

  it('answers, and stops at its limit of rows', async () => {
    expect((await ask('SELECT 1 AS one;')).body.rows).toEqual([[1]]);
    const many = await ask('SELECT * FROM range(1000000000)');
    expect(many.body.rows).toHaveLength(1000);
    expect(many.body.isTruncated).toBe(true);
  });

  it.each([
    'DROP TABLE query_log',
    'INSERT INTO query_log SELECT * FROM query_log',
    'SELECT 1; SELECT 2',
    'CREATE TEMP TABLE t AS SELECT 1',
    "COPY (SELECT 1) TO '/tmp/x.csv'",
    "SELECT * FROM read_text('/etc/passwd')",
    "ATTACH 'x.duckdb'",
    'SET threads = 8',
    'PRAGMA enable_profiling',
    '',
  ])('refuses %s', async (sql) => {
    const { status, body } = await ask(sql);
    expect(status).toBe(400);
    expect(body.error?.message).toBeTruthy();
  });

  it('gives up on what takes more memory than it may', async () => {
    const { status } = await ask('SELECT list(i) FROM range(500000000) t(i)');
    expect(status).toBe(400);
    expect((await ask('SELECT 2 AS two')).body.rows).toEqual([[2]]);
  });

  it('gives up on what takes too much memory while it is prepared, too', async () => {
    const began = Date.now();
    const { status, body } = await ask('SELECT list(range(100000000))');
    expect(status).toBe(400);
    expect(body.error?.message).toContain('512MB');
    expect(Date.now() - began).toBeLessThan(15_000);
    expect((await ask('SELECT 3 AS three')).body.rows).toEqual([[3]]);
  });

  it('cuts a cell and an answer that are too long', async () => {
    const cell = await ask("SELECT repeat('x', 1000000) AS long");
    expect(String(cell.body.rows?.[0]?.[0])).toHaveLength(10_001);
    const many = await ask("SELECT repeat('x', 9000) AS long FROM range(1000)");
    expect(many.body.isTruncated).toBe(true);
    expect(JSON.stringify(many.body.rows).length).toBeLessThan(4_100_000);
  });

  it('runs over masked columns in auditor mode, and names nothing else', async () => {
    const own = await ask(`SELECT count(*) FROM queries WHERE contains(query, '${SECRET}')`);
    expect(Number(own.body.rows?.[0]?.[0])).toBeGreaterThan(0);
    for (const column of ['query', 'query_lower', 'error_message', 'state_reason', 'app_context']) {
      const sql = `SELECT count(*) FROM queries WHERE contains(${column}, '${SECRET}')`;
      expect((await ask(sql, auditor)).body.rows).toEqual([[0]]);
    }
    expect((await ask('SUMMARIZE queries', auditor)).status).toBe(200);
    expect((await ask('WITH a AS (FROM queries) SELECT count(*) > 0 FROM a, range(1)', auditor)).body.rows).toEqual([
      [true],
    ]);
    const database = String((await ask('SELECT current_database()')).body.rows?.[0]?.[0]);
    for (const sql of [
      'SELECT query FROM query_log',
      `SELECT query FROM "${database}".main.query_log`,
      `SELECT query FROM "${database}".query_log`,
      'SELECT 1 FROM queries ORDER BY (SELECT max(query) FROM main.query_log)',
      "SELECT * FROM query_table('query_log')",
      `SELECT * FROM query('SELECT query FROM "${database}".main.query_log')`,
      `WITH query_log AS (SELECT 1) SELECT (SELECT max(query) FROM "${database}".main.query_log) FROM query_log`,
      'SELECT * FROM duckdb_tables()',
      'SHOW ALL TABLES',
      'EXPLAIN SELECT 1',
      `USE "${database}"`,
    ]) {
      const { status, body } = await ask(sql, auditor);
      expect([status, JSON.stringify(body)], sql).toEqual([400, expect.not.stringContaining(SECRET)]);
    }
  });
});

interface Explored {
  readonly totals: { readonly queries: number };
  readonly rows: readonly { readonly id: string }[];
}

describe('auditor mode', () => {
  it('lets no literal out, by whatever way it is asked for', async () => {
    const { rows } = await served.json<Explored>(`/api/queries?range=all&q=${SECRET}&limit=1`);
    const id = rows[0]?.id ?? '';
    expect(id).not.toBe('');
    for (const path of [
      '/api/explore?range=all&limit=500',
      '/api/explore?range=all&mask=0&limit=500',
      '/api/queries?range=all&sort=cost&limit=500',
      '/api/groups?range=all&by=fingerprint&limit=2000',
      '/api/overview?range=all',
      `/api/query?id=${id}`,
      `/api/query?id=${id}&mask=0`,
      '/',
      '/api/export/queries.csv?range=all',
      '/api/export/queries.ndjson?range=all&mask=0',
    ]) {
      const text = await (await auditor.get(path)).text();
      expect(text, path).not.toContain(SECRET);
      expect(text, path).not.toContain('998877');
      expect(text.length, path).toBeGreaterThan(100);
    }
  });

  it('does not tell by a search whether a literal is there', async () => {
    const found = await auditor.json<Explored>(`/api/explore?range=all&q=${SECRET}`);
    expect(found.totals.queries).toBe(0);
    expect((await auditor.json<Explored>('/api/explore?range=all&q=customers.pii')).totals.queries).toBeGreaterThan(0);
  });
});
