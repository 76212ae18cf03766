import { Readable } from 'node:stream';

/** A row of a table, its cells by the names of the header. */
export interface CsvRow {
  readonly row: Readonly<Record<string, string>>;
  /** Line on which it ends, from 1. */
  readonly line: number;
}

/** Columns of a table of events: a row of two of them is a header, wherever it stands. */
const EVENT_COLUMN = /^(?:event_?(?:name|time|source|id|version)|user_?identity|cloud_?trail_?event)$/i;

/**
 * Reads the rows of a table. A title may stand above its header, another header between its rows, and a table may have none: then,
 * and where a row is longer than its header, cells are named by their place (`#3`).
 * @throws Error naming the line when it is damaged; what `chunks` throws
 */
export async function* csvRows(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  { delimiter, maxRowBytes }: { readonly delimiter: string; readonly maxRowBytes: number },
): AsyncGenerator<CsvRow> {
  const { parse } = await import('csv-parse');
  const parser = parse({
    ...{ delimiter, bom: true, info: true, relax_column_count: true, skip_empty_lines: true },
    max_record_size: maxRowBytes,
  });
  const source = Readable.from(chunks);
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let header: readonly string[] | null = null;
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    const isHeader = header === null ? !isData(record) : record.filter((cell) => EVENT_COLUMN.test(cell)).length > 1;
    if (isHeader) header = record;
    else yield { row: named(record, header ?? []), line: info.lines };
  }
}

/** A name has no bracket: an event does. */
function isData(cells: readonly string[]): boolean {
  return cells.some((cell) => /[{[]/.test(cell));
}

function named(cells: readonly string[], header: readonly string[]): Record<string, string> {
  const row: Record<string, string> = {};
  for (const [at, cell] of cells.entries()) {
    const name = header[at] ?? '';
    row[name === '' || name in row ? `${name}#${at + 1}` : name] = cell;
  }
  return row;
}
