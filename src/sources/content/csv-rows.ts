import { Readable } from 'node:stream';

/** A row of a table, its cells by the names of the header. */
export interface CsvRow {
  readonly row: Readonly<Record<string, string>>;
  /** Line on which it ends, from 1. */
  readonly line: number;
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
