import { isUtf8 } from 'node:buffer';
import type { ReportCodec } from '../ports/report-codec.js';
import type { ReportRow } from '../record/columns.js';
import type { ReportFormat } from '../record/manifest.js';
import type { RollupRow } from '../record/rollup-columns.js';
import { decodeCsv } from '../record/text/decode-csv.js';
import { decodeJson } from '../record/text/decode-json.js';
import { csvHeader, encodeCsvRow } from '../record/text/encode-csv.js';
import { encodeJsonRow } from '../record/text/encode-json.js';
import { MAX_LINE_CHARACTERS, ReportFormatError } from '../record/text/text-lines.js';

/**
 * Encodes sorted rows as the bytes of a report, in pieces of some 64 KB. The same rows give the same bytes on any machine.
 * Without rows CSV is the header, JSON is empty, Parquet is a valid file. Parquet is loaded when it is asked for.
 */
export function encodeReport(format: ReportFormat, rows: AsyncIterable<ReportRow>): AsyncIterable<Uint8Array> {
  switch (format) {
    case 'csv':
      return encodeText({ header: csvHeader(), rows, encodeRow: encodeCsvRow });
    case 'json':
      return encodeText({ header: '', rows, encodeRow: encodeJsonRow });
    case 'parquet':
      return encodeParquetLazily(rows);
  }
}

/**
 * Reads the rows of a report. CSV and JSON are streamed; Parquet needs its footer first, so its (compressed) bytes are held.
 * @throws ReportFormatError naming the place, when the bytes are not what `encodeReport` writes.
 */
export function decodeReport(format: ReportFormat, bytes: AsyncIterable<Uint8Array>): AsyncIterable<ReportRow> {
  switch (format) {
    case 'csv':
      return decodeCsv(decodeUtf8(bytes));
    case 'json':
      return decodeJson(decodeUtf8(bytes));
    case 'parquet':
      return decodeParquetLazily(bytes);
  }
}

/** All of it, as the use cases ask for them. */
export const REPORT_CODEC: ReportCodec = {
  encode: encodeReport,
  encodeRollup: encodeRollupLazily,
  decode: decodeReport,
};

/** Text of more than 128 KiB gets pages of its own in V8, and its bytes take thirty times as long to make. */
const PIECE_CHARACTERS = 64 * 1024;

async function* encodeText({
  header,
  rows,
  encodeRow,
}: {
  readonly header: string;
  readonly rows: AsyncIterable<ReportRow>;
  readonly encodeRow: (row: ReportRow) => string;
}): AsyncGenerator<Uint8Array> {
  let text = header;
  for await (const row of rows) {
    text += encodeRow(row);
    if (text.length >= PIECE_CHARACTERS) {
      yield Buffer.from(text);
      text = '';
    }
  }
  if (text !== '') yield Buffer.from(text);
}

/** A character has at most four. */
const MAX_LINE_BYTES = 4 * MAX_LINE_CHARACTERS;

/** Yields text that ends with a line, so that no character, and no line, is cut: that, and no decoder that waits, takes half the time. */
async function* decodeUtf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest: Uint8Array[] = [];
  let held = 0;
  let line = 1;
  const decode = (pieces: readonly Uint8Array[]) => {
    const [only] = pieces;
    const whole = pieces.length === 1 && only ? asBuffer(only) : Buffer.concat(pieces);
    if (!isUtf8(whole)) throw new ReportFormatError(line, null, 'here or soon after, the bytes are not UTF-8');
    line += countLineEnds(whole);
    return whole.toString('utf8');
  };
  for await (const piece of bytes) {
    const end = piece.lastIndexOf(0x0a) + 1;
    if (end > 0) {
      yield decode([...rest, piece.subarray(0, end)]);
      rest = [];
      held = 0;
    }
    if (end < piece.length) rest.push(piece.subarray(end));
    held += piece.length - end;
    if (held > MAX_LINE_BYTES)
      throw new ReportFormatError(line, null, `the line is longer than ${MAX_LINE_CHARACTERS} characters`);
  }
  if (rest.length > 0) yield decode(rest);
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function countLineEnds(piece: Uint8Array): number {
  let count = 0;
  for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, at + 1)) count++;
  return count;
}

async function* encodeParquetLazily(rows: AsyncIterable<ReportRow>): AsyncGenerator<Uint8Array> {
  const { encodeParquet } = await import('./encode-parquet.js');
  yield* encodeParquet(rows);
}

async function* encodeRollupLazily(rows: readonly RollupRow[]): AsyncGenerator<Uint8Array> {
  const { encodeRollupParquet } = await import('./encode-parquet.js');
  yield* encodeRollupParquet(rows);
}

async function* decodeParquetLazily(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ReportRow> {
  const { decodeParquet } = await import('./decode-parquet.js');
  yield* decodeParquet(bytes);
}
