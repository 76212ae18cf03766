import { expect, test } from 'vitest';
import { collect, exampleRow, streamOf } from '../row.fixture.js';
import { decodeCsv } from './decode-csv.js';
import { csvHeader, encodeCsvRow } from './encode-csv.js';

const LINE = encodeCsvRow(exampleRow());
const read = (text: string) => collect(decodeCsv(streamOf([text])));

test('a report without rows has a header and reads as nothing', async () => {
  expect(await read(csvHeader())).toEqual([]);
});

test('null and the empty string stay apart', async () => {
  const rows = [exampleRow({ team: null }), exampleRow({ team: '' })];
  expect(await read(csvHeader() + rows.map(encodeCsvRow).join(''))).toEqual(rows);
});

test.each([
  ['an empty file', '', /line 1: .*empty/],
  ['a file cut in a line', csvHeader() + LINE.slice(0, -10), /line 2: .*cut/],
  ['a file cut in its header', csvHeader().slice(0, 30), /line 1: .*cut/],
  ['a header with another name', csvHeader().replace('person,', 'human,'), /line 1, column person: .*"human"/],
  ['a header with a column too many', csvHeader().replace('\n', ',extra\n'), /line 1: .*1 columns too many/],
  ['a header with a column too few', csvHeader().replace(',schema_version', ''), /column schema_version: .*nothing/],
  ['Windows line ends', `${csvHeader()}${LINE.replace('\n', '\r\n')}`, /line 2, column schema_version: not a int/],
  ['a line with too few fields', `${csvHeader()}a,b\n`, /line 2, column person: the line ends after 2 fields/],
  ['a line with too many fields', csvHeader() + LINE.replace('\n', ',\n'), /line 2: .*more than/],
  ['an empty line', `${csvHeader()}${LINE}\n`, /line 3, column username: the line ends after 1/],
  ['an open quote', csvHeader() + LINE.replace('growth', '"growth'), /line 2, column (team|query|identity_evidence)/],
  ['text after a quoted field', csvHeader() + LINE.replace('growth', '"growth"x'), /column team: text follows/],
  ['a quote in an unquoted field', csvHeader() + LINE.replace('growth', 'gro"wth'), /column team: a quote stands/],
  ['an unknown escape', csvHeader() + LINE.replace('growth', 'gro\\wth'), /column team: not a string/],
  ['a backslash at the end', csvHeader() + LINE.replace('growth', 'growth\\'), /column team: not a string/],
  ['a wrong boolean', csvHeader() + LINE.replace(',false,', ',FALSE,'), /column result_reused: not a boolean/],
  ['a wrong number', csvHeader() + LINE.replace(',120,', ',1.2e2,'), /column queue_ms: not a bigint/],
  ['a wrong double', csvHeader() + LINE.replace(',0.00006,', ',6e-5,'), /column cost_usd: not a double/],
  ['a local time', csvHeader() + LINE.replace('03.421Z', '03.421'), /column start_time: not a timestamp/],
  ['a list that is no list', csvHeader() + LINE.replace(',[],', ',{},'), /column tables_written: not a list/],
  [
    'a null in a column that has none',
    csvHeader() + LINE.replace('us-east-1,123456789012', ',123456789012'),
    /column region: .*never null/,
  ],
])('%s is an error with its place', async (_, text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});

test('messages never show a value of the row', async () => {
  const text = csvHeader() + LINE.replace(',0.00006,', ',SECRET,');
  const failure: unknown = await read(text).catch((error: unknown) => error);
  expect(String(failure)).not.toContain('SECRET');
});
