import { COLUMNS, type Column, type ReportRow } from '../columns.js';
import { parseTimestamp, stringList } from './parse-cell.js';
import { linesOf, ReportFormatError } from './text-lines.js';

/**
 * Reads the JSON lines that `encodeJsonRow` writes. Streams; holds one piece of text and one line.
 * @throws ReportFormatError naming line and column when a line is no JSON object with exactly the columns and their types.
 */
export async function* decodeJson(text: AsyncIterable<string>): AsyncGenerator<ReportRow> {
  for await (const { first, lines } of linesOf(text)) {
    for (let i = 0; i < lines.length; i++) yield decodeLine(lines[i] as string, first + i);
  }
}

function decodeLine(line: string, number: number): ReportRow {
  const parsed = parseObject(line);
  if (parsed === undefined) throw new ReportFormatError(number, null, 'not a JSON object');
  const row: Record<string, unknown> = {};
  for (const column of COLUMNS) {
    const value = parsed[column.name];
    if (value === undefined) throw new ReportFormatError(number, column.name, 'the key is missing');
    row[column.name] = value === null ? nullOf(column, number) : parseValue(column, value, number);
  }
  if (Object.keys(parsed).length > COLUMNS.length) {
    const unknown = Object.keys(parsed).find((key) => !(key in row)) ?? '';
    throw new ReportFormatError(number, unknown.slice(0, 80), 'this column is not known');
  }
  return row as unknown as ReportRow;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined; // not JSON: the caller names the line
  }
}

function nullOf(column: Column, line: number): null {
  if (column.nullable) return null;
  throw new ReportFormatError(line, column.name, 'the value is null, but this column is never null');
}

function parseValue(column: Column, value: unknown, line: number): unknown {
  const parsed = parseTyped(column, value);
  if (parsed === undefined) throw new ReportFormatError(line, column.name, `not a ${column.type}`);
  return parsed;
}

function parseTyped(column: Column, value: unknown): unknown {
  switch (column.type) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'list':
      return stringList(value);
    case 'timestamp':
      return typeof value === 'string' ? parseTimestamp(value) : undefined;
    case 'double':
      return typeof value === 'number' ? value : undefined;
    case 'bigint':
    case 'int':
      return Number.isSafeInteger(value) ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
  }
}
