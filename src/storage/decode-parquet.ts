import { crc32 } from 'node:zlib';
import { type AsyncBuffer, type FileMetaData, parquetMetadata, parquetRead, type RowGroup } from 'hyparquet';
import { COLUMNS, type Column, type ReportRow } from '../record/columns.js';
import { ReportFormatError } from '../record/text/text-lines.js';
import { GROUP_ROWS } from './encode-parquet.js';
import { PAGES_CHECKSUM, parquetSchema } from './parquet-schema.js';
import { loadZstd, type Zstd } from './zstd.js';

/**
 * Reads the rows of a Parquet report, a row group at a time. Holds the compressed file and one row group.
 * @throws ReportFormatError when the bytes are not what `encodeParquet` writes: a checksum finds every changed page.
 */
export async function* decodeParquet(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ReportRow> {
  const zstd = await loadZstd();
  const buffer = await joinBytes(bytes);
  const file: AsyncBuffer = { byteLength: buffer.byteLength, slice: (start, end) => buffer.slice(start, end) };
  const metadata = readMetadata(buffer);
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    for (const cells of await readGroup({ file, metadata, rowStart, rowEnd }, zstd)) yield toRow(cells);
    rowStart = rowEnd;
  }
}

async function joinBytes(bytes: AsyncIterable<Uint8Array>): Promise<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    pieces.push(piece);
    length += piece.length;
  }
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined.buffer;
}

/** Parses the footer and checks it against the file: the library trusts what it says, to the point of running out of memory. */
function readMetadata(buffer: ArrayBuffer): FileMetaData {
  try {
    const metadata = parquetMetadata(buffer);
    checkFooter(metadata, buffer);
    return metadata;
  } catch (error) {
    throw damaged(1, error);
  }
}

function checkFooter({ schema, row_groups, key_value_metadata }: FileMetaData, buffer: ArrayBuffer): void {
  const expected = parquetSchema();
  for (const [i, element] of expected.entries()) {
    const found = schema[i];
    if (ELEMENT_KEYS.some((key) => found?.[key] !== element[key])) throw new Error(`${element.name} has another type`);
  }
  if (schema.length !== expected.length) throw new Error('the schema has columns that are not known');
  let end = 4;
  for (const group of row_groups) end = checkGroup(group, end);
  if (end > buffer.byteLength) throw new Error('pages are missing');
  const checksum = key_value_metadata?.find(({ key }) => key === PAGES_CHECKSUM)?.value;
  if (row_groups.length > 0 && checksum !== String(crc32(new Uint8Array(buffer, 0, end)))) {
    throw new Error('the checksum of the pages differs');
  }
}

const ELEMENT_KEYS = ['name', 'type', 'repetition_type', 'converted_type', 'num_children'] as const;

/** Checks that the columns of a group lie one behind the other; returns where they end. */
function checkGroup({ columns, num_rows }: RowGroup, start: number): number {
  if (!(num_rows > 0 && num_rows <= GROUP_ROWS)) throw new Error(`a row group of ${num_rows} rows`);
  if (columns.length !== COLUMNS.length) throw new Error(`a row group of ${columns.length} columns`);
  let at = start;
  for (const [i, { name, type }] of COLUMNS.entries()) {
    const chunk = columns[i]?.meta_data;
    const path = type === 'list' ? `${name}.list.element` : name;
    if (chunk?.path_in_schema.join('.') !== path) throw new Error(`the column ${name} is not in its place`);
    const first = chunk.dictionary_page_offset ?? chunk.data_page_offset;
    if (chunk.codec !== 'ZSTD' || Number(first) !== at) throw new Error(`the pages of ${name} are not in their place`);
    at += Number(chunk.total_compressed_size);
  }
  return at;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

interface GroupPlace {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly rowStart: number;
  readonly rowEnd: number;
}

async function readGroup(place: GroupPlace, zstd: Zstd): Promise<unknown[][]> {
  let rows: unknown[][] = [];
  try {
    await parquetRead({
      ...place,
      rowFormat: 'array',
      compressors: { ZSTD: zstd.decompress },
      // a byte order mark is a character of the text like any other
      parsers: { timestampFromMilliseconds: Number, stringFromBytes: (bytes) => UTF8.decode(bytes) },
      onComplete: (read) => {
        rows = read;
      },
    });
  } catch (error) {
    throw damaged(place.rowStart + 1, error);
  }
  if (rows.length !== place.rowEnd - place.rowStart) {
    throw new ReportFormatError(
      place.rowStart + 1,
      null,
      `${rows.length} rows instead of ${place.rowEnd - place.rowStart}`,
    );
  }
  return rows;
}

function damaged(row: number, error: unknown): ReportFormatError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ReportFormatError(row, null, `here or soon after, the file is damaged: ${reason}`);
}

function toRow(cells: readonly unknown[]): ReportRow {
  const row: Record<string, unknown> = {};
  for (let i = 0; i < COLUMNS.length; i++) {
    const cell = cells[i];
    row[(COLUMNS[i] as Column).name] = typeof cell === 'bigint' ? Number(cell) : (cell ?? null);
  }
  return row as unknown as ReportRow;
}
