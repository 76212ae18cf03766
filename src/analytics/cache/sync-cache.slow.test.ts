import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CompanyHour, companyHours, writeHour } from '../../../test/dashboard/fixture-company.js';
import { temporaryFolder } from '../../../test/dashboard/fixture-served.js';
import type { ReportStore } from '../../ports/report-store.js';
import { COLUMNS, type ReportRow } from '../../record/columns.js';
import { encodeManifest } from '../../record/encode-manifest.js';
import type { Manifest, ReportFormat } from '../../record/manifest.js';
import { createLocalStore } from '../../storage/local-store.js';
import { encodeReport } from '../../storage/report-codec.js';
import { manifestKey, reportKey } from '../../tree/layout.js';
import { auditHours, coverageOf } from '../audit/audit.js';
import { holdNewestDays } from '../held/held-days.js';
import type { RunSql } from '../view/scope.js';
import { openCache } from './cache.js';
import { cacheFolder, generations } from './cache-files.js';
import type { Row } from './duck.js';
import { openWriter } from './duck.js';
import { type SyncOptions, syncCache } from './sync-cache.js';
import { takeWriterLock } from './writer-lock.js';

const clock = { now: () => Date.now(), sleep: (ms: number) => delay(ms) };
const hours = [
  ...companyHours({ lastDay: '2026-11-20', days: 1, queriesPerDay: 240, timezone: 'America/New_York', seed: 3 }),
];
const timezone = 'America/New_York';

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let store: ReportStore;
let folder: string;
beforeEach(async () => {
  root = await temporaryFolder();
  store = createLocalStore(root.path, { clock });
  folder = await cacheFolder(root.path, process.env);
});
afterEach(() => root.remove());

const sync = (options: Partial<SyncOptions> = {}) => syncCache({ store, folder, ...options });
const hourAt = (index: number): CompanyHour => {
  const hour = hours[index];
  if (!hour) throw new Error(`the fixture has no hour ${index}`);
  return hour;
};
async function ask(sql: string): Promise<Row[]> {
  const cache = await openCache(folder);
  if (!cache) throw new Error('there is no cache');
  try {
    return await cache.rows(sql);
  } finally {
    cache.close();
  }
}

describe('the cache', () => {
  it('holds every row of every format as it was written, hostile text included', async () => {
    const hostile = `select '\\n', "a,b"\r\n-- \\\\ "quoted" \u0000\u0001 \u2028 𝕏\n<script>alert(1)</script>`;
    const rows: ReportRow[] = hourAt(12).rows.map((row, index) =>
      index % 3 === 0 ? { ...row, query: hostile, state_reason: '', tables_read: [], tables_written: null } : row,
    );
    const expected = rows.map((row) => ({ ...row, query: row.query?.replace('\u0000', '\u0000') ?? null }));
    for (const [index, format] of (['csv', 'json', 'parquet'] as const).entries()) {
      await writeFormat({ ...hourAt(index), rows }, format);
    }
    await sync();
    const columns = COLUMNS.map(({ name, type }) =>
      type === 'timestamp' ? `epoch_ms("${name}") AS "${name}"` : `"${name}"`,
    );
    for (const hour of [0, 1, 2]) {
      const held = await ask(
        `SELECT ${columns.join(', ')} FROM query_log WHERE report_hour = ${hourAt(hour).label.hour} ORDER BY start_time, query_execution_id, event_id`,
      );
      expect(held).toEqual([...expected].sort(byTime));
    }
    expect(await ask('SELECT DISTINCT problem FROM hours')).toEqual([{ problem: null }]);
  });

  it('leaves days out for a bound, is smaller then and the same but for them, and is whole again without one', async () => {
    const days = [...companyHours({ lastDay: '2026-11-20', days: 5, queriesPerDay: 1500, timezone, seed: 3 })];
    for (const hour of days) await writeHour(root.path, hour, { timezone });
    const size = async () => (await stat((await generations(folder))[0]?.path ?? '')).size;
    const held = `SELECT strftime(report_date, '%Y-%m-%d') AS date, count(*) AS rows, sum(cost_nanos)::BIGINT AS nanos FROM query_log GROUP BY date ORDER BY date`;
    const left = () =>
      ask("SELECT value FROM meta WHERE name = 'left'").then(([row]) => JSON.parse(String(row?.value)));
    await sync();
    expect(await left()).toBeNull();
    const [whole, all] = [await size(), await ask(held)];
    expect(all).toHaveLength(5);
    const bound = holdNewestDays(1);
    await sync({ bound });
    expect(await ask(held)).toEqual(all.slice(-2));
    expect(await left()).toEqual({ from: '2026-11-16', to: '2026-11-18', hours: 72, heldFrom: '2026-11-20' });
    // Blocks of 256 KB, of which one more or less is allotted from run to run.
    expect(await size()).toBeLessThan(whole * 0.9);
    expect(await ask('SELECT count(DISTINCT fingerprint) > 0 AS ok FROM patterns')).toEqual([{ ok: true }]);
    expect((await sync({ bound })).outcome).toBe('unchanged');
    // A look at some folders brings back nothing that was left out, and does not forget that it was.
    expect(
      (await sync({ bound, prefixes: ['year=2026/month=11/day=18/', 'year=2026/month=11/day=20/'] })).outcome,
    ).toBe('unchanged');
    await sync();
    expect([await ask(held), await left()]).toEqual([all, null]);
  });

  it('says of what it publishes while other days are still to be read which days are whole', async () => {
    for (const hour of companyHours({ lastDay: '2026-11-20', days: 12, queriesPerDay: 4, timezone, seed: 3 }))
      await writeHour(root.path, hour, { timezone });
    const told: Promise<Row[]>[] = [];
    await sync({ onPublish: () => void told.push(ask("SELECT value FROM meta WHERE name = 'left'")) });
    const [first, last, ...others] = (await Promise.all(told)).map(([row]) => JSON.parse(String(row?.value)));
    const rest = { from: '2026-11-09', to: '2026-11-12', hours: 96 };
    expect(first).toEqual({ ...rest, heldFrom: '2026-11-14', isReading: true });
    expect([last, ...others]).toEqual([null]);
  });

  it('reads only hours that are new, rewritten or gone', async () => {
    for (const hour of hours.slice(0, 4)) await writeHour(root.path, hour, { timezone });
    expect(await sync()).toMatchObject({ outcome: 'synced', read: 4 });
    expect(await sync()).toMatchObject({ outcome: 'unchanged' });
    const { manifestSha256: previous } = await writeHour(
      root.path,
      { ...hourAt(1), rows: hourAt(9).rows },
      { timezone, version: 2, previous: 'x' },
    );
    await writeHour(root.path, hourAt(4), { timezone });
    await rm(join(root.path, manifestKey(hourAt(0).label)));
    expect(previous).toHaveLength(64);
    expect(await sync()).toMatchObject({ outcome: 'synced', read: 2, removed: 1 });
    const rows = [1, 2, 3, 4].map((index) => (index === 1 ? hourAt(9) : hourAt(index)).rows.length);
    expect(await ask('SELECT count(*) AS n FROM queries')).toEqual([{ n: rows.reduce((sum, n) => sum + n, 0) }]);
    expect((await readdir(folder)).filter((name) => name.startsWith('cache-'))).toHaveLength(1);
  });

  it('looks at the named folders only, when asked to', async () => {
    for (const hour of hours.slice(0, 3)) await writeHour(root.path, hour, { timezone });
    await sync();
    await rm(join(root.path, manifestKey(hourAt(0).label)));
    expect(await sync({ prefixes: ['year=2027/'] })).toMatchObject({ outcome: 'unchanged' });
    expect(await sync()).toMatchObject({ removed: 1 });
  });

  it('reads closings and acceptances that are new or rewritten, and forgets those that are gone', async () => {
    const key = '_work/closings/2026-11-20.json';
    const closing = (failure: string) =>
      JSON.stringify({
        schema: 1,
        reportDate: '2026-11-20',
        closedAt: '2026-11-21T06:00:00.000Z',
        workGroups: [{ accountId: 'a', region: 'r', workGroup: "it's", listed: 3, failure }],
        unattributed: [],
        missingHours: [],
      });
    await writeHour(root.path, hourAt(0), { timezone });
    await store.write(key, Buffer.from(closing('denied')), 'any');
    await store.write('_work/accepted.json', Buffer.from('{"accepted": {}}'), 'any');
    expect(await sync()).toMatchObject({ outcome: 'synced', read: 1 });
    expect(await ask('SELECT workgroup, failure FROM unlisted_workgroups')).toEqual([
      { workgroup: "it's", failure: 'denied' },
    ]);
    expect(await sync()).toMatchObject({ outcome: 'unchanged' });
    await store.write(key, Buffer.from(closing('absent')), 'any');
    expect(await sync({ prefixes: ['year=2026/', '_work/closings/'] })).toMatchObject({ outcome: 'unchanged' });
    expect(await sync()).toMatchObject({ outcome: 'synced', read: 0 });
    expect(await ask('SELECT failure FROM unlisted_workgroups')).toEqual([{ failure: 'absent' }]);
    await store.write(key, Buffer.from(closing('throttled')), 'any');
    expect(await sync({ prefixes: ['_work/closings/'] })).toMatchObject({ outcome: 'synced', read: 0 });
    await store.remove(key);
    expect(await sync({ prefixes: ['_work/closings/'] })).toMatchObject({ outcome: 'synced', read: 0 });
    expect(await ask('SELECT count(*) AS n FROM unlisted_workgroups')).toEqual([{ n: 0 }]);
    expect(await ask('SELECT file FROM work_file_log')).toEqual([{ file: '_work/accepted.json' }]);
    expect(await sync()).toMatchObject({ outcome: 'unchanged' });
  });

  it('looks at a named file besides named folders: new, rewritten in the same size, the same, gone', async () => {
    const [file, other] = ['account=1/_work/accepted.json', 'account=2/_work/accepted.json'];
    const accept = (key: string, reason: string) => {
      const accepted = { 'not read: 1 us-east-1': { reason, acceptedAt: '2026-11-21T06:00:00.000Z' } };
      return store.write(key, Buffer.from(JSON.stringify({ schema: 1, accepted })), 'any');
    };
    const look = () => sync({ prefixes: ['account=1/_work/closings/'], files: [file] });
    const reasons = () => ask('SELECT tree, reason FROM accepted_findings');
    await writeHour(root.path, hourAt(0), { timezone, tree: 'account=1/' });
    await sync();
    expect(await look()).toMatchObject({ outcome: 'unchanged' });
    await accept(file, 'seen by A');
    await accept(other, 'seen by C');
    expect(await look()).toMatchObject({ outcome: 'synced', read: 0 });
    await accept(file, 'seen by B');
    expect(await look()).toMatchObject({ outcome: 'synced', read: 0 });
    expect(await reasons()).toEqual([{ tree: 'account=1/', reason: 'seen by B' }]);
    expect(await look()).toMatchObject({ outcome: 'unchanged' });
    await store.remove(file);
    expect(await look()).toMatchObject({ outcome: 'synced', read: 0 });
    expect(await reasons()).toEqual([]);
  });

  it('reads the reports all the same for somebody who may not read the working files, and says so', async () => {
    await writeHour(root.path, hourAt(0), { timezone });
    await store.write('_work/closings/2026-11-20.json', Buffer.from('{}'), 'any');
    const warnings: string[] = [];
    const guarded: ReportStore = {
      ...store,
      read: (key) => (key.startsWith('_work/') ? Promise.reject(new Error('AccessDenied')) : store.read(key)),
    };
    expect(await sync({ store: guarded, onWarning: (message) => warnings.push(message) })).toMatchObject({ read: 1 });
    expect(warnings).toEqual([expect.stringMatching(/under _work\/ cannot be read: AccessDenied/)]);
    expect(await ask('SELECT count(*) AS n FROM queries')).toEqual([{ n: hourAt(0).rows.length }]);
  });

  it('takes a forest of trees as one', async () => {
    await writeHour(root.path, hourAt(0), { timezone, tree: 'account=111122223333/region=eu-west-1/' });
    await writeHour(root.path, hourAt(0), { timezone, tree: 'account=444455556666/region=us-east-1/' });
    await sync();
    expect(await ask('SELECT count(DISTINCT tree) AS trees, sum(rows) AS n FROM hours')).toEqual([
      { trees: 2, n: 2 * hourAt(0).rows.length },
    ]);
  });

  it('shows a report that is not the one its manifest vouches for, one that is missing, and a manifest that is broken', async () => {
    for (const hour of hours.slice(0, 4)) await writeHour(root.path, hour, { timezone });
    const path = join(root.path, reportKey(hourAt(0).label, 'csv'));
    await writeFile(path, (await readFile(path, 'utf8')).replace('dbt', 'xyz'));
    await rm(join(root.path, reportKey(hourAt(1).label, 'csv')));
    await writeFile(join(root.path, manifestKey(hourAt(2).label)), '{"schema": 1');
    await sync();
    const problems = await ask('SELECT hour, problem FROM hours ORDER BY hour');
    expect(problems.map((row) => String(row.problem).replace(/:.*/, ''))).toEqual([
      'the report is not the one the manifest vouches for (SHA-256 differs)',
      'the report is missing',
      'the manifest is unreadable',
      'null',
    ]);
  });

  it('keeps the good hours when the file of another cannot be read, and says so without quoting it', async () => {
    await writeHour(root.path, hourAt(0), { timezone });
    const text = 'query_execution_id,query\n1,select secret,from,t\n';
    await writeRaw(hourAt(1), text);
    await sync();
    expect(await ask('SELECT count(*) AS n FROM queries')).toEqual([{ n: hourAt(0).rows.length }]);
    const [bad] = await ask('SELECT problem FROM hours WHERE problem IS NOT NULL');
    expect(bad?.problem).toMatch(/^the report cannot be read as csv/);
    expect(bad?.problem).not.toContain('secret');
  });

  it('lets one writer in at a time and readers always', async () => {
    await writeHour(root.path, hourAt(0), { timezone });
    await sync();
    const release = await takeWriterLock(folder);
    expect(release).not.toBeNull();
    expect(await sync()).toEqual({ outcome: 'busy' });
    expect(await ask('SELECT count(*) AS n FROM hours')).toEqual([{ n: 1 }]);
    release?.();
    expect(await sync()).toMatchObject({ outcome: 'unchanged' });
  });

  it('goes on from the last good generation when a writer died, and anew when the file is damaged', async () => {
    await writeHour(root.path, hourAt(0), { timezone });
    await sync();
    await writeFile(join(folder, 'next-2.duckdb'), 'half a file');
    await writeHour(root.path, hourAt(1), { timezone });
    expect(await sync()).toMatchObject({ outcome: 'synced', read: 1 });
    const [name = ''] = (await readdir(folder)).filter((file) => file.startsWith('cache-'));
    await writeFile(join(folder, name), 'not a database');
    const warnings: string[] = [];
    expect(await sync({ onWarning: (message) => warnings.push(message) })).toMatchObject({
      outcome: 'synced',
      read: 2,
    });
    expect(warnings).toHaveLength(1);
  });

  it('is not read when another version of the program wrote it, and built anew under a number of its own', async () => {
    await writeHour(root.path, hourAt(0), { timezone });
    await sync();
    const [name = ''] = (await readdir(folder)).filter((each) => each.startsWith('cache-'));
    const instance = await openWriter(join(folder, name));
    const connection = await instance.connect();
    await connection.run("UPDATE meta SET value = '0' WHERE name = 'version'");
    connection.closeSync();
    instance.closeSync();
    expect(await openCache(folder)).toBeNull();
    expect(await sync()).toMatchObject({ outcome: 'synced', read: 1 });
    expect(await ask('SELECT count(*)::INTEGER AS n FROM hours')).toEqual([{ n: 1 }]);
  });

  it('stops when it is told to, and publishes nothing', async () => {
    await writeHour(root.path, hourAt(0), { timezone });
    await expect(sync({ signal: AbortSignal.abort() })).rejects.toThrow();
    expect(await openCache(folder)).toBeNull();
  });

  it('cannot be written to, nor reach a file, nor be unlocked by SQL', async () => {
    await writeHour(root.path, hourAt(0), { timezone });
    await sync();
    for (const sql of [
      'DELETE FROM query_log',
      'CREATE TABLE t (a INT)',
      "SELECT * FROM read_csv('/etc/passwd')",
      "SELECT * FROM glob('/*')",
      "ATTACH '/tmp/other.duckdb'",
      "COPY queries TO '/tmp/stolen.csv'",
      'SET enable_external_access = true',
      'SET lock_configuration = false',
      'INSTALL httpfs',
      'LOAD httpfs',
    ]) {
      await expect(ask(sql), sql).rejects.toThrow();
    }
  });

  it('counts the hours that are missing between the first and the last, and none outside', async () => {
    for (const index of [2, 3, 6])
      await writeHour(root.path, hourAt(index), { timezone, status: index === 6 ? 'open' : 'final' });
    await sync();
    const cache = await openCache(folder);
    const run: RunSql = (sql) => cache?.rows(sql) ?? Promise.resolve([]);
    expect(await coverageOf(run)).toMatchObject({ hours: 5, complete: 2, open: 1, gaps: 2, faulty: 0, timezone });
    expect((await auditHours(run)).map(({ hour, state }) => `${hour} ${state}`)).toEqual([
      '2 complete',
      '3 complete',
      '4 gap',
      '5 gap',
      '6 open',
    ]);
    cache?.close();
  });
});

function byTime(a: ReportRow, b: ReportRow): number {
  return a.start_time - b.start_time || (a.query_execution_id ?? '~').localeCompare(b.query_execution_id ?? '~');
}

async function writeFormat(hour: CompanyHour, format: ReportFormat): Promise<void> {
  const pieces: Uint8Array[] = [];
  const rows = (async function* () {
    yield* [...hour.rows].sort(byTime);
  })();
  for await (const piece of encodeReport(format, rows)) pieces.push(piece);
  await writeBytes(hour, format, Buffer.concat(pieces));
}

async function writeRaw(hour: CompanyHour, text: string): Promise<void> {
  await writeBytes(hour, 'csv', Buffer.from(text));
}

async function writeBytes(hour: CompanyHour, format: ReportFormat, bytes: Buffer): Promise<void> {
  await writeHour(root.path, hour, { timezone });
  const key = manifestKey(hour.label);
  const manifest = JSON.parse(await readFile(join(root.path, key), 'utf8')) as Manifest;
  await rm(join(root.path, reportKey(hour.label, 'csv')));
  const report = {
    ...manifest.report,
    key: reportKey(hour.label, format),
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
  await writeFile(join(root.path, report.key), bytes);
  await writeFile(join(root.path, key), encodeManifest({ ...manifest, format, report }));
}
