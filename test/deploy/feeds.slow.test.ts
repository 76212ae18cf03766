import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExport } from '../../src/cli/handover/export.js';
import { diagnoseFeeds } from '../../src/cli/operate/doctor-feeds.js';
import { openStore } from '../../src/compose/open-store.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { buildDeployment } from './built.js';
import { BUCKET, type DeployedDay, LAKE, startDeployedDay } from './deployed-day.js';

let built: Awaited<ReturnType<typeof buildDeployment>>;
let folder = '';
beforeAll(async () => {
  built = await buildDeployment();
  folder = mkdtempSync(join(tmpdir(), 'aqt-feeds-'));
}, 300_000);
afterAll(() => {
  built.remove();
  rmSync(folder, { recursive: true, force: true });
});

const COMPANY = { startsAt: '2026-06-08T04:00:00Z', queriesPerDay: 120, lookupPerSecond: 100 };

function objectsOf({ simulator: { store, clock } }: DeployedDay, bucket: string, prefix: string): Map<string, Buffer> {
  const listed = [...store.list(bucket, { prefix, after: '', now: clock.now() })];
  return new Map(listed.map(({ key, bytes }) => [key, bytes]));
}

const linesOf = (files: ReadonlyMap<string, Buffer>) =>
  [...files.values()].flatMap((bytes) => bytes.toString('utf8').split('\n').filter(Boolean));

/** What DuckDB reads of the files of a lake. */
async function readLake(files: ReadonlyMap<string, Buffer>, sql: (from: string) => string): Promise<unknown[][]> {
  const root = mkdtempSync(join(folder, 'lake-'));
  for (const [key, bytes] of files) {
    await mkdir(dirname(join(root, key)), { recursive: true });
    await writeFile(join(root, key), bytes);
  }
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const from = `read_parquet('${root}/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)`;
  return (await connection.runAndReadAll(sql(from))).getRowsJson();
}

/** What the doctor says of the feeds of a stack with these parameters. */
async function saidOf(stack: DeployedDay, parameters: Readonly<Record<string, string>>) {
  const clock = { now: () => stack.simulator.clock.now(), sleep: async () => {} };
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) process.env[name] = stack.env[name];
  const store = await openStore(`s3://${BUCKET}`, { clock, env: stack.env });
  const said: string[] = [];
  const request = { stack: { parameters, outputs: {} }, stackName: 'aqt', store, clock };
  for await (const { status, message } of diagnoseFeeds(request)) said.push(`${status} ${message}`);
  return said;
}

const rowsOf = (stack: DeployedDay, reportDate: string) =>
  stack.answers
    .filter(({ name, answer }) => name === 'Hour' && answer.report_date === reportDate)
    .reduce((sum, { answer }) => sum + Number(answer.rows), 0);

describe('the feeds of a stack', () => {
  it('are handed each day when it is closed, masked, once, beside the reports, and tell what became of them', async () => {
    const feeds = 'ocsf,openlineage,securitylake';
    const stack = await startDeployedDay({ ...COMPANY, folder: built.folder, now: '2026-06-10T05:10:00Z', feeds });
    try {
      const first = await stack.runDay('2026-06-09');
      expect(first).toMatchObject({ status: 'SUCCEEDED', output: { state: 'done' } });
      const told = (first.output as { feeds: { feed: string; hours: number; rows: number; failures: string[] }[] })
        .feeds;
      expect(told.map(({ feed }) => feed)).toEqual(feeds.split(','));
      for (const { hours, failures } of told) expect({ hours, failures }).toEqual({ hours: 24, failures: [] });
      const rows = rowsOf(stack, '2026-06-09');
      expect(told.map(({ rows: handed }) => handed).filter((handed) => handed > rows)).toEqual([]);
      expect(told[0]?.rows).toBe(rows);

      const events = linesOf(objectsOf(stack, BUCKET, 'feeds/ocsf/2026-06-09/')).map((line) => JSON.parse(line));
      expect(new Set(events.map(({ metadata }) => metadata.correlation_uid ?? metadata.uid)).size).toBe(rows);
      const texts = events.flatMap(({ query_info }) => query_info?.query_string ?? []);
      expect(texts.length).toBeGreaterThan(50);
      expect(texts.filter((text: string) => /'[^']/.test(text))).toEqual([]);
      const lake = objectsOf(stack, BUCKET, 'feeds/athena-');
      const [[queries, days] = []] = await readLake(
        lake,
        (from) =>
          `SELECT count(DISTINCT coalesce(metadata.correlation_uid, metadata.uid))::INT, list_sort(list(DISTINCT eventDay)) FROM ${from}`,
      );
      expect([queries, days]).toEqual([rows, ['20260609', '20260610']]);

      // The next day hands over itself, and of the days before only what is new.
      const before = objectsOf(stack, BUCKET, 'feeds/ocsf/2026-06-09/');
      stack.advance(24 * 3_600_000);
      expect(await stack.runDay('2026-06-10')).toMatchObject({ status: 'SUCCEEDED' });
      for (const [key, bytes] of before) expect(objectsOf(stack, BUCKET, key).get(key)).toEqual(bytes);
      const all = linesOf(objectsOf(stack, BUCKET, 'feeds/ocsf/'));
      expect(new Set(all).size).toBe(all.length);
      expect(objectsOf(stack, BUCKET, 'feeds/ocsf/2026-06-10/').size).toBeGreaterThan(10);
      const metrics = stack.functions.Feeds.log.filter((line) => line.includes('FeedsFailed'));
      expect(metrics.map((line) => JSON.parse(line))).toMatchObject([
        { Stack: 'aqt', FeedsFailed: 0 },
        { Stack: 'aqt', FeedsFailed: 0 },
      ]);
      const last = 'the last hour handed over is 2026-06-10 hour 23; nothing waits';
      expect(await saidOf(stack, { Feeds: feeds, FeedSql: 'masked' })).toEqual(
        feeds.split(',').map((feed) => `pass ${feed}: ${last}`),
      );
      // Asked for in another way, everything waits.
      const [whole = ''] = await saidOf(stack, { Feeds: 'ocsf', FeedSql: 'full' });
      expect(whole).toMatch(/^warn ocsf: nothing was handed over yet; 48 hours wait, the oldest 2026-06-09 hour 0/);
      // Nothing of the texts is in the log.
      expect(stack.functions.Feeds.log.join('\n')).not.toMatch(/select |insert /i);
    } finally {
      await stack.close();
    }
  });

  it('do not fail the day where they cannot be written, are told, and get everything when they can', async () => {
    const elsewhere = { FEED_LOCATION: `s3://${LAKE}/ext` };
    const options = { ...COMPANY, folder: built.folder, feeds: 'securitylake' };
    const wrong = { FEED_LOCATION: 's3://nobody-has-this-bucket/ext' };
    const failing = await startDeployedDay({ ...options, now: '2026-06-10T05:10:00Z', env: wrong });
    let kept = new Map<string, Buffer>();
    let rows = 0;
    try {
      const day = await failing.runDay('2026-06-09');
      expect(day).toMatchObject({ status: 'SUCCEEDED', output: { feeds: [{ feed: 'securitylake', rows: 0 }] } });
      expect(JSON.stringify(day.output)).toMatch(/year=2026\/month=06\/day=09\/hour=\d\d\/: .*bucket/i);
      expect(failing.functions.Feeds.log.join('\n')).toContain('"FeedsFailed":1');
      rows = rowsOf(failing, '2026-06-09');
      kept = objectsOf(failing, BUCKET, '');
      const parameters = { Feeds: 'securitylake', FeedLocation: 's3://nobody-has-this-bucket/ext' };
      // Hours without a query leave nothing to write.
      expect((await saidOf(failing, parameters)).join()).toMatch(
        /^warn securitylake: .*; \d+ hours wait, the oldest 2026-06-09 hour \d+$/,
      );
      failing.advance(3 * 24 * 3_600_000);
      expect((await saidOf(failing, parameters)).join()).toMatch(/^fail securitylake: .* hours wait, the oldest/);
    } finally {
      await failing.close();
    }
    const mended = await startDeployedDay({ ...options, now: '2026-06-10T05:10:00Z', env: elsewhere });
    try {
      const { store, clock } = mended.simulator;
      for (const [key, bytes] of kept)
        store.put(
          BUCKET,
          { key, bytes, lastModified: clock.now(), contentType: 'application/json', metadata: {} },
          { ifNoneMatch: undefined, ifMatch: undefined },
        );
      expect(await mended.functions.Feeds.invoke({ holder: 'day' })).toMatchObject({
        state: 'done',
        feeds: [{ feed: 'securitylake', hours: 24, rows, failures: [] }],
      });
      expect(await saidOf(mended, { Feeds: 'securitylake', FeedLocation: elsewhere.FEED_LOCATION })).toEqual([
        'pass securitylake: the last hour handed over is 2026-06-09 hour 23; nothing waits',
      ]);
      const lake = objectsOf(mended, LAKE, '');
      expect([...lake.keys()].filter((key) => !key.startsWith('ext/athena-'))).toEqual([]);
      const count = (from: string) =>
        `SELECT count(DISTINCT coalesce(metadata.correlation_uid, metadata.uid))::INT FROM ${from}`;
      expect(await readLake(lake, count)).toEqual([[rows]]);
      expect(await mended.functions.Feeds.invoke({ holder: 'day' })).toMatchObject({ feeds: [{ hours: 0, rows: 0 }] });

      // The command line writes the same layout into a bucket.
      const io = quietIo({ clock: { now: () => clock.now(), sleep: async () => {} }, env: mended.env });
      const how = { sql: true, mask: true, minConfidence: 'none', lineage: 'given', ocsfVersion: '1.8.0' };
      const file = `s3://${LAKE}/typed`;
      await runExport({ output: `s3://${BUCKET}`, to: ['ocsf'], format: 'parquet', file, ...how }, io);
      expect(io.written.stderr).toContain(`${rows} rows`);
      const typed = objectsOf(mended, LAKE, 'typed/');
      expect(typed).toEqual(new Map([...lake].map(([key, bytes]) => [key.replace(/^ext/, 'typed'), bytes])));
    } finally {
      await mended.close();
    }
  });

  it('is one run’s work at a time, and the one that is at it looks for what others sealed meanwhile', async () => {
    const stack = await startDeployedDay({
      ...COMPANY,
      folder: built.folder,
      now: '2026-06-10T05:10:00Z',
      feeds: 'ecs',
    });
    try {
      const { store, clock } = stack.simulator;
      const held = { holder: 'another', until: clock.now() + 600_000, since: clock.now() };
      const key = '_work/feeds-lease.json';
      const bytes = Buffer.from(JSON.stringify(held));
      store.put(
        BUCKET,
        { key, bytes, lastModified: clock.now(), contentType: 'application/json', metadata: {} },
        { ifNoneMatch: undefined, ifMatch: undefined },
      );
      expect(await stack.runDay('2026-06-09')).toMatchObject({ status: 'SUCCEEDED', output: { feeds: [] } });
      expect(await stack.functions.Feeds.invoke({ holder: 'another' })).toMatchObject({
        state: 'done',
        feeds: [{ feed: 'ecs', hours: 24 }],
      });
    } finally {
      await stack.close();
    }
  });
});
