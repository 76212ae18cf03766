import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COLUMNS, type ReportRow } from '../columns.js';
import { arbitraryRow, collect, exampleRow, streamOf } from '../row.fixture.js';
import { decodeJson } from './decode-json.js';
import { encodeJsonRow } from './encode-json.js';

test('a line holds every column in order, nulls written, lists as arrays, timestamps in ISO 8601', () => {
  const parsed = JSON.parse(encodeJsonRow(exampleRow())) as Record<string, unknown>;
  expect(Object.keys(parsed)).toEqual(COLUMNS.map((column) => column.name));
  expect(parsed).toMatchObject({
    query: exampleRow().query,
    app: null,
    tables_written: [],
    start_time: '2025-08-28T05:17:03.421Z',
    cost_usd: 0.00006,
    result_reused: false,
  });
});

test('a lone surrogate becomes U+FFFD, also in lists', () => {
  const line = encodeJsonRow(exampleRow({ query: 'a\udc00', tables_read: ['\ud800b'] }));
  expect(JSON.parse(line)).toMatchObject({ query: 'a\ufffd', tables_read: ['\ufffdb'] });
});

test('the order of the keys in memory makes no difference', () => {
  const row = exampleRow();
  const turned = Object.fromEntries(Object.entries(row).reverse()) as unknown as ReportRow;
  expect(encodeJsonRow(turned)).toBe(encodeJsonRow(row));
});

test('a number that has no exact text is refused, naming the column', () => {
  expect(() => encodeJsonRow(exampleRow({ billed_bytes: 2 ** 53 }))).toThrow(/billed_bytes.*9007199254740992/);
  expect(() => encodeJsonRow(exampleRow({ cost_usd: Number.POSITIVE_INFINITY }))).toThrow(/cost_usd.*Infinity/);
});

test('any row is one line and comes back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryRow(), { maxLength: 5 }),
      fc.integer({ min: 1, max: 50 }),
      async (rows, size) => {
        const text = rows.map(encodeJsonRow).join('');
        expect(text.split('\n')).toHaveLength(rows.length + 1);
        const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
        expect(await collect(decodeJson(streamOf(pieces)))).toEqual(rows);
      },
    ),
    { numRuns: 150 },
  );
});

const LINE = encodeJsonRow(exampleRow());
test.each([
  ['a line that is no JSON', `${LINE}{"query":\n`, /line 2: not a JSON object/],
  ['an array', '[]\n', /line 1: not a JSON object/],
  ['a cut file', LINE.slice(0, -1), /line 1: .*cut/],
  ['a missing key', LINE.replace('"team":"growth",', ''), /line 1, column team: the key is missing/],
  ['an unknown key', LINE.replace('{', '{"x":1,'), /line 1, column x: this column is not known/],
  ['a wrong type', LINE.replace('"queue_ms":120', '"queue_ms":"120"'), /column queue_ms: not a bigint/],
  [
    'a list of numbers',
    LINE.replace('"tables_written":[]', '"tables_written":[1]'),
    /column tables_written: not a list/,
  ],
  [
    'a null in a column that has none',
    LINE.replace('"region":"us-east-1"', '"region":null'),
    /column region: .*never null/,
  ],
])('%s is an error with its place', async (_, text, message) => {
  await expect(collect(decodeJson(streamOf([text])))).rejects.toThrow(message);
});
