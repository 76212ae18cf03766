import { Readable } from 'node:stream';

/** A row of a table, its cells by the names of the header. */
export interface CsvRow {
  readonly row: Readonly<Record<string, string>>;
  /** Line on which it ends, from 1. */
  readonly line: number;
}

/** Header cells under which tables and log searches keep events, or parts of them. */
const HEADERS =
  /^"?(?:event_?name|event_?version|event_?time|event_?source|event_?data|event_?id|user_?identity|cloud_?trail_?event|@?message|@timestamp|_raw|_time|line|event|detail|raw|content|body)"?$/i;

/** The sign between the cells when bytes begin with the header of a table that may hold events, else null. */
export function csvDelimiter(name: string, probe: Buffer): string | null {
  const text = probe.toString('utf8').replace(/^\uFEFF/, '');
  const header = text.split(/\r?\n/, 1)[0] ?? '';
  if (/^\s*[[{]/.test(header)) return null;
  for (const delimiter of [',', '\t', ';', '|']) {
    const cells = header.split(delimiter);
    if (cells.some((cell) => HEADERS.test(cell.trim()))) {
      if (cells.length > 1 || /\.csv(?:\.gz)?$/i.test(name)) return delimiter;
    }
  }
  return /\.csv(?:\.gz)?$/i.test(name) ? ',' : /\.tsv(?:\.gz)?$/i.test(name) ? '\t' : null;
}

/** Reads the rows of a table with a header. @throws Error naming the line when it is damaged; what `chunks` throws */
export async function* csvRows(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  { delimiter, maxRowBytes }: { readonly delimiter: string; readonly maxRowBytes: number },
): AsyncGenerator<CsvRow> {
  const { parse } = await import('csv-parse');
  const parser = parse({
    ...{ delimiter, bom: true, columns: true, info: true, relax_column_count: true, skip_empty_lines: true },
    max_record_size: maxRowBytes,
  });
  const source = Readable.from(chunks);
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  for await (const { record, info } of parser as AsyncIterable<{ record: CsvRow['row']; info: { lines: number } }>)
    yield { row: record, line: info.lines };
}
