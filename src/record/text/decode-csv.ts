import { COLUMNS, type Column, type ReportRow } from '../columns.js';
import { csvHeader } from './encode-csv.js';
import { parseInteger, parseStringList, parseTimestamp } from './parse-cell.js';
import { linesOf, ReportFormatError } from './text-lines.js';

/**
 * Reads the CSV that `encodeCsvRow` writes, undoing it exactly: null and the empty string stay apart. Streams; holds one
 * piece of text and one line.
 * @throws ReportFormatError naming line and column when anything differs from what the encoder writes.
 */
export async function* decodeCsv(text: AsyncIterable<string>): AsyncGenerator<ReportRow> {
  let headerRead = false;
  for await (const { first, lines } of linesOf(text)) {
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i] as string;
      if (headerRead) yield decodeLine(line, first + i);
      else {
        checkHeader(line);
        headerRead = true;
      }
    }
  }
  if (!headerRead) throw new ReportFormatError(1, null, 'the file is empty: not even a header');
}

function checkHeader(line: string): void {
  if (`${line}\n` === csvHeader()) return;
  const names = line.split(',');
  const at = COLUMNS.findIndex((column, i) => column.name !== names[i]);
  const expected = COLUMNS[at]?.name;
  if (expected === undefined)
    throw new ReportFormatError(1, null, `the header has ${names.length - COLUMNS.length} columns too many`);
  throw new ReportFormatError(
    1,
    expected,
    `the header says ${JSON.stringify(names[at]?.slice(0, 80) ?? 'nothing')} in place ${at + 1}`,
  );
}

function decodeLine(line: string, number: number): ReportRow {
  const row: Record<string, unknown> = {};
  let position = 0;
  for (let i = 0; i < COLUMNS.length; i++) {
    const column = COLUMNS[i] as Column;
    if (position > line.length) throw new ReportFormatError(number, column.name, `the line ends after ${i} fields`);
    let raw: string | null;
    if (line.charCodeAt(position) === QUOTE) {
      const end = closingQuote(line, position + 1);
      if (end < 0) throw new ReportFormatError(number, column.name, 'the quoted field has no end');
      raw = line.slice(position + 1, end).replaceAll('""', '"');
      position = end + 1;
      if (position < line.length && line.charCodeAt(position) !== COMMA) {
        throw new ReportFormatError(number, column.name, 'text follows the quoted field');
      }
    } else {
      const comma = line.indexOf(',', position);
      const end = comma < 0 ? line.length : comma;
      raw = end === position ? null : line.slice(position, end);
      if (raw?.includes('"')) throw new ReportFormatError(number, column.name, 'a quote stands in an unquoted field');
      position = end;
    }
    position += 1;
    row[column.name] = raw === null ? nullOf(column, number) : parseField(column, raw, number);
  }
  if (position <= line.length)
    throw new ReportFormatError(number, null, `the line has more than ${COLUMNS.length} fields`);
  return row as unknown as ReportRow;
}

const QUOTE = 0x22;
const COMMA = 0x2c;

function closingQuote(line: string, from: number): number {
  let at = line.indexOf('"', from);
  while (at >= 0 && line.charCodeAt(at + 1) === QUOTE) at = line.indexOf('"', at + 2);
  return at;
}

function nullOf(column: Column, line: number): null {
  if (column.nullable) return null;
  throw new ReportFormatError(line, column.name, 'the field is empty, but this column is never null');
}

function parseField(column: Column, raw: string, line: number): unknown {
  const value = parseTyped(column, raw);
  if (value === undefined)
    throw new ReportFormatError(line, column.name, `not a ${column.type} as this program writes it`);
  return value;
}

function parseTyped(column: Column, raw: string): unknown {
  switch (column.type) {
    case 'string':
      return unescapeText(raw);
    case 'list': {
      const text = unescapeText(raw);
      return text === undefined ? undefined : parseStringList(text);
    }
    case 'timestamp':
      return parseTimestamp(raw);
    case 'double':
      return PLAIN_DECIMAL.test(raw) ? Number(raw) : undefined;
    case 'bigint':
    case 'int':
      return parseInteger(raw);
    case 'boolean':
      return raw === 'true' ? true : raw === 'false' ? false : undefined;
  }
}

const PLAIN_DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const ESCAPE = /\\(u000[01]|[\s\S])?/g;
const UNESCAPED: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  '\\': '\\',
  u0000: '\u0000',
  u0001: '\u0001',
};

function unescapeText(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  let valid = true;
  const result = text.replace(ESCAPE, (_, code: string | undefined) => {
    const character = code === undefined ? undefined : UNESCAPED[code];
    if (character === undefined) valid = false;
    return character ?? '';
  });
  return valid ? result : undefined;
}
