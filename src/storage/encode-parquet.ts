import { crc32 } from 'node:zlib';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { COLUMNS, type Column, type ReportRow } from '../record/columns.js';
import { type Cell, exactNumber } from '../record/text/cell-text.js';
import { PAGES_CHECKSUM, parquetSchema } from './parquet-schema.js';
import { loadZstd } from './zstd.js';

/**
 * Encodes rows as Parquet, a row group at a time: at most 10,000 rows or 16 Mi characters are held. Pages are compressed
 * with one WebAssembly build of zstd, so the same rows give the same bytes on any machine and version of Node.
 * @throws RangeError naming the column of a number that has no exact value.
 */
export async function* encodeParquet(rows: AsyncIterable<ReportRow>): AsyncGenerator<Uint8Array> {
  const zstd = await loadZstd();
  const writer = new ByteWriter(64 * 1024);
  const parquet = new ParquetWriter({
    writer,
    schema: parquetSchema(),
    codec: 'ZSTD',
    compressors: { ZSTD: zstd.compress },
    createdBy: 'athena-query-tracker version 1',
  });
  let checksum = 0;
  for await (const group of groupsOf(rows)) {
    writeGroup(parquet, group);
    const bytes = takeBytes(writer);
    checksum = crc32(bytes, checksum);
    yield bytes;
  }
  parquet.kvMetadata = [{ key: PAGES_CHECKSUM, value: String(checksum) }];
  parquet.finish();
  yield takeBytes(writer);
}

/** The reader refuses larger groups. */
export const GROUP_ROWS = 10_000;
const GROUP_CHARACTERS = 16 * 1024 * 1024;
/** Keeps pages, and with them the memory of the WebAssembly module, near 1 MB. */
const PAGE_BYTES = 1024 * 1024;

async function* groupsOf(rows: AsyncIterable<ReportRow>): AsyncGenerator<readonly ReportRow[]> {
  let group: ReportRow[] = [];
  let characters = 0;
  for await (const row of rows) {
    group.push(row);
    characters += (row.query?.length ?? 0) + (row.error_message?.length ?? 0) + (row.app_context?.length ?? 0);
    if (group.length < GROUP_ROWS && characters < GROUP_CHARACTERS) continue;
    yield group;
    group = [];
    characters = 0;
  }
  if (group.length > 0) yield group;
}

function writeGroup(parquet: ParquetWriter, rows: readonly ReportRow[]): void {
  const columnData = COLUMNS.map((column) => ({
    name: column.name,
    data: rows.map((row) => toParquet(column, row[column.name])),
    offsetIndex: false,
    // the writer would choose run-length coding, which older readers of Hive tables do not take for booleans
    ...(column.type === 'boolean' ? { encoding: 'PLAIN' as const } : {}),
  }));
  parquet.write({ columnData, rowGroupSize: rows.length, pageSize: PAGE_BYTES, dictionarySize: PAGE_BYTES });
}

/** Takes what was written so far out of the writer; `offset` goes on counting from the start of the file. */
function takeBytes(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}

function toParquet(column: Column, cell: Cell): unknown {
  if (cell === null) return null;
  switch (column.type) {
    case 'timestamp':
    case 'bigint':
      return BigInt(exactNumber(column, cell as number));
    case 'int':
      return exactNumber(column, cell as number);
    case 'double':
      return exactNumber(column, cell as number) + 0; // no negative zero, as in the other formats
    case 'string':
    case 'boolean':
    case 'list':
      return cell;
  }
}
