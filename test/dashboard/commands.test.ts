import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runQuery } from '../../src/cli/look/query.js';
import { runReport } from '../../src/cli/look/report.js';
import { runCompact } from '../../src/cli/operate/compact.js';
import { openStore } from '../../src/compose/open-store.js';
import { decodeReport } from '../../src/storage/report-codec.js';
import { type CompanyHour, companyHours, writeHour } from './fixture-company.js';
import { captureIo, temporaryFolder } from './fixture-served.js';

const timezone = 'America/New_York';
const hours: CompanyHour[] = [
  ...companyHours({ lastDay: '2026-11-20', days: 2, queriesPerDay: 200, timezone, seed: 21 }),
];
const rows = hours.flatMap((hour) => hour.rows);

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let reports: string;
beforeAll(async () => {
  root = await temporaryFolder();
  reports = join(root.path, 'reports');
  for (const hour of hours) await writeHour(reports, hour, { timezone });
}, 60_000);
afterAll(() => root.remove());

const io = (text = '') => ({
  ...captureIo(new AbortController().signal),
  stdin: (async function* () {
    yield Buffer.from(text);
  })(),
});

interface Report {
  total: { queries: number; cost_usd: string; cost_nano_usd: string };
  rows: { key: string | null; queries: number; cost_usd: string; cost_nano_usd: string }[];
}

async function report(options: Record<string, unknown>): Promise<{ code: number; out: string; err: string }> {
  const terminal = io();
  const code = await runReport({ output: reports, range: 'all', ...options }, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe('aqt report', () => {
  const queries = rows.filter(({ state }) => state !== 'REFUSED').length;
  const nanos = rows.reduce((sum, row) => sum + BigInt(Math.round((row.cost_usd ?? 0) * 1e9)), 0n);

  it.each(['person', 'team', 'workgroup', 'table', 'app', 'fingerprint', 'day', 'client', 'role'])(
    'by %s adds up to the total, to the cent and to the last billionth',
    async (by) => {
      const { code, out } = await report({ by, json: true });
      const answer = JSON.parse(out) as Report;
      expect(code).toBe(0);
      expect(BigInt(answer.total.cost_nano_usd)).toBe(nanos);
      expect(answer.rows.reduce((sum, row) => sum + BigInt(row.cost_nano_usd), 0n)).toBe(nanos);
      const cents = (usd: string) => BigInt(usd.replace('.', ''));
      expect(answer.rows.reduce((sum, row) => sum + cents(row.cost_usd), 0n)).toBe(cents(answer.total.cost_usd));
      if (by !== 'table') expect(answer.rows.reduce((sum, row) => sum + row.queries, 0)).toBe(queries);
    },
  );

  it('charges by the directory’s rules in their order, and shows what nobody claims', async () => {
    const directory = join(root.path, 'directory.yaml');
    await writeFile(
      directory,
      'teams:\n  - name: ml\n    costCenter: CC-ML\nchargeback:\n  - when: { workgroup: [dbt, etl] }\n    costCenter: CC-PLATFORM\n',
    );
    const { out } = await report({ by: 'cost-center', directory, json: true });
    const answer = JSON.parse(out) as Report;
    expect(answer.rows.map(({ key }) => key).sort()).toEqual(['CC-ML', 'CC-PLATFORM', null].sort());
    expect(answer.rows.at(-1)?.key).toBeNull();
    const platform = rows.filter(
      ({ workgroup, state }) => (workgroup === 'dbt' || workgroup === 'etl') && state !== 'REFUSED',
    ).length;
    expect(answer.rows.find(({ key }) => key === 'CC-PLATFORM')?.queries).toBe(platform);
    expect(BigInt(answer.total.cost_nano_usd)).toBe(nanos);
  });

  it('prints a table whose shown lines add up to the shown total', async () => {
    const { out } = await report({ by: 'person', top: 5 });
    const cost = (line: string) =>
      Number(/([\d,]+\.\d\d)(?:\s+[\d.]+ %|\s*$)/.exec(line)?.[1]?.replaceAll(',', '') ?? Number.NaN);
    const lines = out.split('\n');
    const rule = lines.findIndex((line) => line.startsWith('─'));
    const shown = lines.slice(3, rule).map(cost);
    expect(shown).toHaveLength(7);
    expect(out).toContain('(unresolved)');
    expect(shown.reduce((sum, amount) => sum + amount, 0)).toBeCloseTo(cost(lines[rule + 1] ?? ''), 6);
  });

  it('writes one page that needs nothing but itself', async () => {
    const html = join(root.path, 'report.html');
    await report({ html });
    const page = await readFile(html, 'utf8');
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|src=|@import|url\(/);
    expect(page).toContain('Complete and final: all 48 collected hours');
  });

  it.each([
    [{ by: 'mood' }, /--by mood: use person/],
    [{ by: 'cost-center' }, /needs --directory/],
    [{ range: 'soon' }, /no range/],
    [{ minBytes: ['lots'] }, /no amount/],
    [{ not: ['mood=bad'] }, /--not mood=bad/],
  ])('refuses %j and says what is allowed', async (options, message) => {
    await expect(report(options)).rejects.toThrow(message);
  });

  it('says where to begin when there are no reports', async () => {
    await expect(runReport({ output: join(root.path, 'empty') }, io())).rejects.toThrow(/aqt collect --from/);
  });
});

describe('aqt query', () => {
  const query = async (options: Record<string, unknown>, input = '') => {
    const terminal = io(input);
    const code = await runQuery({ output: reports, ...options }, terminal);
    return { code, out: terminal.out(), err: terminal.err() };
  };

  it.each(['table', 'csv', 'json', 'ndjson'])('answers as %s', async (format) => {
    const { code, out } = await query({ sql: "SELECT count(*) AS n, 'a,b' AS t FROM queries", format });
    const answers = {
      table: `  n  t\n${String(rows.length).padStart(3)}  a,b\n`,
      csv: `n,t\n${rows.length},"a,b"\n`,
      json: `[\n{"n":${rows.length},"t":"a,b"}\n]\n`,
      ndjson: `{"n":${rows.length},"t":"a,b"}\n`,
    };
    expect(code).toBe(0);
    expect(out.replace(/^ +/gm, '')).toBe(answers[format as keyof typeof answers].replace(/^ +/gm, ''));
  });

  it('shows what is too wide for a terminal row by row, and nothing cut', async () => {
    const terminal = { ...io(), isStdoutTty: true, columns: 20 };
    await runQuery(
      { output: reports, sql: "SELECT 123456789012 AS first, 234567890123 AS second, 'a\nb' AS t" },
      terminal,
    );
    expect(terminal.out()).toBe('first   123456789012\nsecond  234567890123\nt       a b\n');
    const asked = await query({ sql: 'SELECT 1 AS a, 2 AS b UNION ALL SELECT 3, 4', format: 'vertical' });
    expect(asked.out).toBe('a  1\nb  2\n\na  3\nb  4\n');
  });

  it('says that a value of a filter is nowhere, and what there is', async () => {
    const listed = await query({ workgroup: ['dtb'], range: 'all', json: true });
    expect(listed.out).toBe('[]\n');
    expect(listed.err).toMatch(/no row has workgroup dtb: there are dbt, /);
    const { out, err } = await report({ reads: ['customers.pi'] });
    expect(out).toContain('no query matches');
    expect(err).toMatch(/no row has reads customers\.pi: there are customers\.pii, /);
    expect((await report({ reads: ['customers.pii'], minCost: ['1000000'] })).err).toBe('');
  });

  it('answers nothing as an empty list', async () => {
    expect((await query({ sql: 'SELECT 1 AS a WHERE false', json: true })).out).toBe('[]\n');
    expect((await query({ sql: 'SELECT 1 AS a WHERE false', format: 'csv' })).out).toBe('a\n');
  });

  it('lists the queries of a view by the filters of the dashboard', async () => {
    const { out } = await query({
      person: ['noor.novak@acme.example'],
      reads: ['customers.pii'],
      range: 'all',
      json: true,
    });
    const expected = rows.filter(
      (row) => row.person === 'noor.novak@acme.example' && row.tables_read?.includes('awsdatacatalog.customers.pii'),
    );
    expect(JSON.parse(out)).toHaveLength(expected.length);
    expect(expected.length).toBeGreaterThan(0);
  });

  it('writes Parquet that other readers read', async () => {
    const file = join(root.path, 'out.parquet');
    await query({ sql: 'SELECT person, cost_usd FROM queries', file });
    const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet');
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(file));
    expect(Number(metadata.num_rows)).toBe(rows.length);
    expect(metadata.schema.map(({ name }) => name).slice(1)).toEqual(['person', 'cost_usd']);
  });

  it.each([
    "COPY queries TO '/tmp/aqt-stolen.csv'",
    "SELECT * FROM read_csv('/etc/passwd')",
    'DELETE FROM query_log',
    'SELECT 1; SELECT 2',
    'SELECT nothing FROM queries',
  ])('refuses %s with a message and exit 1', async (sql) => {
    const { code, out, err } = await query({ sql });
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('aqt query:');
  });

  it('takes statements at a prompt, over several lines, and goes on after a wrong one', async () => {
    const terminal = {
      ...io('SELECT\n count(*) AS n FROM queries;\nSELECT wrong;\nSELECT 7 AS seven;\n.quit\n'),
      program: 'aqt',
      stopwatch: () => performance.now(),
      isStdoutTty: true,
    };
    expect(await runQuery({ output: reports }, terminal)).toBe(0);
    expect(terminal.out()).toContain(String(rows.length));
    expect(terminal.out()).toContain('seven');
    expect(terminal.err()).toContain('wrong');
  });
});

describe('aqt compact', () => {
  it('merges each closed day into one file beside the hours, once, and nothing is lost or added', async () => {
    const terminal = io();
    expect(await runCompact({ output: reports, json: true }, terminal)).toBe(0);
    expect(JSON.parse(terminal.out())).toMatchObject({ written: 2, unchanged: 0, notClosed: 0, rows: rows.length });
    const again = io();
    await runCompact({ output: reports, json: true }, again);
    expect(JSON.parse(again.out())).toMatchObject({ written: 0, unchanged: 2 });
    const store = await openStore(reports, { clock: again.clock, env: {} });
    const bytes = await store.stream('daily/date=2026-11-19/queries.parquet');
    if (!bytes) throw new Error('there is no file of the day');
    const ids: (string | null)[] = [];
    for await (const row of decodeReport('parquet', bytes)) ids.push(row.query_execution_id);
    const expected = hours
      .filter(({ label }) => label.reportDate === '2026-11-19')
      .flatMap((hour) => hour.rows.map((row) => row.query_execution_id));
    expect([...ids].sort()).toEqual([...expected].sort());
  });

  it('makes the file of a day anew where it is gone, or its account is damaged', async () => {
    const day = join(reports, 'daily', 'date=2026-11-19');
    const compact = async () => {
      const terminal = io();
      expect(await runCompact({ output: reports, json: true }, terminal)).toBe(0);
      return JSON.parse(terminal.out());
    };
    await compact();
    const [file, account] = [join(day, 'queries.parquet'), join(day, '_manifest.json')];
    const whole = await readFile(file);
    await rm(file);
    expect(await compact()).toMatchObject({ written: 1, unchanged: 1 });
    await writeFile(file, whole.subarray(1));
    expect(await compact()).toMatchObject({ written: 1, unchanged: 1 });
    for (const text of ['null', '{"hours": 7}', 'x']) {
      await writeFile(account, text);
      expect(await compact()).toMatchObject({ written: 1, unchanged: 1 });
    }
    expect(await readFile(file)).toEqual(whole);
  });

  it('leaves a day with an open hour alone', async () => {
    const other = join(root.path, 'open');
    for (const hour of hours.slice(0, 24))
      await writeHour(other, hour, { timezone, status: hour.label.hour === 5 ? 'open' : 'final' });
    const terminal = io();
    await runCompact({ output: other, json: true }, terminal);
    expect(JSON.parse(terminal.out())).toMatchObject({ written: 0, notClosed: 1 });
  });
});
