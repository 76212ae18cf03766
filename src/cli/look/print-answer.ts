import stringWidth from 'string-width';
import { csvLine } from '../../analytics/cache/csv.js';
import type { Value } from '../../analytics/cache/duck.js';
import type { ConsoleResult } from '../../analytics/view/console.js';
import type { Io } from '../terminal/io.js';
import { formatTable, wrapped } from '../terminal/table.js';
import { visibleText } from '../terminal/visible-text.js';

/** Rows that a table shows; the other formats have no limit of their own. */
export const TABLE_ROWS = 1000;

/** An answer as it comes; the columns are the same in each part. */
export type Answer = AsyncGenerator<{
  readonly columns: ConsoleResult['columns'];
  readonly rows: readonly (readonly Value[])[];
}>;

/** Prints the first rows of an answer, and says when there are more. */
export function printTable(result: ConsoleResult, format: 'table' | 'vertical', io: Io): void {
  io.stdout(format === 'table' ? tableOf(result, io) : verticalOf(result, io));
  if (result.isTruncated) io.stderr(`the first ${TABLE_ROWS} rows; --format csv or json gives all\n`);
}

/** Reads as much of an answer as a table shows; the rest is not asked for. */
export async function firstRows(answer: Answer): Promise<ConsoleResult> {
  let columns: ConsoleResult['columns'] = [];
  const rows: (readonly Value[])[] = [];
  for await (const part of answer) {
    columns = part.columns;
    for (const row of part.rows) {
      if (rows.length === TABLE_ROWS) return { columns, rows, isTruncated: true };
      rows.push(row);
    }
  }
  return { columns, rows, isTruncated: false };
}

/** Prints every row of an answer. */
export async function printAll(answer: Answer, format: 'csv' | 'json' | 'ndjson', io: Io): Promise<void> {
  let count = 0;
  let hasHead = false;
  for await (const { columns, rows } of answer) {
    if (format === 'csv' && !hasHead) io.data(csvLine(columns.map(({ name }) => name)));
    hasHead = true;
    for (const row of rows) {
      if (format === 'csv') io.data(csvLine(row));
      else {
        const object = JSON.stringify(Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
        io.stdout(format === 'ndjson' ? `${object}\n` : `${count === 0 ? '[\n' : ',\n'}${object}`);
      }
      count += 1;
    }
  }
  if (format === 'json') io.stdout(count === 0 ? '[]\n' : '\n]\n');
}

const NUMERIC = /INT|DOUBLE|DECIMAL|FLOAT/;

/** A table; on a terminal that is too narrow for it, row by row. */
function tableOf(result: ConsoleResult, io: Io): string {
  const { columns, rows } = result;
  const table = formatTable({
    columns: columns.map(({ name, type }) => ({
      title: name,
      align: NUMERIC.test(type) && !type.endsWith(']') ? 'right' : 'left',
      ...(NUMERIC.test(type) ? {} : { cut: 'end' }),
    })),
    rows: rows.map((row) => row.map(cellText)),
    ...(io.isStdoutTty ? { width: io.columns } : {}),
  });
  const isTooWide = io.isStdoutTty && rows.length > 0 && stringWidth(table.split('\n')[0] ?? '') > io.columns;
  return isTooWide ? verticalOf(result, io) : table;
}

/** A line for each column, a paragraph for each row: nothing is cut, and a terminal breaks long texts between words. */
function verticalOf({ columns, rows }: ConsoleResult, io: Io): string {
  const names = columns.map(({ name }) => visibleText(name));
  const width = Math.max(...names.map((name) => stringWidth(name)), 0);
  const paragraphs = rows.map((row) =>
    row.map((value, index) => {
      const name = names[index] ?? '';
      const text = visibleText(cellText(value));
      const lines = io.isStdoutTty ? wrapped(text, io.columns - width - 2) : [text];
      return `${name}${' '.repeat(width - stringWidth(name))}  ${lines.join(`\n${' '.repeat(width + 2)}`)}`.trimEnd();
    }),
  );
  return paragraphs.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

function cellText(value: ConsoleResult['rows'][number][number]): string {
  if (value === null) return '';
  return typeof value === 'object' ? value.map((part) => cellText(part)).join(', ') : String(value);
}
