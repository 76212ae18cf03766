import { COLUMNS, type ReportRow } from '../columns.js';
import { exactNumber, timestampText, wellFormed } from './cell-text.js';
import { inColumnOrder } from './row-cells.js';

/**
 * Encodes a row as one line of JSON with its line end (`\n`): keys in column order, nulls written, lists as arrays,
 * timestamps in ISO 8601 UTC with milliseconds. Lone surrogates become U+FFFD.
 * @throws RangeError naming the column of a number that has no exact text.
 */
export function encodeJsonRow(row: ReportRow): string {
  const document: Record<string, unknown> = { ...inColumnOrder(row) };
  for (const column of NUMBERS) {
    const cell = row[column.name] as number | null;
    if (cell === null) continue;
    const value = exactNumber(column, cell);
    if (column.type === 'timestamp') document[column.name] = timestampText(value);
  }
  const line = JSON.stringify(document);
  return `${LONE_SURROGATE.test(line) ? JSON.stringify(document, (_, value) => wellFormedValue(value)) : line}\n`;
}

const NUMBERS = COLUMNS.filter(({ type }) => type !== 'string' && type !== 'list' && type !== 'boolean');

/** How JSON.stringify writes a lone surrogate. Text that only looks like it costs a second pass, nothing else. */
const LONE_SURROGATE = /\\ud[89a-f]/;

function wellFormedValue(value: unknown): unknown {
  return typeof value === 'string' ? wellFormed(value) : value;
}
