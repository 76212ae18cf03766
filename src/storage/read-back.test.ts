/**
 * Reads the shipped reports as Athena does: by the rules of the SerDe that the table definition names, written here anew from
 * their documentation and published behaviour, and by the expressions of the shipped view.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COLUMNS, type Column, type ReportRow } from '../record/columns.js';
import { type GlueTableInput, glueTableInput } from '../record/glue-table.js';
import { createViewSql } from '../record/glue-view.js';
import type { ReportFormat } from '../record/manifest.js';
import { arbitraryRow, collect, exampleRow, streamOf } from '../record/row.fixture.js';
import { parquetSchema } from './parquet-schema.js';
import { encodeReport } from './report-codec.js';

const OPTIONS = { database: 'd', table: 't', view: 'v', location: 's3://b', years: { first: 2025, last: 2030 } };
const tableFor = (format: ReportFormat) => glueTableInput({ ...OPTIONS, format });
const textOf = async (format: ReportFormat, rows: readonly ReportRow[]) =>
  Buffer.concat(await collect(encodeReport(format, streamOf(rows)))).toString();

/** TextInputFormat: a line ends at LF, CR or CRLF, also inside quotes; the last may lack its end. */
function textInputLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** OpenCSVSerde: the state machine of opencsv 2.3, its treatment of stray quotes and escapes included. */
function openCsvFields(
  line: string,
  { separatorChar, quoteChar, escapeChar }: Readonly<Record<string, string>>,
): string[] {
  const fields: string[] = [];
  let field = '';
  let isInQuotes = false;
  let isInField = false;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    const next = line.charAt(at + 1);
    if (character === escapeChar) {
      if ((isInQuotes || isInField) && next !== '' && (next === quoteChar || next === escapeChar)) {
        field += next;
        at++;
      }
    } else if (character === quoteChar) {
      if ((isInQuotes || isInField) && next === quoteChar) {
        field += next;
        at++;
      } else {
        const isStray = at > 2 && line.charAt(at - 1) !== separatorChar && next !== '' && next !== separatorChar;
        if (isStray) field = field !== '' && /^\s*$/.test(field) ? '' : field + character;
        isInQuotes = !isInQuotes;
      }
      isInField = !isInField;
    } else if (character === separatorChar && !isInQuotes) {
      fields.push(field);
      field = '';
      isInField = false;
    } else {
      field += character;
      isInField = true;
    }
  }
  if (!isInQuotes) fields.push(field);
  return fields;
}

/** Evaluates an expression of the CSV view on the text of its column: NULLIF, regexp_replace, casts. */
function evaluate(expression: string, text: string): unknown {
  let value: string | null = expression.includes('NULLIF') && text === '' ? null : text;
  const replace =
    /regexp_replace\((?:"\w+"|NULLIF\("\w+", ''\)), '(.*?)', m -> CASE m\[1\] (.*) ELSE '(.*?)' END\)/.exec(expression);
  if (value !== null && replace) {
    const [, pattern = '', cases = '', otherwise = ''] = replace;
    const characters = new Map(
      [...cases.matchAll(/WHEN '(\w+)' THEN chr\((\d+)\)/g)].map(([, code, n]) => [code, Number(n)]),
    );
    value = value.replace(new RegExp(pattern, 'g'), (_, code: string) => {
      const found = characters.get(code);
      return found === undefined ? otherwise : String.fromCodePoint(found);
    });
  }
  if (value === null) return null;
  if (expression.startsWith('CAST(json_parse')) return JSON.parse(value);
  if (expression.startsWith('CAST(from_iso8601_timestamp')) return Date.parse(value);
  if (/AS (double|bigint|integer)\)/.test(expression)) return Number(value);
  if (/AS boolean\)/.test(expression)) return value === 'true';
  return value;
}

function readCsv(text: string): unknown[] {
  const { Parameters, StorageDescriptor } = tableFor('csv');
  const lines = textInputLines(text).slice(Number(Parameters['skip.header.line.count']));
  const sql = createViewSql({ ...OPTIONS, format: 'csv' }).split('\n');
  return lines.map((line) => {
    const fields = openCsvFields(line, StorageDescriptor.SerdeInfo.Parameters ?? {});
    expect(fields).toHaveLength(StorageDescriptor.Columns.length);
    return Object.fromEntries(
      StorageDescriptor.Columns.map(({ Name }, i) => {
        const expression = sql.find((part) => part.trimEnd().replace(/,$/, '').endsWith(` AS "${Name}"`)) ?? '';
        expect(expression).toContain(`"${Name}"`);
        return [Name, evaluate(expression.trim(), fields[i] ?? '')];
      }),
    );
  });
}

/** JsonSerDe: one document a line, columns by name, timestamps by the patterns of `timestamp.formats`, read as UTC. */
function readJson(text: string): unknown[] {
  const { Columns, SerdeInfo } = tableFor('json').StorageDescriptor;
  const pattern = timestampPattern(SerdeInfo.Parameters?.['timestamp.formats'] ?? '');
  return textInputLines(text).map((line) => {
    const document = JSON.parse(line) as Record<string, unknown>;
    return Object.fromEntries(
      Columns.map(({ Name, Type }) => {
        const value = document[Name];
        if (value === null || Type !== 'timestamp') return [Name, value];
        const { y, m, d, h, i, s, f } = pattern.exec(String(value))?.groups ?? {};
        return [Name, Date.UTC(Number(y), Number(m) - 1, Number(d), Number(h), Number(i), Number(s), Number(f))];
      }),
    );
  });
}

function timestampPattern(format: string): RegExp {
  const parts: Record<string, string> = {
    yyyy: '(?<y>\\d{4})',
    MM: '(?<m>\\d\\d)',
    dd: '(?<d>\\d\\d)',
    HH: '(?<h>\\d\\d)',
    mm: '(?<i>\\d\\d)',
    ss: '(?<s>\\d\\d)',
    SSS: '(?<f>\\d{3})',
  };
  return new RegExp(
    `^${format.replace(/'([^']*)'|\.|[a-zA-Z]+/g, (part, literal: string | undefined) => literal ?? parts[part] ?? '\\.')}$`,
  );
}

/** OpenCSVSerde reads an empty field and an empty text alike; the view makes both null where null is allowed. */
function withoutEmptyTexts(row: ReportRow): Record<string, unknown> {
  return Object.fromEntries(
    COLUMNS.map(({ name, nullable }) => [name, nullable && row[name] === '' ? null : row[name]]),
  );
}

const AWKWARD = [
  exampleRow({ query: 'a\r\nb\nc\rd' }),
  exampleRow({ query: '\\n \\\\n \\' }),
  exampleRow({ query: `"quoted", 'x', "", """` }),
  exampleRow({ query: '  "leading space' }),
  exampleRow({ query: 'é 😀 \u2028 \u0085 \u000b \ufeff' }),
  exampleRow({ query: '\u0000 \u0001" \u0001\u0001' }),
  exampleRow({ query: ',' }),
  exampleRow({ query: 'null', username: 'NULL', tables_read: null, tables_written: ['a","b', '\\', '\n', ''] }),
  exampleRow({ query_execution_id: null, query: null, end_time: null, cost_usd: null, mfa: null, total_ms: null }),
];

describe('Athena reads back', () => {
  test.each(AWKWARD.map((row, i) => [i, row] as const))('awkward row %i from CSV and from JSON', async (_, row) => {
    expect(readCsv(await textOf('csv', [row]))).toEqual([withoutEmptyTexts(row)]);
    expect(readJson(await textOf('json', [row]))).toEqual([row]);
  });

  test('any rows from CSV', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryRow(), { maxLength: 4 }), async (rows) => {
        expect(readCsv(await textOf('csv', rows))).toEqual(rows.map(withoutEmptyTexts));
      }),
      { numRuns: 30 },
    );
  });

  test('any rows from JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryRow(), { maxLength: 4 }), async (rows) => {
        expect(readJson(await textOf('json', rows))).toEqual(rows);
      }),
      { numRuns: 30 },
    );
  });

  test('the default escape character would not do: it turns \\n into n', () => {
    expect(openCsvFields('a\\nb,"c\\nd"', { separatorChar: ',', quoteChar: '"', escapeChar: '\\' })).toEqual([
      'anb',
      'cnd',
    ]);
  });

  test('Parquet by name, with physical types that fit the columns of the table', () => {
    const { Columns }: GlueTableInput['StorageDescriptor'] = tableFor('parquet').StorageDescriptor;
    const fitting: Readonly<Record<string, string>> = {
      string: 'BYTE_ARRAY',
      bigint: 'INT64',
      int: 'INT32',
      double: 'DOUBLE',
      boolean: 'BOOLEAN',
      timestamp: 'INT64',
      'array<string>': 'group',
    };
    const schema = new Map(parquetSchema().map(({ name, type }) => [name, type ?? 'group']));
    expect(Columns.map(({ Name }) => schema.get(Name))).toEqual(Columns.map(({ Type }) => fitting[Type]));
    expect(Columns.map(({ Name }) => Name)).toEqual(COLUMNS.map(({ name }: Column) => name));
  });
});
