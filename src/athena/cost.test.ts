import { describe, expect, test } from 'vitest';
import { type CostInput, costOf } from './cost.js';
import { BINARY_TB, LIST_PRICES } from './prices.js';
import { parsePrices } from './prices-file.js';

const MB = 2 ** 20;
const BASE: CostInput = {
  state: 'SUCCEEDED',
  statementType: 'DML',
  substatementType: 'SELECT',
  sqlKind: 'SELECT',
  dataScannedBytes: BINARY_TB,
  resultReused: false,
  dpuCount: null,
  assignedTo: null,
  executionMs: 3_600_000,
  region: 'us-east-1',
  accountId: '111122223333',
  at: Date.UTC(2026, 10, 2),
};

type Row = [
  rule: string,
  input: Partial<CostInput>,
  usd: number | null,
  billedBytes: number | null,
  basis: string | null,
];

const ROWS: Row[] = [
  ['a scan costs the price of its TB', {}, 5, BINARY_TB, 'scan:us-east-1:5'],
  ['the price is that of the Region', { region: 'sa-east-1' }, 9, BINARY_TB, 'scan:sa-east-1:9'],
  ['a small scan costs 10 MB', { dataScannedBytes: 1 }, 0.0000476837158203125, 10 * MB, 'scan:us-east-1:5'],
  ['a scan of nothing costs 10 MB', { dataScannedBytes: 0 }, 0.0000476837158203125, 10 * MB, 'scan:us-east-1:5'],
  ['10 MB are 10 MB', { dataScannedBytes: 10 * MB }, 0.0000476837158203125, 10 * MB, 'scan:us-east-1:5'],
  [
    'a byte more is rounded up to the next MB',
    { dataScannedBytes: 10 * MB + 1 },
    0.00005245208740234375,
    11 * MB,
    'scan:us-east-1:5',
  ],
  [
    'a cancelled query is billed for what it scanned',
    { state: 'CANCELLED', dataScannedBytes: 200 * MB },
    0.00095367431640625,
    200 * MB,
    'scan:us-east-1:5',
  ],
  [
    'a cancelled query has the minimum too',
    { state: 'CANCELLED', dataScannedBytes: 5 },
    0.0000476837158203125,
    10 * MB,
    'scan:us-east-1:5',
  ],
  ['cancelled in the queue is free', { state: 'CANCELLED', dataScannedBytes: 0 }, 0, 0, 'cancelled-unscanned'],
  ['no DPU is what Athena did not say', { dpuCount: 0 }, 5, BINARY_TB, 'scan:us-east-1:5'],
  ['a new type has no price', { statementType: 'STREAM', substatementType: null }, null, null, 'unknown-statement'],
  [
    'nothing scanned by a statement of which nothing is known has none',
    { statementType: null, substatementType: null, sqlKind: null, dataScannedBytes: 0 },
    null,
    null,
    'unknown-statement',
  ],
  ['a failed query is free', { state: 'FAILED' }, 0, 0, 'failed'],
  ['a refused start is free', { state: 'REFUSED', dataScannedBytes: null }, 0, 0, 'refused'],
  ['a running query has no cost yet', { state: 'RUNNING' }, null, null, null],
  ['an unknown state has no cost', { state: 'UNKNOWN' }, null, null, null],
  ['a reused result is free', { resultReused: true, dataScannedBytes: 0 }, 0, 0, 'reused'],
  ['a reservation pays by DPU and time', { dpuCount: 8 }, 2.4, 0, 'reservation:us-east-1:0.3'],
  ['a failed query has used the reservation', { dpuCount: 8, state: 'FAILED' }, 2.4, 0, 'reservation:us-east-1:0.3'],
  [
    'a DPU-hour without a price is unknown',
    { dpuCount: 8, region: 'eu-west-1' },
    null,
    0,
    'unknown-reservation:eu-west-1',
  ],
  [
    'a query of an assigned workgroup without DPUs is not priced by scan',
    { assignedTo: 'nightly' },
    ...([null, 0, 'unknown-reservation-dpus:us-east-1'] as const),
  ],
  [
    'nor where its bytes are not known',
    { assignedTo: 'nightly', dataScannedBytes: null },
    ...([null, 0, 'unknown-reservation-dpus:us-east-1'] as const),
  ],
  ['DPUs say more than the assignment', { assignedTo: 'nightly', dpuCount: 8 }, 2.4, 0, 'reservation:us-east-1:0.3'],
  ['what is free stays free there', { assignedTo: 'nightly', substatementType: 'DROP_TABLE' }, 0, 0, 'ddl'],
  ['a running query is not finished there, too', { assignedTo: 'nightly', state: 'RUNNING' }, null, null, null],
  ['a reused result uses no reservation', { dpuCount: 8, resultReused: true }, 0, 0, 'reused'],
  ['EXPLAIN is free', { substatementType: 'EXPLAIN', sqlKind: 'EXPLAIN', dataScannedBytes: 0 }, 0, 0, 'explain'],
  [
    'EXPLAIN ANALYZE is billed',
    { substatementType: 'EXPLAIN', sqlKind: 'EXPLAIN_ANALYZE' },
    5,
    BINARY_TB,
    'scan:us-east-1:5',
  ],
  [
    'EXPLAIN that scanned was EXPLAIN ANALYZE',
    { substatementType: 'EXPLAIN', sqlKind: null },
    5,
    BINARY_TB,
    'scan:us-east-1:5',
  ],
  [
    'DDL is free',
    { statementType: 'DDL', substatementType: 'CREATE_TABLE', sqlKind: null, dataScannedBytes: 0 },
    0,
    0,
    'ddl',
  ],
  [
    'partition management is free',
    { statementType: 'DDL', substatementType: null, sqlKind: 'MSCK_REPAIR_TABLE', dataScannedBytes: null },
    0,
    0,
    'ddl',
  ],
  [
    'DDL that only StatementType tells is free',
    { statementType: 'DDL', substatementType: null, sqlKind: null, dataScannedBytes: 0 },
    0,
    0,
    'ddl',
  ],
  [
    'CTAS is billed though it is called DDL',
    { statementType: 'DDL', substatementType: 'CREATE_TABLE_AS_SELECT' },
    5,
    BINARY_TB,
    'scan:us-east-1:5',
  ],
  [
    'CTAS is billed though it is called CREATE_TABLE',
    { substatementType: 'CREATE_TABLE', sqlKind: 'CREATE_TABLE_AS_SELECT' },
    5,
    BINARY_TB,
    'scan:us-east-1:5',
  ],
  [
    'unknown DDL that scanned is billed',
    { statementType: 'DDL', substatementType: null, sqlKind: null },
    5,
    BINARY_TB,
    'scan:us-east-1:5',
  ],
  ['INSERT is billed', { substatementType: 'INSERT', sqlKind: 'INSERT' }, 5, BINARY_TB, 'scan:us-east-1:5'],
  ['OPTIMIZE is billed', { substatementType: 'OPTIMIZE', sqlKind: 'OPTIMIZE' }, 5, BINARY_TB, 'scan:us-east-1:5'],
  [
    'SHOW is free',
    { statementType: 'UTILITY', substatementType: 'SHOW_TABLES', sqlKind: 'SHOW', dataScannedBytes: 0 },
    0,
    0,
    'utility',
  ],
  ['an unknown Region has bytes and no price', { region: 'xx-new-1' }, null, BINARY_TB, 'unknown-region:xx-new-1'],
  [
    'China is billed in another currency',
    { region: 'cn-northwest-1' },
    null,
    BINARY_TB,
    'unknown-currency:cn-northwest-1',
  ],
  ['no Region is called constructor', { region: 'constructor' }, null, BINARY_TB, 'unknown-region:constructor'],
  ['unknown bytes have no cost', { dataScannedBytes: null }, null, null, 'unknown-bytes'],
  ['failed wins over unknown bytes', { state: 'FAILED', dataScannedBytes: null }, 0, 0, 'failed'],
];

/** Kinds of the text beside the words that Athena has for them, as seen on the real service in September 2026. */
const ATHENAS_WORDS: [kind: string, statementType: string, substatementType: string, bytes: number, basis: string][] = [
  ['OPTIMIZE', 'DDL', 'CREATE_TABLE_AS_SELECT', MB, 'scan:us-east-1:5'],
  ['CREATE_TABLE_AS_SELECT', 'DDL', 'CREATE_TABLE_AS_SELECT', MB, 'scan:us-east-1:5'],
  ['MERGE', 'DML', 'MERGE', MB, 'scan:us-east-1:5'],
  ['EXPLAIN_ANALYZE', 'DML', 'EXPLAIN', MB, 'scan:us-east-1:5'],
  ['EXPLAIN', 'DML', 'EXPLAIN', 0, 'explain'],
  ['VACUUM', 'DML', 'VACUUM_TABLE', 0, 'utility'],
  ['DESCRIBE', 'UTILITY', 'DESC_VIEW', 0, 'utility'],
  ['SHOW', 'UTILITY', 'SHOW_TABLE_PROPERTIES', 0, 'utility'],
  ['MSCK_REPAIR_TABLE', 'DDL', 'MSCK_REPAIR', 0, 'ddl'],
  ['ALTER_TABLE', 'DDL', 'ALTER_TABLE_REPLACE_COLUMN', 0, 'ddl'],
  ['DROP_DATABASE', 'DDL', 'DROP_DATABASE', 0, 'ddl'],
];

describe('costOf', () => {
  test.each(ROWS)('%s', (_, input, costUsd, billedBytes, basis) => {
    expect(costOf({ ...BASE, ...input }, LIST_PRICES)).toMatchObject({ costUsd, billedBytes, basis });
  });

  test.each(ATHENAS_WORDS)('prices %s alike by its text and as %s %s', (sqlKind, ...words) => {
    const [statementType, substatementType, dataScannedBytes, basis] = words;
    const input = { ...BASE, sqlKind, dataScannedBytes };
    expect(costOf({ ...input, statementType, substatementType }, LIST_PRICES).basis).toBe(basis);
    expect(costOf({ ...input, statementType: null, substatementType: null }, LIST_PRICES).basis).toBe(basis);
  });

  test('keeps the arithmetic for display', () => {
    expect(costOf({ ...BASE, dataScannedBytes: 2_000_000 }, LIST_PRICES).steps).toEqual([
      '2000000 bytes scanned, rounded up to 2 MB of 1048576 bytes',
      'billed for the minimum of 10 MB',
      '10 MB × 1048576 = 10485760 bytes billed',
      '10485760 bytes × 5 USD per TB in us-east-1 ÷ 1099511627776 bytes per TB = 0.0000476837158203125 USD',
      'price: Amazon Athena list price, read 2026-03-22',
    ]);
    expect(costOf({ ...BASE, region: 'mars-1' }, LIST_PRICES).steps.at(-1)).toBe(
      'no price is known for Region mars-1 on 2026-11-02; add it to a prices file',
    );
  });

  const FILE = `
tb: decimal
usd_per: { CNY: 0.14 }
regions:
  us-east-1: { scan: 4, source: contract }
  eu-central-2: [ { from: 2026-11-02, scan: 5.6, reservation: 0.4 }, { scan: 5.4 } ]
discounts:
  - { percent: 5, from: 2026-01-01, to: 2026-12-31 }
  - { percent: 10, on: scan, region: eu-west-3, account: "111122223333" }
`;

  test.each([
    ['a price of one Region', { region: 'us-east-1' }, 'scan:us-east-1:3.8', 3.8],
    ['and leaves the others as listed', { region: 'us-west-1' }, 'scan:us-west-1:6.4125', 6.4125],
    ['the price of the day', { region: 'eu-central-2' }, 'scan:eu-central-2:5.32', 5.32],
    [
      'and of the day before',
      { region: 'eu-central-2', at: Date.UTC(2026, 10, 2) - 1 },
      'scan:eu-central-2:5.13',
      5.13,
    ],
    ['discounts while they last', { region: 'us-east-1', at: Date.UTC(2027, 0, 1) }, 'scan:us-east-1:4', 4],
    ['discounts one after the other', { region: 'eu-west-3' }, 'scan:eu-west-3:5.985', 5.985],
    ['discounts of the account', { region: 'eu-west-3', accountId: '444455556666' }, 'scan:eu-west-3:6.65', 6.65],
    ['rates of other currencies', { region: 'cn-northwest-1' }, 'scan:cn-northwest-1:4.56722', 4.56722],
    ['prices of reservations', { region: 'eu-central-2', dpuCount: 2 }, 'reservation:eu-central-2:0.38', 0.76],
  ])('takes from a prices file %s', (_, input, basis, costUsd) => {
    const cost = costOf({ ...BASE, dataScannedBytes: 10 ** 12, ...input }, parsePrices(FILE));
    expect(cost).toMatchObject({ basis, costUsd: expect.closeTo(costUsd, 9) });
  });

  test('shows what makes a price', () => {
    expect(costOf({ ...BASE, region: 'cn-northwest-1' }, parsePrices(FILE)).steps).toContain(
      '34.34 CNY less 5% = 32.623 CNY',
    );
  });
});
