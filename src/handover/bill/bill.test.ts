import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { parsePrices } from '../../athena/prices-file.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { fetchBillFiles, findBillFiles } from './bill-files.js';
import { billTotals } from './bill-lines.js';
import { compareBill, unexplainedUsd } from './compare-bill.js';
import { pricesFileOf } from './derive-prices.js';
import { readBill } from './read-bill.js';
import { whatIsNotCompared } from './reason-words.js';
import type { Tracker, TrackerUsage } from './tracker-usage.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function billOf(files: Readonly<Record<string, string | Uint8Array>>, by: 'day' | 'hour' = 'day') {
  const folder = await mkdtemp(join(tmpdir(), 'aqt-bill-test-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return readBill(await findBillFiles(folder), by);
}

interface Charge {
  readonly id?: string;
  readonly type?: string;
  readonly usage?: string;
  readonly day?: string;
  readonly account?: string;
  readonly region?: string;
  readonly resource?: string;
  readonly amount?: number;
  readonly list?: number;
  readonly net?: number;
  readonly currency?: string;
  readonly product?: string;
}

const HEAD = [
  'identity_line_item_id',
  'identity_time_interval',
  'bill_payer_account_id',
  'bill_billing_period_start_date',
]
  .concat(['line_item_usage_account_id', 'line_item_line_item_type', 'line_item_product_code', 'line_item_usage_type'])
  .concat([
    'line_item_usage_amount',
    'line_item_unblended_cost',
    'line_item_net_unblended_cost',
    'line_item_currency_code',
  ])
  .concat(['line_item_resource_id', 'line_item_usage_start_date', 'line_item_usage_end_date', 'product_region_code']);

/** A CUR 2.0 file. One TB at 5 USD, unless said otherwise. */
function cur(charges: readonly Charge[]): string {
  const lines = charges.map((charge, index) => {
    const {
      day = '2026-11-02',
      account = '012345678901',
      region = 'eu-west-1',
      amount = 1,
      list = 5 * amount,
    } = charge;
    const { type = 'Usage', usage = 'EU-DataScannedInTB', product = 'AmazonAthena', currency = 'USD', id } = charge;
    const resource = charge.resource ?? `arn:aws:athena:${region}:${account}:workgroup/bi`;
    const next = `${day}T23:59:59.000Z`;
    return [
      id ?? `line-${index}`,
      `${day}/${day}`,
      '999999999999',
      `${day.slice(0, 7)}-01T00:00:00.000Z`,
      account,
      type,
      product,
    ]
      .concat([usage, String(amount), String(list), String(charge.net ?? list), currency, resource])
      .concat([`${day}T00:00:00.000Z`, next, region])
      .join(',');
  });
  return `${[HEAD.join(','), ...lines].join('\n')}\n`;
}

const TB = 10 ** 12;

function usageOf(changes: Partial<TrackerUsage> & { readonly bytes?: number } = {}): TrackerUsage {
  const { bytes = TB, ...more } = changes;
  return {
    ...{ account: '012345678901', region: 'eu-west-1', workgroup: 'bi', slot: '2026-11-02T00:00:00Z', queries: 1 },
    ...{ binaryBytes: bytes, decimalBytes: bytes, scanUsd: (5 * bytes) / TB },
    ...{ unpricedBinaryBytes: 0, unpricedDecimalBytes: 0, reservationUsd: 0, openQueries: 0, unsharedQueries: 0 },
    ...more,
  };
}

function trackerOf(usage: readonly TrackerUsage[], more: Partial<Tracker> = {}): Tracker {
  return {
    usage,
    days: new Set(['2026-11-02', '2026-11-03']),
    principals: new Set(),
    bytesPerTb: TB,
    reserved: new Map(),
    ...more,
  };
}

async function reasonsOf(charges: readonly Charge[], usage: readonly TrackerUsage[], more: Partial<Tracker> = {}) {
  const comparison = compareBill(await billOf({ 'bill.csv': cur(charges) }), trackerOf(usage, more));
  const reasons = Object.entries(comparison.reasons).map(([reason, usd]) => [reason, Number(usd.toFixed(4))]);
  const total = Object.values(comparison.reasons).reduce((sum, usd) => sum + usd, 0);
  expect(total).toBeCloseTo(comparison.billUsd - comparison.trackerUsd, 6);
  return Object.fromEntries(reasons.filter(([, usd]) => usd !== 0));
}

describe('a bill against the reports', () => {
  it('leaves nothing where both say the same', async () => {
    expect(await reasonsOf([{}], [usageOf()])).toEqual({});
  });

  it.each<[string, Charge[], TrackerUsage[], Record<string, number>, Partial<Tracker>?]>([
    ['discount', [{ net: 4.75 }], [usageOf()], { 'discount-or-net-rate': -0.25 }],
    ['another list price', [{ list: 6 }], [usageOf()], { 'discount-or-net-rate': 1 }],
    [
      'credit, refund and tax',
      [
        {},
        { type: 'Credit', amount: 0, list: -3, net: -3 },
        { type: 'Refund', amount: 0, list: -0.5, net: -0.5 },
        { type: 'Tax', amount: 0, list: 2, net: 2 },
      ],
      [usageOf()],
      { credit: -3, refund: -0.5, tax: 2 },
    ],
    [
      'a workgroup that nobody saw',
      [{}, { resource: 'arn:aws:athena:eu-west-1:012345678901:workgroup/etl' }],
      [usageOf()],
      { 'workgroup-not-collected': 5 },
    ],
    [
      'a Region that nobody collects',
      [{}, { region: 'us-east-1', usage: 'USE1-DataScannedInTB' }],
      [usageOf()],
      { 'region-not-collected': 5 },
    ],
    ['an account that nobody collects', [{}, { account: '222222222222' }], [usageOf()], { 'account-not-collected': 5 }],
    ['hours that nobody collected', [{}, { day: '2026-11-07' }], [usageOf()], { 'hours-not-collected': 5 }],
    ['queries whose end is not known', [{ amount: 1.2 }], [usageOf({ openQueries: 2 })], { 'still-open': 1 }],
    ['usage that nothing explains', [{ amount: 1.2 }], [usageOf()], { unexplained: 1 }],
    ['usage that the bill lacks', [{ amount: 0.8 }], [usageOf()], { unexplained: -1 }],
    [
      'queries after the last line',
      [{}],
      [usageOf(), usageOf({ slot: '2026-11-03T00:00:00Z' })],
      { 'not-on-the-bill-yet': -5 },
    ],
    [
      'a month that the bill lacks',
      [{}],
      [usageOf(), usageOf({ slot: '2026-10-03T00:00:00Z' })],
      { 'month-missing': -5 },
    ],
    [
      'an account of another bill',
      [{}],
      [usageOf(), usageOf({ account: '333333333333' })],
      { 'account-not-on-the-bill': -5 },
    ],
    ['Spark', [{}, { usage: 'EU-CodeExecutionInDPUHours', amount: 10, list: 3.5 }], [usageOf()], { spark: 3.5 }],
    [
      'other lines of Athena',
      [{}, { usage: 'EU-SomethingNew', amount: 1, list: 2 }],
      [usageOf()],
      { 'other-usage': 2 },
    ],
    [
      'types of lines that nobody has seen',
      [{}, { type: 'FlatRateSubscription', amount: 1, list: 2 }],
      [usageOf()],
      { 'other-usage': 2 },
    ],
    [
      'a Region without a price',
      [{}],
      [usageOf({ scanUsd: 0, unpricedBinaryBytes: TB, unpricedDecimalBytes: TB })],
      { 'price-unknown': 5 },
    ],
    [
      'the TB',
      [{ amount: 1.1 }],
      [usageOf({ bytes: 1.1 * TB, scanUsd: (5 * 1.1 * TB) / 2 ** 40 })],
      { 'tb-basis': 0.4978 },
      { bytesPerTb: 2 ** 40 },
    ],
  ])('names %s with its amount', async (_, charges, usage, reasons, more) => {
    expect(await reasonsOf(charges, usage, more)).toEqual(reasons);
  });

  it('tells usage that was moved to the next day from usage that is missing', async () => {
    const charges = [{ amount: 0.5 }, { amount: 1.5, day: '2026-11-03' }];
    const usage = [usageOf(), usageOf({ slot: '2026-11-03T00:00:00Z' })];
    expect(await reasonsOf(charges, usage)).toEqual({});
    const comparison = compareBill(await billOf({ 'bill.csv': cur(charges) }), trackerOf(usage));
    expect(comparison.cells.map(({ reasons }) => reasons)).toEqual([
      { 'moved-between-days': -2.5 },
      { 'moved-between-days': 2.5 },
    ]);
    expect(unexplainedUsd(comparison)).toBe(0);
  });

  it('shows what of a reservation no query used, and never hides it', async () => {
    const line = { usage: 'EU-ReservedCapacityInDPUHours', amount: 24, list: 7.2 };
    const resource = 'arn:aws:athena:eu-west-1:012345678901:capacity-reservation/nightly';
    const usage = usageOf({ bytes: 0, scanUsd: 0, reservationUsd: 2.2 });
    expect(await reasonsOf([{ ...line, resource }], [usage])).toEqual({ 'reservation-idle': 5 });
  });

  it('does not call idle what queries may have used of which Athena told no DPUs', async () => {
    const line = { usage: 'EU-ReservedCapacityInDPUHours', amount: 24, list: 7.2, resource: ' ' };
    const usage = usageOf({ bytes: 0, scanUsd: 0, reservationUsd: 2.2, unsharedQueries: 1 });
    expect(await reasonsOf([line], [usage])).toEqual({ 'dpus-not-told': 5 });
    const alone = usageOf({ bytes: 0, scanUsd: 0, unsharedQueries: 1 });
    expect(await reasonsOf([line], [alone])).toEqual({ 'dpus-not-told': 7.2 });
    // They were paid by scan after all.
    expect(await reasonsOf([{}], [alone])).toEqual({ 'dpus-not-told': 5 });
  });

  it('names what a reservation costs beyond the DPU-hours that closings saw, and short of them', async () => {
    const line = { usage: 'EU-ReservedCapacityInDPUHours', amount: 24, list: 7.2, resource: ' ' };
    const usage = usageOf({ bytes: 0, scanUsd: 0, reservationUsd: 2.2 });
    const seen = (dpuHours: number) => ({
      reserved: new Map([['012345678901 eu-west-1 2026-11-02T00:00:00Z', dpuHours]]),
    });
    expect(await reasonsOf([line], [usage], seen(24))).toEqual({ 'reservation-idle': 5 });
    expect(await reasonsOf([line], [usage], seen(16))).toEqual({ 'reservation-idle': 2.6, unexplained: 2.4 });
    // The bill may end within its last day, and not before it.
    expect(await reasonsOf([line], [usage], seen(32))).toEqual({ 'reservation-idle': 5 });
    const more = [usage, usageOf({ slot: '2026-11-03T00:00:00Z' })];
    expect(await reasonsOf([line, { day: '2026-11-03' }], more, seen(32))).toEqual({
      'reservation-idle': 7.4,
      unexplained: -2.4,
    });
  });

  it('says so when queries ran on a reservation of which the bill has no line', async () => {
    const usage = usageOf({ reservationUsd: 2.2 });
    expect(await reasonsOf([{}], [usage])).toEqual({ unexplained: -2.2 });
  });

  it('takes lines without a workgroup for what the workgroups lack', async () => {
    const resource = ' ';
    expect(
      await reasonsOf([{ resource }], [usageOf({ bytes: TB / 2 }), usageOf({ bytes: TB / 2, workgroup: 'etl' })]),
    ).toEqual({});
    const mixed = [{ amount: 0.5 }, { amount: 0.5, resource }];
    expect(await reasonsOf(mixed, [usageOf({ bytes: TB / 2 }), usageOf({ bytes: TB / 2, workgroup: 'etl' })])).toEqual(
      {},
    );
  });

  it('does not let two faults cancel', async () => {
    const charges = [{ amount: 1.2 }, { amount: 0.8, resource: 'arn:aws:athena:eu-west-1:012345678901:workgroup/etl' }];
    const comparison = compareBill(
      await billOf({ 'b.csv': cur(charges) }),
      trackerOf([usageOf(), usageOf({ workgroup: 'etl' })]),
    );
    expect(comparison.billUsd - comparison.trackerUsd).toBeCloseTo(0);
    expect(unexplainedUsd(comparison)).toBeCloseTo(2);
  });
});

describe('the files of a bill', () => {
  it('may be many, packed, and copied: nothing is counted twice, nothing left out in silence', async () => {
    const [first, second] = [cur([{ id: 'a' }]), cur([{ id: 'b', amount: 2 }])];
    const bill = await billOf({
      'BILLING_PERIOD=2026-11/x-00001.csv.gz': gzipSync(first),
      'BILLING_PERIOD=2026-11/x-00002.csv': second,
      'BILLING_PERIOD=2026-11/copy of x.csv': second,
      'BILLING_PERIOD=2026-11/again.csv': cur([
        { id: 'b', amount: 2 },
        { id: 'c', amount: 4 },
      ]),
      'manifest.json': '{}',
      'sales.csv': 'name,total\nx,1\n',
    });
    expect(billTotals(bill.lines, 'USD').scan.terabytes).toBe(7);
    expect(bill.repeatedLines).toBe(1);
    expect(bill.notCounted).toEqual([
      { name: 'BILLING_PERIOD=2026-11/x-00002.csv', reason: 'the same bytes as BILLING_PERIOD=2026-11/copy of x.csv' },
      { name: 'manifest.json', reason: 'no CSV and no Parquet file' },
      { name: 'sales.csv', reason: 'its columns are none of a bill (name, total)' },
    ]);
  });

  it('may hold a month in several versions: one is counted, the others are told', async () => {
    const bill = await billOf({
      'r/20261101-20261201/aaa/x.csv': cur([{}]),
      'r/20261101-20261201/bbb/x.csv': cur([{ amount: 3 }]),
      'r/20261001-20261101/ccc/x.csv': cur([{ day: '2026-10-05' }]),
    });
    expect([bill.periods, bill.files.length]).toEqual([['2026-10', '2026-11'], 2]);
    expect(bill.notCounted).toHaveLength(1);
    expect(bill.notCounted[0]?.reason).toMatch(/^another version of the same month \(2026-11\): r.* is counted$/);
  });

  it('may hold a month in several versions in one folder: lines with other amounts count once, those of the newest file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aqt-bill-test-'));
    folders.push(folder);
    const write = async (name: string, charges: readonly Charge[], writtenAt: number) => {
      await writeFile(join(folder, name), cur(charges));
      await utimes(join(folder, name), writtenAt, writtenAt);
    };
    await write('a.csv', [{ id: 'x', amount: 2 }, { id: 'y' }], 2000);
    await write('b.csv', [{ id: 'x', amount: 3 }, { id: 'y' }, { id: 'z' }], 1000);
    const bill = await readBill(await findBillFiles(folder), 'day');
    expect([billTotals(bill.lines, 'USD').scan.terabytes, bill.repeatedLines]).toEqual([4, 2]);
    expect(bill.notCounted).toEqual([
      { name: 'b.csv', reason: '1 of its lines stand in a.csv with other amounts, which is newer and is counted' },
    ]);
  });

  it('takes the newest version of a month in a bucket, whatever its name', async () => {
    const store = createMemoryStore();
    const written = { 'p/bbb/x.csv': 1000, 'p/aaa/x.csv': 2000 };
    await store.write('p/bbb/x.csv', Buffer.from(cur([{ amount: 2 }])), 'any');
    await store.write('p/aaa/x.csv', Buffer.from(cur([{ amount: 3 }])), 'any');
    const dated = {
      ...store,
      async *list(prefix: string) {
        for await (const one of store.list(prefix))
          yield { ...one, modifiedAt: written[one.key as keyof typeof written] * 1000 };
      },
    };
    const files = await fetchBillFiles(dated);
    const bill = await readBill(files, 'day');
    await files.close();
    expect([billTotals(bill.lines, 'USD').scan.terabytes, bill.notCounted.map(({ name }) => name)]).toEqual([
      3,
      ['p/bbb/x.csv'],
    ]);
  });

  it('may be in two currencies: the other is told, and not compared', async () => {
    const bill = await billOf({ 'b.csv': cur([{}, { currency: 'CNY', region: 'cn-north-1', list: 34 }]) });
    const comparison = compareBill(bill, trackerOf([usageOf()]));
    expect([comparison.billUsd, comparison.otherCurrencies]).toEqual([5, { CNY: 34 }]);
  });

  it('name lines that cannot be read, and count the others', async () => {
    const text = cur([{}, { id: 'b' }, { id: 'c' }])
      .replace(/^(b,.*),5,5,USD/m, '$1,"5,25",5,USD')
      .replace(/^(c,.*),2026-11-02T00:00:00.000Z,/m, '$1,yesterday,');
    const bill = await billOf({ 'b.csv': text });
    expect([bill.unreadableLines, billTotals(bill.lines, 'USD').scan.terabytes]).toEqual([2, 2]);
    const told = whatIsNotCompared(bill, compareBill(bill, trackerOf([])));
    expect(told).toContainEqual(expect.stringMatching(/^not counted in full: 2 lines of Athena/));
  });

  it('are refused when none is a bill', async () => {
    await expect(billOf({ 'a.csv': 'x\n1\n' })).rejects.toThrow(/no file is a bill[\s\S]*a\.csv: its columns/);
  });

  it('hold other services, too: they are told and not compared', async () => {
    const bill = await billOf({ 'b.csv': cur([{}, { product: 'AmazonS3', usage: 'Requests', list: 0.5 }]) });
    expect([bill.otherServices, billTotals(bill.lines, 'USD').net]).toEqual([{ AmazonS3: 0.5 }, 5]);
  });
});

describe('the prices file that a bill suggests', () => {
  it('prices the reports as the bill does', async () => {
    const bill = await billOf({
      'b.csv': cur([
        { amount: 2, net: 9.5 },
        { region: 'eu-central-2', amount: 1, list: 5.6, net: 5.32 },
      ]),
    });
    const prices = parsePrices(pricesFileOf(bill.lines, { bytesPerTb: TB, periods: bill.periods }));
    expect(prices.bytesPerTb).toBe(TB);
    expect(prices.regions['eu-central-2']).toMatchObject([{ scan: 5.6, source: 'bill of 2026-11' }]);
    expect(prices.discounts).toMatchObject([{ percent: 5, on: 'scan', accountId: null }]);
    const settled = [usageOf({ bytes: 2 * TB, scanUsd: 9.5 }), usageOf({ region: 'eu-central-2', scanUsd: 5.32 })];
    expect(Object.values(compareBill(bill, trackerOf(settled)).reasons).every((usd) => Math.abs(usd) < 1e-9)).toBe(
      true,
    );
  });

  it('keeps the discounts of accounts apart', async () => {
    const bill = await billOf({ 'b.csv': cur([{ net: 4.75 }, { account: '222222222222' }]) });
    const prices = parsePrices(pricesFileOf(bill.lines, { bytesPerTb: null, periods: bill.periods }));
    expect(prices.discounts).toMatchObject([{ percent: 5, accountId: '012345678901' }]);
  });
});

const SHARED = new URL('../../../../shared/data/schemas/bills/', import.meta.url).pathname;

describe.skipIf(!existsSync(SHARED))('synthetic bills of one truth', () => {
  it.each(['cur-2.0.synthetic.csv', 'cur-legacy.synthetic.csv', 'focus-1.2.synthetic.csv'])('%s', async (name) => {
    const truth = JSON.parse(readFileSync(`${SHARED}truth.json`, 'utf8'));
    const bill = await readBill(await findBillFiles(`${SHARED}${name}`), 'day');
    const totals = billTotals(bill.lines, 'USD');
    const { scan, reservation, spark, credit_usd, refund_usd, tax_usd, invoice_effect_usd } = truth.athena;
    expect(totals.scan.terabytes).toBeCloseTo(scan.terabytes, 9);
    expect(totals.scan.list).toBeCloseTo(scan.list_usd, 9);
    expect(totals.scan.net - totals.scan.list).toBeCloseTo(scan.discount_usd, 9);
    expect(totals.reservation.dpuHours).toBe(reservation.dpu_hours);
    expect(totals.reservation.net).toBeCloseTo(reservation.list_usd + reservation.discount_usd, 9);
    expect(totals.spark.net).toBeCloseTo(spark.list_usd + spark.discount_usd, 9);
    expect([totals.credit, totals.refund, totals.tax]).toEqual([credit_usd, refund_usd, tax_usd]);
    expect(totals.net).toBeCloseTo(invoice_effect_usd, 9);
    for (const [place, sums] of Object.entries<{ net_usd: number; terabytes: number }>(scan.by_workgroup)) {
      const [account, region, group] = place.split('/');
      const mine = bill.lines.filter(
        (line) =>
          line.kind === 'scan' &&
          line.account === account &&
          line.region === region &&
          (line.workgroup ?? '(no resource id)') === group,
      );
      expect(mine.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(sums.terabytes, 9);
      expect(mine.reduce((sum, { net }) => sum + net, 0)).toBeCloseTo(sums.net_usd, 9);
    }
    for (const day of scan.by_workgroup_and_day) {
      const [line] = bill.lines.filter(
        ({ kind, account, region, workgroup, slot }) =>
          kind === 'scan' &&
          account === day.account_id &&
          region === day.region &&
          (workgroup ?? '(no resource id)') === day.workgroup &&
          slot.startsWith(day.date),
      );
      expect(line?.amount).toBeCloseTo(day.terabytes, 9);
      expect(line?.net).toBeCloseTo(day.net_usd, 9);
    }
    const { '': taxes = 0, ...others } = bill.otherServices;
    expect(others).toEqual(expect.objectContaining({ AWSGlue: 0.44, AmazonBedrock: 1.5 }));
    expect(taxes + (others.Tax ?? 0)).toBeCloseTo(truth.tax_without_product_usd, 9);
  });

  it('all three in one folder are one bill', async () => {
    const bill = await readBill(await findBillFiles(SHARED), 'day');
    expect(bill.files).toEqual(['cur-2.0.synthetic.csv']);
    expect(billTotals(bill.lines, 'USD').scan.terabytes).toBeCloseTo(6.35, 9);
  });
});
