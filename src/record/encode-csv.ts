import { type Cell, doubleText, integerText, timestampText, wellFormed } from './cell-text.js';
import { COLUMNS, type Column, type ReportRow } from './columns.js';

/** The header line, with its line end. */
export function csvHeader(): string {
  return `${COLUMNS.map((column) => column.name).join(',')}\n`;
}

/**
 * Encodes a row as one line of RFC 4180 CSV, with its line end (`\n`).
 *
 * Null is the empty field, the empty string is `""`, a list is its JSON text. Athena's readers cannot take a line break
 * inside a field (fact sheet 7.1), so five characters inside a value are written as escapes: line feed `\n`, carriage
 * return `\r`, backslash `\\`, and U+0000 and U+0001 as `\u0000` and `\u0001`. U+0001 is thereby free to be the
 * `escapeChar` that OpenCSVSerde must have; U+0000 stops many other readers. Everything else, U+2028 and the other
 * breaks of Unicode included, stays as it is: no CSV reader ends a line there. Lone surrogates become U+FFFD.
 *
 * @throws RangeError naming the column of a number that has no exact text.
 */
export function encodeCsvRow(row: ReportRow): string {
  let line = '';
  for (let i = 0; i < WRITERS.length; i++) {
    const writer = WRITERS[i] as CellWriter;
    const cell = row[writer.column.name];
    if (i > 0) line += ',';
    if (cell !== null) line += writer.write(cell, writer.column);
  }
  return `${line}\n`;
}

interface CellWriter {
  readonly column: Column;
  readonly write: (cell: Cell, column: Column) => string;
}

const WRITERS: readonly CellWriter[] = COLUMNS.map((column) => ({ column, write: writerFor(column) }));

function writerFor(column: Column): CellWriter['write'] {
  switch (column.type) {
    case 'string':
      return (cell) => field(cell as string);
    case 'list':
      return (cell) => field(JSON.stringify((cell as readonly string[]).map(wellFormed)));
    case 'timestamp':
      return (cell) => timestampText(column, cell as number);
    case 'double':
      return (cell) => doubleText(column, cell as number);
    case 'bigint':
    case 'int':
      return (cell) => integerText(column, cell as number);
    case 'boolean':
      return (cell) => (cell ? 'true' : 'false');
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that are escaped
const SPECIAL = /[",\n\r\\\u0000\u0001\ud800-\udfff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that are escaped
const ESCAPED = /[\n\r\\\u0000\u0001]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that are escaped
const ESCAPED_ALL = /[\n\r\\\u0000\u0001]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\\': '\\\\',
  '\u0000': '\\u0000',
  '\u0001': '\\u0001',
};

function field(value: string): string {
  if (value === '') return '""';
  if (!SPECIAL.test(value)) return value;
  const text = wellFormed(value);
  const escaped = ESCAPED.test(text) ? text.replace(ESCAPED_ALL, (character) => ESCAPES[character] ?? '') : text;
  if (escaped.includes('"')) return `"${escaped.replaceAll('"', '""')}"`;
  return escaped.includes(',') ? `"${escaped}"` : escaped;
}
