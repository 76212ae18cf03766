import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COLUMNS, type ReportRow } from '../columns.js';
import { arbitraryRow, collect, exampleRow, streamOf } from '../row.fixture.js';
import { decodeCsv } from './decode-csv.js';
import { csvHeader, encodeCsvRow } from './encode-csv.js';

/** The text of one cell as it stands in the line, quotes included. */
function cellText(column: keyof ReportRow, value: unknown): string {
  const lineWith = (cell: unknown) => encodeCsvRow({ ...exampleRow(), [column]: cell });
  const [before = '', after = ''] = lineWith('CELL').split('CELL');
  const line = lineWith(value);
  expect(line.startsWith(before) && line.endsWith(after)).toBe(true);
  return line.slice(before.length, line.length - after.length);
}

describe('a cell of the CSV report', () => {
  test.each([
    ['null is the empty field', null, ''],
    ['the empty string is two quotes', '', '""'],
    ['plain text stands as it is', 'SELECT 1', 'SELECT 1'],
    ['leading and trailing space stays', ' x ', ' x '],
    ['a comma asks for quotes', 'a,b', '"a,b"'],
    ['a quote is doubled', 'say "x"', '"say ""x"""'],
    ['line breaks are written as two characters', 'a\nb\r\nc', 'a\\nb\\r\\nc'],
    ['a backslash is doubled', '\\n', '\\\\n'],
    ['NUL and SOH are written as escapes', '\u0000\u0001', '\\u0000\\u0001'],
    ['other breaks of Unicode stay', '\u000b\u0085\u2028', '\u000b\u0085\u2028'],
    ['a lone surrogate becomes U+FFFD', 'a\ud800b', 'a\ufffdb'],
    ['a pair of surrogates stays', '😀', '😀'],
    ['a formula is not touched', '=1+1', '=1+1'],
  ])('%s', (_, value, expected) => {
    expect(cellText('query', value)).toBe(expected);
  });
});

test.each<[string, Partial<ReportRow>, string]>([
  ['timestamps are ISO 8601 UTC with milliseconds', { end_time: 0 }, '1970-01-01T00:00:00.000Z'],
  ['lists are JSON text in the cell', { tables_written: ['a"b', 'c\\d\n'] }, '"[""a\\\\""b"",""c\\\\\\\\d\\\\n""]"'],
  ['a tiny double has no exponent', { cost_usd: 5e-7 }, '0.0000005'],
  ['a smaller one keeps all its digits', { cost_usd: 1.2345e-9 }, '0.0000000012345'],
  ['a huge double has no exponent', { cost_usd: 1.5e21 }, '1500000000000000000000'],
  ['negative doubles keep their sign', { cost_usd: -2e-7 }, '-0.0000002'],
  ['booleans are true and false', { result_reused: true }, 'true'],
])('%s', (_, fields, expected) => {
  const [name] = Object.keys(fields);
  const line = encodeCsvRow(exampleRow({ query: 'x', identity_evidence: [], ...fields }));
  const at = COLUMNS.findIndex((column) => column.name === name);
  const raw = line.trimEnd().match(/("([^"]|"")*"|[^,]*)(,|$)/g)?.[at];
  expect(raw?.replace(/,$/, '')).toBe(expected);
});

test('a number that has no exact text is refused, naming the column', () => {
  expect(() => encodeCsvRow(exampleRow({ billed_bytes: 2 ** 53 }))).toThrow(/billed_bytes.*9007199254740992/);
  expect(() => encodeCsvRow(exampleRow({ cost_usd: Number.NaN }))).toThrow(/cost_usd.*NaN/);
  expect(() => encodeCsvRow(exampleRow({ start_time: 1.5 }))).toThrow(/start_time.*1.5/);
});

test('the order of the keys in memory makes no difference', () => {
  const row = exampleRow();
  const turned = Object.fromEntries(Object.entries(row).reverse()) as unknown as ReportRow;
  expect(encodeCsvRow(turned)).toBe(encodeCsvRow(row));
});

test('any row is one line and comes back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryRow(), { maxLength: 5 }),
      fc.integer({ min: 1, max: 50 }),
      async (rows, size) => {
        const text = csvHeader() + rows.map(encodeCsvRow).join('');
        expect(text.split('\n')).toHaveLength(rows.length + 2);
        expect(text).not.toMatch(/\r/);
        const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
        expect(await collect(decodeCsv(streamOf(pieces)))).toEqual(rows);
      },
    ),
    { numRuns: 150 },
  );
});

test('an independent RFC 4180 reader sees the same fields', () => {
  fc.assert(
    fc.property(arbitraryRow(), (row) => {
      const [fields = []] = parse(encodeCsvRow(row), { relax_column_count: false }) as string[][];
      expect(fields).toHaveLength(COLUMNS.length);
      const query = fields[COLUMNS.findIndex((column) => column.name === 'query')] ?? '';
      const undone = query.replace(/\\(u000[01]|.)/g, (_, code: string) =>
        code === 'n' ? '\n' : code === 'r' ? '\r' : code === '\\' ? '\\' : String.fromCharCode(Number(code.at(-1))),
      );
      expect(undone).toBe(row.query ?? '');
    }),
  );
});
