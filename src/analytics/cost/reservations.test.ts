import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeHour } from '../../../test/dashboard/fixture-company.js';
import { temporaryFolder } from '../../../test/dashboard/fixture-served.js';
import { reservationLines } from '../../cli/money/reservation-lines.js';
import type { ReportRow } from '../../record/columns.js';
import { exampleRow } from '../../record/row.fixture.js';
import { createLocalStore } from '../../storage/local-store.js';
import { keepInputs } from '../../tree/kept-inputs.js';
import { type Cache, openCache } from '../cache/cache.js';
import { cacheFolder } from '../cache/cache-files.js';
import { syncCache } from '../cache/sync-cache.js';
import { reservationsOf } from './reservations.js';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 2, 10);
const clock = { now: () => Date.now(), sleep: (ms: number) => delay(ms) };

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let cache: Cache;

function ran(id: string, at: number, row: Partial<ReportRow>): ReportRow {
  const ended = at + Number(row.execution_ms ?? 0);
  return {
    ...exampleRow(),
    ...{ query_execution_id: id, event_id: id, start_time: at, event_time: at, end_time: ended, state: 'SUCCEEDED' },
    ...{ account_id: '111122223333', region: 'us-east-1', workgroup: 'bi', ...row },
  };
}

const shared = { cost_basis: 'reservation:us-east-1:0.3' };
const FIRST_HOUR = [
  // Half of its time, and of its share, is in the second hour.
  ran('a', START + 30 * 60_000, { ...shared, execution_ms: HOUR, cost_usd: 2.4 }),
  ran('b', START, { ...shared, execution_ms: 60_000, cost_usd: 0.3 }),
  ran('c', START, { workgroup: 'etl', cost_basis: 'scan:us-east-1:5', cost_usd: 5 }),
];
const SECOND_HOUR = [ran('e', START + HOUR, { ...shared, workgroup: 'stranger', execution_ms: 1000, cost_usd: 0.06 })];

const THIRD_HOUR = [
  ran('f', START + 2 * HOUR, { ...shared, execution_ms: 60_000, cost_usd: 0.3 }),
  ran('g', START + 2 * HOUR, { execution_ms: 1000, cost_basis: 'unknown-reservation-dpus:us-east-1', cost_usd: null }),
];

const CLOSING = {
  ...{ schema: 1, reportDate: '2026-11-02', closedAt: '2026-11-02T13:00:00.000Z', workGroups: [] },
  ...{ unattributed: [], missingHours: [] },
  settings: [
    {
      ...{ accountId: '111122223333', region: 'us-east-1', workGroups: [], reservationChanges: [], failures: [] },
      reservations: [
        {
          ...{ name: 'nightly', status: 'ACTIVE', targetDpus: 8, allocatedDpus: 8, workGroups: ['bi'], failure: null },
          ...{ createdAt: '2026-10-01T00:00:00.000Z', allocatedAt: '2026-10-01T00:01:00.000Z' },
        },
      ],
    },
  ],
};

beforeAll(async () => {
  root = await temporaryFolder();
  const store = createLocalStore(root.path, { clock });
  for (const [index, rows] of [FIRST_HOUR, SECOND_HOUR, THIRD_HOUR].entries()) {
    const window = { start: START + index * HOUR, end: START + (index + 1) * HOUR };
    const label = { reportDate: '2026-11-02', hour: 10 + index };
    await writeHour(root.path, { label, window, rows }, { timezone: 'UTC', status: 'final' });
  }
  await store.write('_work/closings/2026-11-02.json', Buffer.from(JSON.stringify(CLOSING)), 'any');
  await keepInputs(store, { prices: 'discounts: [{ percent: 50, on: reservation, to: 2026-11-01 }]' });
  const folder = await cacheFolder(root.path, process.env);
  await syncCache({ store, folder });
  const opened = await openCache(folder);
  if (!opened) throw new Error('there is no cache');
  cache = opened;
});
afterAll(async () => {
  cache?.close();
  await root?.remove();
});

it('tells what a reservation cost, what queries used of it by the hour, and what nobody used', async () => {
  const hours = await cache.rows(
    `SELECT epoch_ms(hour) AS hour, dpu_hours, round(used_dpu_hours, 6) AS used, round(idle_dpu_hours, 6) AS idle, round(idle_usd, 6) AS idle_usd,
       queries, queries_without_dpus AS untold, unknown FROM reservation_hours WHERE name = 'nightly' ORDER BY hour`,
  );
  expect(hours).toEqual([
    { hour: START, dpu_hours: 8, used: 5, idle: 3, idle_usd: 0.9, queries: 1, untold: 0, unknown: null },
    { hour: START + HOUR, dpu_hours: 8, used: 4, idle: 4, idle_usd: 1.2, queries: 1, untold: 0, unknown: null },
    {
      ...{ hour: START + 2 * HOUR, dpu_hours: 8, used: null, idle: null, idle_usd: null, queries: 2 },
      ...{ untold: 1, unknown: 'queries-without-dpus' },
    },
  ]);
});

it('keeps apart neither what a query used of which Athena told no DPUs, nor what was idle beside it', async () => {
  const whole = { start: START, end: START + 3 * HOUR };
  const [nightly] = await reservationsOf((sql) => cache.rows(sql), whole);
  expect(nightly).toMatchObject({ hours: 3, unknown_hours: 1, dpu_hours: 24, used_dpu_hours: null, idle_usd: null });
  expect(nightly).toMatchObject({ queries: 4, queries_without_dpus: 1, unknown: 'queries-without-dpus' });
  expect(nightly?.used_usd).toBeCloseTo(3, 9);
  const line = reservationLines(nightly ? [nightly] : []).join('');
  expect(line).toContain(
    '24 DPU-hours, $7.20; $3.00 used by 4 queries above; what was idle is not known; of 1 query Athena',
  );
});

it('adds a span up, and says which shares no reservation explains', async () => {
  const [nightly, stranger] = await reservationsOf((sql) => cache.rows(sql), { start: START, end: START + 2 * HOUR });
  expect(nightly).toMatchObject({
    name: 'nightly',
    hours: 2,
    unknown_hours: 0,
    dpu_hours: 16,
    queries_without_dpus: 0,
  });
  expect(nightly?.billed_usd).toBeCloseTo(4.8, 9);
  expect(nightly?.used_usd).toBeCloseTo(2.7, 9);
  expect(nightly?.idle_usd).toBeCloseTo(2.1, 9);
  expect(stranger).toMatchObject({ name: null, unknown: 'no-reservation-known', billed_usd: null, queries: 1 });
});

it('says nothing of the time after the last closing', async () => {
  const [later] = await cache.rows(
    `SELECT count(*) AS n FROM reservation_hours WHERE hour >= TIMESTAMP '2026-11-02 13:00'`,
  );
  expect(later?.n).toBe(0);
});
