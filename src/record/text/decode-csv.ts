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

/** All rows have one shape: a copy of it, filled, takes half the time of a row that grows name by name. */
const EMPTY: Readonly<Record<string, unknown>> = Object.fromEntries(COLUMNS.map(({ name }) => [name, null]));

function decodeLine(line: string, number: number): ReportRow {
  const row = { ...EMPTY };
  // Where the next backslash and the next quote stand: most fields hold neither, and are not searched for them.
  let backslash = indexOrEnd(line, line.indexOf('\\'));
  let quote = indexOrEnd(line, line.indexOf('"'));
  let position = 0;
  for (let i = 0; i < COLUMNS.length; i++) {
    const column = COLUMNS[i] as Column;
    if (position > line.length) throw new ReportFormatError(number, column.name, `the line ends after ${i} fields`);
    if (position === line.length || line.charCodeAt(position) === COMMA) {
      if (!column.nullable) throw emptyField(column, number);
      position++;
      continue;
    }
    let raw: string;
    if (position === quote) {
      const end = closingQuote(line, position + 1);
      if (end < 0) throw new ReportFormatError(number, column.name, 'the quoted field has no end');
      raw = line.slice(position + 1, end);
      if (raw.includes('"')) raw = raw.replaceAll('""', '"');
      position = end + 1;
      if (position < line.length && line.charCodeAt(position) !== COMMA) {
        throw new ReportFormatError(number, column.name, 'text follows the quoted field');
      }
      quote = indexOrEnd(line, line.indexOf('"', position));
    } else {
      const end = indexOrEnd(line, line.indexOf(',', position));
      if (quote < end) throw new ReportFormatError(number, column.name, 'a quote stands in an unquoted field');
      raw = line.slice(position, end);
      position = end;
    }
    const isEscaped = backslash < position;
    if (isEscaped) backslash = indexOrEnd(line, line.indexOf('\\', position));
    position++;
    const value = parseTyped(column, raw, isEscaped);
    if (value === undefined)
      throw new ReportFormatError(number, column.name, `not a ${column.type} as this program writes it`);
    row[column.name] = value;
  }
  if (position <= line.length)
    throw new ReportFormatError(number, null, `the line has more than ${COLUMNS.length} fields`);
  return row as unknown as ReportRow;
}

function indexOrEnd(line: string, index: number): number {
  return index < 0 ? line.length : index;
}

const QUOTE = 0x22;
const COMMA = 0x2c;

function closingQuote(line: string, from: number): number {
  let at = line.indexOf('"', from);
  while (at >= 0 && line.charCodeAt(at + 1) === QUOTE) at = line.indexOf('"', at + 2);
  return at;
}

function emptyField(column: Column, line: number): ReportFormatError {
  return new ReportFormatError(line, column.name, 'the field is empty, but this column is never null');
}

function parseTyped(column: Column, raw: string, isEscaped: boolean): unknown {
  switch (column.type) {
    case 'string':
      return isEscaped ? unescapeText(raw) : raw;
    case 'list': {
      const text = isEscaped ? unescapeText(raw) : raw;
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
/** What stands behind a backslash. */
const ESCAPED: readonly (readonly [string, string])[] = [
  ['n', '\n'],
  ['\\', '\\'],
  ['r', '\r'],
  ['u0000', '\u0000'],
  ['u0001', '\u0001'],
];

function unescapeText(text: string): string | undefined {
  let result = '';
  let from = 0;
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', from)) {
    const known = ESCAPED.find(([code]) => text.startsWith(code, at + 1));
    if (!known) return undefined;
    result += text.slice(from, at) + known[1];
    from = at + 1 + known[0].length;
  }
  return result + text.slice(from);
}
