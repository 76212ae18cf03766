import { COLUMNS, type Column, type ReportRow } from '../columns.js';
import { type Cell, doubleText, exactNumber, timestampText, wellFormed } from './cell-text.js';
import { cellsOf } from './row-cells.js';

/** The header line, with its line end. */
export function csvHeader(): string {
  return `${COLUMNS.map((column) => column.name).join(',')}\n`;
}

/**
 * Encodes a row as one line of RFC 4180 CSV, with its line end (`\n`).
 *
 * Null is the empty field, the empty string is `""`, a list is its JSON text. Athena's readers cannot take a line break
 * inside a field (aws-facts 7.1), so five characters inside a value are written as escapes: line feed `\n`, carriage
 * return `\r`, backslash `\\`, and U+0000 and U+0001 as `\u0000` and `\u0001`. U+0001 is thereby free to be the
 * `escapeChar` that OpenCSVSerde must have; U+0000 stops many other readers. Everything else, U+2028 and the other
 * breaks of Unicode included, stays as it is: no CSV reader ends a line there. Lone surrogates become U+FFFD.
 *
 * @throws RangeError naming the column of a number that has no exact text.
 */
export function encodeCsvRow(row: ReportRow): string {
  const cells = cellsOf(row);
  let line = '';
  for (let i = 0; i < COLUMNS.length; i++) {
    const cell = cells[i];
    if (i > 0) line += ',';
    if (typeof cell === 'string') line += field(cell);
    else if (cell !== null) line += cellText(COLUMNS[i] as Column, cell as Cell);
  }
  return `${line}\n`;
}

function cellText(column: Column, cell: Cell): string {
  switch (column.type) {
    case 'string':
      return field(cell as string);
    case 'list':
      return field(JSON.stringify((cell as readonly string[]).map(wellFormed)));
    case 'timestamp':
      return timestampText(exactNumber(column, cell as number));
    case 'double':
      return doubleText(exactNumber(column, cell as number));
    case 'bigint':
    case 'int':
      return String(exactNumber(column, cell as number));
    case 'boolean':
      return cell ? 'true' : 'false';
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: two of the characters that are escaped
const SPECIAL = /[",\n\r\\\u0000\u0001\ud800-\udfff]/;
/** The backslash first: the others bring new ones. */
const ESCAPES = [
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\u0000', '\\u0000'],
  ['\u0001', '\\u0001'],
] as const;

function field(value: string): string {
  if (value === '') return '""';
  if (!SPECIAL.test(value)) return value;
  let text = wellFormed(value);
  for (const [character, code] of ESCAPES) text = text.replaceAll(character, code);
  if (text.includes('"')) return `"${text.replaceAll('"', '""')}"`;
  return text.includes(',') ? `"${text}"` : text;
}
