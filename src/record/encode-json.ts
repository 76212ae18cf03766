import { doubleText, integerText, timestampText, wellFormed } from './cell-text.js';
import { COLUMNS, type ReportRow } from './columns.js';
import { inColumnOrder } from './row-cells.js';

/**
 * Encodes a row as one line of JSON with its line end (`\n`): keys in column order, nulls written, lists as arrays,
 * timestamps in ISO 8601 UTC with milliseconds. Lone surrogates become U+FFFD.
 * @throws RangeError naming the column of a number that has no exact text.
 */
export function encodeJsonRow(row: ReportRow): string {
  const document: Record<string, unknown> = { ...inColumnOrder(row) };
  for (const { column, write } of NUMBERS) {
    const value = row[column.name] as number | null;
    if (value === null) continue;
    const text = write(column, value);
    if (column.type === 'timestamp') document[column.name] = text;
  }
  const line = JSON.stringify(document);
  return `${LONE_SURROGATE.test(line) ? JSON.stringify(document, (_, value) => wellFormedValue(value)) : line}\n`;
}

/** The columns whose value must be checked, or rewritten. */
const NUMBERS = COLUMNS.flatMap((column) => {
  switch (column.type) {
    case 'timestamp':
      return [{ column, write: timestampText }];
    case 'double':
      return [{ column, write: doubleText }];
    case 'bigint':
    case 'int':
      return [{ column, write: integerText }];
    default:
      return [];
  }
});

/** How JSON.stringify writes a lone surrogate. Text that only looks like it costs a second pass, nothing else. */
const LONE_SURROGATE = /\\ud[89a-f]/;

function wellFormedValue(value: unknown): unknown {
  return typeof value === 'string' ? wellFormed(value) : value;
}
