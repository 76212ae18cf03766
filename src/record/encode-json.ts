import { type Cell, doubleText, integerText, timestampText, wellFormed } from './cell-text.js';
import { COLUMNS, type Column, type ReportRow } from './columns.js';

/**
 * Encodes a row as one line of JSON with its line end (`\n`): keys in column order, nulls written, lists as arrays,
 * timestamps in ISO 8601 UTC with milliseconds. Lone surrogates become U+FFFD.
 * @throws RangeError naming the column of a number that has no exact text.
 */
export function encodeJsonRow(row: ReportRow): string {
  let line = '';
  for (const { key, column, write } of WRITERS) {
    const cell = row[column.name];
    line += key;
    line += cell === null ? 'null' : write(cell, column);
  }
  return `${line}}\n`;
}

interface CellWriter {
  /** `{"name":` for the first column, `,"name":` for the others. */
  readonly key: string;
  readonly column: Column;
  readonly write: (cell: Cell, column: Column) => string;
}

const WRITERS: readonly CellWriter[] = COLUMNS.map((column, i) => ({
  key: `${i === 0 ? '{' : ','}"${column.name}":`,
  column,
  write: writerFor(column),
}));

function writerFor(column: Column): CellWriter['write'] {
  switch (column.type) {
    case 'string':
      return (cell) => JSON.stringify(wellFormed(cell as string));
    case 'list':
      return (cell) => JSON.stringify((cell as readonly string[]).map(wellFormed));
    case 'timestamp':
      return (cell) => `"${timestampText(column, cell as number)}"`;
    case 'double':
      return (cell) => doubleText(column, cell as number);
    case 'bigint':
    case 'int':
      return (cell) => integerText(column, cell as number);
    case 'boolean':
      return (cell) => (cell ? 'true' : 'false');
  }
}
