import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AthenaClient, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import type { BillView } from '../../src/dashboard/server/bill-view.js';
import { buildWorld } from '../../src/simulator/company/workload.js';
import { billOf, type PlantedDeviations, type SimulatedBill } from '../../src/simulator/history/bill.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { createVirtualClock } from '../../src/simulator/wire/clocks.js';
import { emptyPage, serveFolder } from '../dashboard/fixture-served.js';
import { temporaryFolder } from './collected-company.js';
import { quietIo } from './quiet-io.js';

const HOUR_MS = 3_600_000;
const FROM = Date.UTC(2026, 10, 2);
const UNTIL = FROM + 24 * HOUR_MS;

let simulator: Simulator;
let output: string;
let env: Record<string, string>;
const clock = createVirtualClock({ startsAt: UNTIL - HOUR_MS / 2 });

async function aqt(...args: readonly string[]) {
  const io = quietIo({ clock, env });
  return { code: await runCli(args, io), ...io.written };
}

async function json<T>(...args: readonly string[]): Promise<T> {
  const { stdout, stderr } = await aqt(...args);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

beforeAll(async () => {
  const world = buildWorld({
    seed: 5,
    startsAt: FROM,
    days: 1,
    queriesPerDay: 120,
    noisePerDay: 5,
    rates: { long: 0 },
  });
  simulator = await startSimulator({ seed: 5, world, clock });
  env = {
    ...{ AWS_ENDPOINT_URL: simulator.url, AWS_REGION: 'us-east-1' },
    ...{ AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'secret' },
  };
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
  const athena = new AthenaClient({ endpoint: simulator.url, region: 'us-east-1', credentials });
  const through = 'SELECT email FROM marketing.vip_contacts WHERE customer_id = 7';
  await athena.send(new StartQueryExecutionCommand({ QueryString: through, WorkGroup: 'analytics' }));
  clock.advance(3 * 24 * HOUR_MS);
  output = temporaryFolder();
  const collected = await aqt('collect', '--from', '2026-11-02', '--timezone', 'UTC', '--output', output);
  if (collected.code !== 0) throw new Error(collected.stderr);
});
afterAll(() => simulator?.close());

describe('who read a column', () => {
  it('is one command, also for readings through a view of a view that nobody made by a query', async () => {
    const rows = await json<{ query: string }[]>(
      ...['query', output, '--column', 'customers.pii.email', '--from', '2026-11-02', '--format', 'json'],
    );
    expect(rows.some(({ query }) => query.includes('marketing.vip_contacts'))).toBe(true);
    expect(rows.some(({ query }) => /customers\.\W?pii/i.test(query))).toBe(true);
  });

  it('leaves few queries that scanned bytes without a table, each with its reason', async () => {
    const rows = await json<{ reason: string; queries: number }[]>(
      ...['query', output, 'SELECT reason, queries FROM unnamed_tables', '--format', 'json'],
    );
    expect(rows.every(({ reason }) => reason === 'prepared-text-not-known' || reason === 'text-names-none')).toBe(true);
  });
});

describe('workgroups as they are', () => {
  it('can be asked for, and add costs up by their tags', async () => {
    const sql = "SELECT cutoff_bytes, tags FROM workgroups WHERE workgroup = 'ml'";
    expect(await json('query', output, sql, '--format', 'json')).toEqual([
      { cutoff_bytes: 200e9, tags: ['cost-center=CC-1030'] },
    ]);
    const report = await json<{ total: { queries: number }; rows: { key: string | null; queries: number }[] }>(
      ...['report', output, '--by', 'tag:cost-center', '--json'],
    );
    expect(report.rows.map(({ key }) => key)).toContain('CC-1010');
    expect(report.rows.reduce((sum, { queries }) => sum + queries, 0)).toBe(report.total.queries);
    const served = await serveFolder(output, { page: await emptyPage(temporaryFolder()) });
    try {
      const view = '/api/tags?range=all&key=cost-center';
      const tags = await served.json<{ key: string; rows: { key: string | null; queries: number }[] }>(view);
      expect(tags.key).toBe('cost-center');
      const byKey = (rows: readonly { key: string | null; queries: number }[]) =>
        Object.fromEntries(rows.map(({ key, queries }) => [key ?? '', queries]));
      expect(byKey(tags.rows)).toEqual(byKey(report.rows));
    } finally {
      await served.close();
    }
  });
});

interface Compared {
  readonly differenceUsd: number;
  readonly unexplainedUsd: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly missingMonths: readonly string[];
  readonly notCounted: readonly { readonly name: string; readonly reason: string }[];
}

function written(planted: PlantedDeviations): { readonly folder: string; readonly bill: SimulatedBill } {
  const folder = join(temporaryFolder(), 'bill');
  mkdirSync(folder);
  const accountId = simulator.world.company.accounts.main;
  const bill = billOf(simulator.world, { accountId, from: FROM, until: UNTIL, planted });
  writeFileSync(join(folder, 'cur.csv'), bill.csv);
  return { folder, bill };
}

describe('a bill', () => {
  it.each(['day', 'hour'])(
    'that is honest leaves nothing, by %s; the reservation stands apart, used and idle',
    async (by) => {
      const { folder, bill } = written({});
      const { code } = await aqt('bill', output, '--bill', folder, '--by', by);
      expect(code).toBe(0);
      const { unexplainedUsd, reasons } = await json<Compared>('bill', output, '--bill', folder, '--by', by, '--json');
      expect(unexplainedUsd).toBeLessThan(0.005);
      const { 'reservation-idle': idle = 0, 'in-the-reservation': used = 0, ...rest } = reasons;
      expect(idle).toBeGreaterThan(0);
      // What queries claim of the reservation and what is idle are all of its line, and in no other amount.
      const { rows } = await json<{ rows: { key: string; cost_nano_usd: string }[] }>(
        'report',
        output,
        '--by',
        'workgroup',
        '--json',
      );
      const claimed = Number(rows.find(({ key }) => key === 'bi')?.cost_nano_usd ?? 0) / 1e9;
      expect(idle + used + claimed).toBeCloseTo(bill.reservationUsd, 6);
      expect(Object.entries(rest).filter(([, usd]) => Math.abs(usd) >= 0.005)).toEqual([]);
    },
  );

  it.each<[string, PlantedDeviations, string, (bill: SimulatedBill) => number]>([
    ['a discount', { discountPercent: 20 }, 'discount-or-net-rate', ({ scanUsd }) => -0.2 * scanUsd],
    ['a credit', { creditUsd: 3 }, 'credit', () => -3],
    ['a tax', { taxUsd: 1.5 }, 'tax', () => 1.5],
    ['a workgroup that nobody collects', { strangerUsd: 2 }, 'workgroup-not-collected', () => 2],
    ['a Region that nobody collects', { strangeRegionUsd: 6 }, 'region-not-collected', () => 6],
    ['an account that nobody collects', { strangeAccountUsd: 5 }, 'account-not-collected', () => 5],
    ['reserved capacity that no closing saw', { ghostDpuHours: 10 }, 'unexplained', () => 3],
    ['Spark', { sparkUsd: 4 }, 'spark', () => 4],
    ['scans that nobody ran', { ghostUsd: 7 }, 'unexplained', () => 7],
  ])('names %s, with its amount', async (_, planted, reason, amount) => {
    const { folder, bill } = written(planted);
    const { reasons, unexplainedUsd } = await json<Compared>('bill', output, '--bill', folder, '--json');
    expect(reasons[reason]).toBeCloseTo(amount(bill), 2);
    expect(unexplainedUsd).toBeCloseTo(reason === 'unexplained' ? amount(bill) : 0, 2);
  });

  it('that ends earlier, or is of another month, says so; a copy of it is counted once', async () => {
    const { folder } = written({ missingHours: 12 });
    const early = await json<Compared>('bill', output, '--bill', folder, '--by', 'hour', '--json');
    const whole = written({}).bill;
    expect(early.reasons['not-on-the-bill-yet']).toBeLessThan(-0.01);
    expect(Math.abs(early.reasons['in-the-reservation'] ?? 0)).toBeLessThan(0.005);
    expect(early.unexplainedUsd).toBeLessThan(0.005);
    writeFileSync(join(folder, 'cur.csv'), whole.csv.replaceAll('2026-11', '2026-10'));
    const other = await aqt('bill', output, '--bill', folder, '--json');
    const { reasons, missingMonths } = JSON.parse(other.stdout) as Compared;
    expect([other.code, missingMonths]).toEqual([3, ['2026-11']]);
    expect(reasons['month-missing']).toBeLessThan(0.005 - whole.scanUsd);
    expect(reasons['hours-not-collected']).toBeCloseTo(whole.scanUsd, 2);
    writeFileSync(join(folder, 'cur.csv'), whole.csv);
    writeFileSync(join(folder, 'copy of cur.csv'), whole.csv);
    const twice = await json<Compared>('bill', output, '--bill', folder, '--json');
    expect(Math.abs(twice.unexplainedUsd)).toBeLessThan(0.005);
    expect(twice.notCounted.map(({ name }) => name)).toEqual(['cur.csv']);
  });

  it('may be Parquet in a bucket, in the layout of AWS', async () => {
    const { folder } = written({ creditUsd: 3 });
    const duck = await DuckDBInstance.create(':memory:');
    const connection = await duck.connect();
    const parquet = join(folder, 'cur.parquet');
    await connection.run(
      `COPY (SELECT * REPLACE (line_item_usage_amount::DOUBLE AS line_item_usage_amount,
         line_item_usage_start_date::TIMESTAMP AS line_item_usage_start_date, line_item_usage_end_date::TIMESTAMP AS line_item_usage_end_date)
       FROM read_csv('${join(folder, 'cur.csv')}', all_varchar = true)) TO '${parquet}'`,
    );
    connection.closeSync();
    duck.closeSync();
    const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
    const s3 = new S3Client({ endpoint: simulator.url, region: 'us-east-1', credentials, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'billing' }));
    const Key = 'exports/cur2/data/BILLING_PERIOD=2026-11/cur2-00001.snappy.parquet';
    await s3.send(new PutObjectCommand({ Bucket: 'billing', Key, Body: readFileSync(parquet) }));
    const noise = 'exports/cur2/metadata/BILLING_PERIOD=2026-11/cur2-Manifest.json';
    await s3.send(new PutObjectCommand({ Bucket: 'billing', Key: noise, Body: '{}' }));
    const compared = await json<Compared>('bill', output, '--bill', 's3://billing/exports/cur2/', '--json');
    expect(compared.reasons.credit).toBeCloseTo(-3, 6);
    expect(compared.unexplainedUsd).toBeLessThan(0.005);
    expect(compared.notCounted).toEqual([expect.objectContaining({ reason: 'no CSV and no Parquet file' })]);
  });

  it('is a page of the dashboard, and only what the server was started with', async () => {
    const [first, second] = [written({ ghostUsd: 7 }).folder, written({}).folder];
    const served = await serveFolder(output, { bill: [first, second], page: await emptyPage(temporaryFolder()) });
    try {
      const page = await served.json<{ bills: string[]; compared: Pick<BillView, 'unexplainedUsd' | 'reasons'> }>(
        '/api/bill',
      );
      expect(page.bills).toEqual([first, second]);
      expect(page.compared.unexplainedUsd).toBeCloseTo(7, 2);
      const { reasons: named } = page.compared;
      expect(named.find(({ reason }) => reason === 'unexplained')?.usd).toBeCloseTo(7, 2);
      const other = await served.json<{ compared: BillView }>('/api/bill?bill=1&by=hour');
      expect(other.compared.unexplainedUsd).toBeLessThan(0.005);
      expect(other.compared.slots.length).toBeGreaterThanOrEqual(24);
      expect((await served.json<{ chosen: number }>('/api/bill?bill=2')).chosen).toBe(1);
      expect((await served.get('/api/bill', { method: 'POST' })).ok).toBe(false);
    } finally {
      await served.close();
    }
  });

  it('makes a prices file that, once settled with, leaves nothing of the same bill', async () => {
    const { folder } = written({ discountPercent: 12, bytesPerTb: 10 ** 12 });
    const prices = join(temporaryFolder(), 'prices.yaml');
    const first = await json<Compared>('bill', output, '--bill', folder, '--write-prices', prices, '--json');
    expect(Math.abs(first.reasons['discount-or-net-rate'] ?? 0)).toBeGreaterThan(0.01);
    expect(first.reasons['tb-basis']).toBeGreaterThan(0.01);
    expect((await aqt('settle', output, '--prices', prices, '--no-scan')).code).toBe(0);
    const second = await json<Compared>('bill', output, '--bill', folder, '--json');
    const { 'reservation-idle': idle, 'in-the-reservation': used, ...rest } = second.reasons;
    expect(idle).toBeDefined();
    expect(used).toBeDefined();
    expect(Object.entries(rest).filter(([, usd]) => Math.abs(usd) >= 0.005)).toEqual([]);
    expect(second.unexplainedUsd).toBeLessThan(0.005);
  });
});
