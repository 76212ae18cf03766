import { crc32 } from 'node:zlib';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { COLUMNS, type ReportRow, type TypedColumn } from '../record/columns.js';
import { ROLLUP_COLUMNS, type RollupRow } from '../record/rollup-columns.js';
import { type Cell, exactNumber } from '../record/text/cell-text.js';
import { PAGES_CHECKSUM, parquetSchema } from './parquet-schema.js';
import { loadZstd } from './zstd.js';

/**
 * Encodes rows as Parquet, a row group at a time: at most 10,000 rows or 16 Mi characters are held. Pages are compressed
 * with one WebAssembly build of zstd, so the same rows give the same bytes on any machine and version of Node.
 * @throws RangeError naming the column of a number that has no exact value.
 */
export function encodeParquet(rows: AsyncIterable<ReportRow>): AsyncGenerator<Uint8Array> {
  return encodeGroups(COLUMNS, groupsOf(rows));
}

/** Encodes the sums of a day in the same way. @throws RangeError naming the column of a sum beyond 64 bits */
export function encodeRollupParquet(rows: readonly RollupRow[]): AsyncGenerator<Uint8Array> {
  const groups = Array.from({ length: Math.ceil(rows.length / GROUP_ROWS) }, (_, at) =>
    rows.slice(at * GROUP_ROWS, (at + 1) * GROUP_ROWS),
  );
  return encodeGroups(ROLLUP_COLUMNS, groups);
}

async function* encodeGroups<Name extends string>(
  columns: readonly TypedColumn<Name>[],
  groups: AsyncIterable<readonly Cells<Name>[]> | Iterable<readonly Cells<Name>[]>,
): AsyncGenerator<Uint8Array> {
  const zstd = await loadZstd();
  const writer = new ByteWriter(64 * 1024);
  const parquet = new ParquetWriter({
    writer,
    schema: parquetSchema(columns),
    codec: 'ZSTD',
    compressors: { ZSTD: zstd.compress },
    createdBy: 'athena-query-tracker version 1',
  });
  let checksum = 0;
  for await (const group of groups) {
    writeGroup(parquet, columns, group);
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

/** Values by column; those of a sum may be beyond 2^53. */
type Cells<Name extends string> = Readonly<Record<Name, Cell | bigint>>;

function writeGroup<Name extends string>(
  parquet: ParquetWriter,
  columns: readonly TypedColumn<Name>[],
  rows: readonly Cells<Name>[],
): void {
  const columnData = columns.map((column) => ({
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

function toParquet(column: TypedColumn, cell: Cell | bigint): unknown {
  if (cell === null) return null;
  if (typeof cell === 'bigint') return int64(column, cell);
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

function int64({ name }: TypedColumn, value: bigint): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw new RangeError(`cannot write ${name}: ${value} is beyond 64 bits`);
}
