import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { plainName } from '../../cloudtrail/member-names.js';
import type { Unreadable } from './format.js';
import type { LoadZstd } from './zstd-frame.js';

const MAX_PAGE_BYTES = 256 * 2 ** 20;
/** Values of one row group, over all columns. */
const MAX_GROUP_VALUES = 50_000_000;
const CONVERT = 'put the log files it was made from there, or move it away';

/**
 * Reads the rows of a Parquet file, a row group at a time, as objects of JSON values. Yields what it is instead when its rows are
 * known to be no events as CloudTrail writes them.
 * @throws Error when it is damaged, or packed in a way that is not known
 */
export async function* parquetRows(
  bytes: Buffer,
  loadZstd: LoadZstd | null,
): AsyncGenerator<readonly unknown[] | Unreadable> {
  const { parquetMetadataAsync, parquetReadObjects, snappyUncompress } = await import('hyparquet');
  const whole = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const file: AsyncBuffer = { byteLength: whole.byteLength, slice: (start, end) => whole.slice(start, end) };
  const metadata = await parquetMetadataAsync(file);
  const other = otherSchema(metadata);
  if (other) {
    yield other;
    return;
  }
  const zstd = usesZstd(metadata) ? await loadZstd?.() : undefined;
  const compressors = {
    SNAPPY: (input: Uint8Array, length: number) => {
      const output = new Uint8Array(bounded(length));
      snappyUncompress(input, output);
      return output;
    },
    GZIP: (input: Uint8Array, length: number) =>
      new Uint8Array(gunzipSync(input, { maxOutputLength: bounded(length) })),
    BROTLI: (input: Uint8Array, length: number) =>
      new Uint8Array(brotliDecompressSync(input, { maxOutputLength: bounded(length) })),
    ...(zstd ? { ZSTD: (input: Uint8Array, length: number) => zstd(input, bounded(length)) } : {}),
  };
  let rowStart = 0;
  for (const { num_rows, columns } of metadata.row_groups) {
    const values = columns.reduce((sum, { meta_data }) => sum + Number(meta_data?.num_values ?? 0), 0);
    if (!(values >= 0 && values <= MAX_GROUP_VALUES)) throw new Error(`a row group of ${values} values is too large`);
    const rowEnd = rowStart + Number(num_rows);
    const rows = await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors });
    yield rows.map(jsonValue);
    rowStart = rowEnd;
  }
}

/** Names of columns of schemas that keep no event whole. */
function otherSchema({ schema }: FileMetaData): Unreadable | null {
  const names = new Set(schema.map(({ name }) => plainName(name)));
  return names.has('classuid') && names.has('metadata')
    ? {
        kind: 'unreadable',
        reason: 'events in OCSF (Security Lake), which leaves out what rows are made of',
        wayOut: CONVERT,
      }
    : null;
}

function usesZstd({ row_groups }: FileMetaData): boolean {
  return row_groups.some(({ columns }) => columns.some(({ meta_data }) => meta_data?.codec === 'ZSTD'));
}

function bounded(length: number): number {
  if (!(length >= 0 && length <= MAX_PAGE_BYTES)) throw new Error(`a page of ${length} bytes is not plausible`);
  return length;
}

/** Times as CloudTrail writes them, whole numbers as numbers, bytes as text. */
function jsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(jsonValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, jsonValue(inner)]));
}
