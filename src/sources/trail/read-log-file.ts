import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import { readEvidence } from '../../cloudtrail/read-evidence.js';
import type { Reject, Start } from '../../cloudtrail/start.js';
import { unwrapRecords } from '../../cloudtrail/unwrap-records.js';
import type { Counts } from '../aws/counts.js';
import { chooseSplitter } from './choose-splitter.js';
import { gunzipMembers, isGzip } from './gunzip-members.js';
import { gunzipStream } from './gunzip-stream.js';
import type { Piece } from './json-splitter.js';
import { scanCompactLog } from './scan-compact-log.js';

export type LogItem = Start | CredentialLink | Reject;

/** A file that may hold CloudTrail records, opened as often as needed. */
export interface LogFile {
  /** For messages and rejects: where the file is. */
  readonly origin: string;
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}

export interface LogFileLimits {
  /** Files up to this size, packed and unpacked, are read at once; longer ones in pieces. */
  readonly wholeBytes: number;
  /** Unpacked bytes after which a file is given up: a gzip bomb ends here. */
  readonly maxFileBytes: number;
  readonly maxRecordBytes: number;
  /** Bytes of a damaged file kept in its reject. */
  readonly keptBytes: number;
}

export const LOG_FILE_LIMITS: LogFileLimits = {
  wholeBytes: 64 * 2 ** 20,
  maxFileBytes: 16 * 2 ** 30,
  maxRecordBytes: 4 * 2 ** 20,
  keptBytes: 8 * 2 ** 20,
};

export interface ReadLogFileOptions {
  /** Event names to look for. */
  readonly names: ReadonlySet<string>;
  readonly limits: LogFileLimits;
  readonly counts: Counts;
}

/**
 * Reads the evidence in one file, in the order of the file, in groups. Whatever cannot be used comes as a `Reject` that names
 * file and position; nothing about the file's content is thrown. Records without a wanted name are not parsed.
 * @throws what `open` throws
 */
export async function* readLogFile(file: LogFile, options: ReadLogFileOptions): AsyncGenerator<LogItem[]> {
  const { limits, counts } = options;
  const start = await readUpTo(file, limits.wholeBytes);
  counts.add('bytesRead', Math.max(file.size, start.bytes.length));
  if (!start.isWhole) return yield* readInPieces(file, options);
  if (!isGzip(start.bytes)) {
    counts.add('bytesUnpacked', start.bytes.length);
    return yield readWhole(file, start.bytes, options);
  }
  const unpacked = gunzipMembers(start.bytes, limits.wholeBytes);
  if (unpacked === null) return yield* readInPieces(file, options);
  counts.add('bytesUnpacked', unpacked.bytes.length);
  // A checksum vouches for these bytes, so the file is not looked at twice.
  const fast = unpacked.fault === null ? readFast(file, unpacked.bytes, options) : null;
  if (fast) return yield fast;
  const items = unpacked.bytes.length > 0 || unpacked.fault === null ? readWhole(file, unpacked.bytes, options) : [];
  if (unpacked.fault !== null) items.push(rejectFile(file, unpacked.fault, start.bytes, options));
  yield items;
}

/** Makes the reject of a file that could not be read as a whole. */
export function rejectFile(
  file: Pick<LogFile, 'origin'>,
  reason: string,
  bytes: Uint8Array,
  { limits, counts }: ReadLogFileOptions,
): Reject {
  counts.add('filesDamaged', 1);
  counts.add('rejects', 1);
  const isLong = bytes.length > limits.keptBytes;
  return {
    kind: 'reject',
    reason: isLong ? `${reason} (the first ${limits.keptBytes} of its ${bytes.length} bytes are kept)` : reason,
    eventTime: null,
    raw: isLong ? bytes.subarray(0, limits.keptBytes) : bytes,
    origin: file.origin,
  };
}

/** Takes the short way through a file as CloudTrail writes it; null when it is not quite such a file. */
function readFast(file: LogFile, bytes: Buffer, options: ReadLogFileOptions): LogItem[] | null {
  const texts = scanCompactLog(bytes, options.names);
  if (texts === null) return null;
  const records: unknown[] = [];
  for (const text of texts) {
    try {
      records.push(JSON.parse(text));
    } catch {
      return null;
    }
  }
  options.counts.add('recordsParsed', texts.length);
  return records.flatMap((record, index) => itemOf(record, texts[index] ?? '', file.origin, options) ?? []);
}

function readWhole(file: LogFile, raw: Buffer, options: ReadLogFileOptions): LogItem[] {
  const bytes = fromUtf16(raw);
  const reader = createPieceReader(file, bytes.subarray(0, PROBE_BYTES), options);
  return [...reader.push(bytes), ...reader.end(bytes, true)];
}

/** Reads a long file in a constant amount of memory. */
async function* readInPieces(file: LogFile, options: ReadLogFileOptions): AsyncGenerator<LogItem[]> {
  const { limits, counts } = options;
  counts.add('filesReadInPieces', 1);
  let reader: ReturnType<typeof createPieceReader> | null = null;
  let unpacked = 0;
  let fault: string | null = null;
  for await (const chunk of gunzipStream(file, limits.maxFileBytes)) {
    if (typeof chunk === 'string') {
      fault = chunk;
      break;
    }
    unpacked += chunk.length;
    if (unpacked > limits.maxFileBytes) {
      fault = `the file unpacks to more than ${limits.maxFileBytes} bytes`;
      break;
    }
    reader ??= createPieceReader(file, chunk, options);
    const items = reader.push(chunk);
    if (items.length > 0) yield items;
  }
  counts.add('bytesUnpacked', unpacked);
  const last = reader?.end(null, fault === null) ?? [];
  if (fault !== null) last.push(rejectFile(file, `${fault}; the file itself holds the rest`, Buffer.alloc(0), options));
  yield last;
}

/** Turns the pieces of a file into evidence. */
function createPieceReader(file: LogFile, probe: Buffer, options: ReadLogFileOptions) {
  const { names, limits, counts } = options;
  const splitter = chooseSplitter(file.origin, probe, { lists: LISTS, maxValueBytes: limits.maxRecordBytes });
  const mayHold = createNeedles(names);
  let values = 0;
  let records = 0;
  let broken = 0;
  let sample: Buffer = Buffer.alloc(0);

  return {
    push: (chunk: Buffer): LogItem[] => read(splitter.push(chunk)),
    /** Ends the file; a whole file without any record is rejected, with its bytes when they are at hand. */
    end(bytes: Buffer | null, isWhole: boolean): LogItem[] {
      const items = read(splitter.end());
      if (!isWhole) return items;
      const whole = bytes ?? sample;
      if (values + broken === 0 && isBlank(whole)) items.push(rejectFile(file, 'the file is empty', whole, options));
      else if (values > 0 && records + broken === 0) {
        items.push(rejectFile(file, 'the file holds no CloudTrail record', whole, options));
      }
      return items;
    },
  };

  function read(pieces: readonly Piece[]): LogItem[] {
    const items: LogItem[] = [];
    for (const piece of pieces) {
      if (piece.kind === 'broken') {
        broken += 1;
        items.push(rejectPiece(piece, piece.reason));
        continue;
      }
      values += 1;
      if (piece.bytes.includes(ANY_RECORD)) records += 1;
      else if (sample.length === 0) sample = Buffer.from(piece.bytes.subarray(0, PROBE_BYTES));
      if (mayHold(piece.bytes)) items.push(...readPiece(piece));
    }
    return items;
  }

  function readPiece(piece: Piece): LogItem[] {
    const text = piece.bytes.toString('utf8').replace(/^\uFEFF/, '');
    const origin = `${file.origin}#${piece.offset}`;
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch {
      return [rejectPiece(piece, 'the record is not JSON')];
    }
    const items: LogItem[] = [];
    for (const found of unwrapRecords(document)) {
      counts.add('recordsParsed', 1);
      if ('record' in found) {
        const item = itemOf(found.record, found.record === document ? text : null, origin, options);
        if (item) items.push(item);
        continue;
      }
      counts.add('rejects', 1);
      items.push({ kind: 'reject', reason: found.fault, eventTime: found.eventTime, raw: found.text, origin });
    }
    return items;
  }

  function rejectPiece(piece: Piece, reason: string): Reject {
    counts.add('rejects', 1);
    const kept = piece.bytes.subarray(0, limits.keptBytes);
    const text = kept.toString('utf8');
    // Bytes that are not UTF-8 are kept as bytes: as text they would not be the record any more.
    const raw = Buffer.from(text, 'utf8').equals(kept) ? text : Buffer.from(kept);
    return { kind: 'reject', reason, eventTime: null, raw, origin: `${file.origin}#${piece.offset}` };
  }
}

/** Reads one record; `text` is its JSON where it is at hand. */
function itemOf(
  record: unknown,
  text: string | null,
  origin: string,
  { names, counts }: ReadLogFileOptions,
): LogItem | null {
  const evidence = readEvidence(record);
  if (evidence === null) return null;
  if (evidence.kind === 'link' && !names.has(evidence.eventName)) return null;
  if (evidence.kind !== 'reject') {
    counts.add(evidence.kind === 'start' ? 'starts' : 'links', 1);
    return evidence;
  }
  counts.add('rejects', 1);
  return { ...evidence, raw: text ?? JSON.stringify(record), origin };
}

const LISTS: ReadonlySet<string> = new Set(['Records', 'Events']);
const ANY_RECORD = Buffer.from('eventName');
const ESCAPE = Buffer.from('\\u00');
const PROBE_BYTES = 64 * 1024;

/** Tells whether bytes hold one of the names, or an escape that may hide one. */
function createNeedles(names: ReadonlySet<string>): (bytes: Buffer) => boolean {
  const all = [...names];
  const shortest = all.filter((name) => !all.some((other) => other !== name && name.startsWith(other)));
  const needles = [...shortest.map((name) => Buffer.from(name)), ESCAPE];
  return (bytes) => needles.some((needle) => bytes.includes(needle));
}

/** PowerShell redirects into UTF-16. */
function fromUtf16(bytes: Buffer): Buffer {
  return bytes[0] === 0xff && bytes[1] === 0xfe ? Buffer.from(bytes.toString('utf16le').slice(1), 'utf8') : bytes;
}

function isBlank(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, PROBE_BYTES).trim() === '';
}

async function readUpTo(file: LogFile, limit: number): Promise<{ bytes: Buffer; isWhole: boolean }> {
  if (file.size > limit) return { bytes: Buffer.alloc(0), isWhole: false };
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of file.open()) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) return { bytes: Buffer.alloc(0), isWhole: false };
  }
  const only = chunks.length === 1 ? chunks[0] : undefined;
  const bytes = only ? Buffer.from(only.buffer, only.byteOffset, only.byteLength) : Buffer.concat(chunks);
  return { bytes, isWhole: true };
}
