import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import type { LinkLine } from '../../cloudtrail/link-line.js';
import { readEvidence } from '../../cloudtrail/read-evidence.js';
import type { Start } from '../../cloudtrail/start.js';
import { scanCompactLog } from '../compact/scan-compact-log.js';
import { beginsJson } from '../content/choose-splitter.js';
import { collectUpTo, resumed } from '../content/chunks.js';
import { encodedIn } from '../content/encoded-text.js';
import { formatOf, PROBE_BYTES } from '../content/format.js';
import { gunzipMembers, isGzip } from '../content/gunzip-members.js';
import { gunzipStream } from '../content/gunzip-stream.js';
import {
  acceptedOf,
  damagedFile,
  itemOf,
  type LogFile,
  type LogItem,
  notReadFile,
  type ReadLogFileOptions,
} from './log-items.js';
import { readContent, readTarOf, readTextOf } from './read-content.js';
import { stampedTexts } from './revealing-events.js';

/**
 * Reads the evidence in one file, in the order of the file, in groups. What the file is follows from its bytes, never from its name.
 * Whatever cannot be used comes as a `Reject` that names file and position, or as what was not read; nothing about the
 * file's content is thrown. Records without a wanted name are not parsed.
 * @throws what `open` throws
 */
export async function* readLogFile(file: LogFile, options: ReadLogFileOptions): AsyncGenerator<LogItem[]> {
  const { limits, counts } = options;
  const start = await readUpTo(file, limits.wholeBytes);
  counts.add('bytesRead', Math.max(file.size, start.bytes.length));
  if (!start.isWhole) return yield* readInPieces(file, options);
  if (!isGzip(start.bytes)) {
    counts.add('bytesUnpacked', start.bytes.length);
    return yield* readContent(file, { bytes: start.bytes, layer: 0 }, options);
  }
  const unpacked = gunzipMembers(start.bytes, limits.wholeBytes, options.room);
  if (unpacked === null) return yield* readInPieces(file, options);
  counts.add('bytesUnpacked', unpacked.bytes.length);
  // A checksum vouches for these bytes, so the file is not looked at twice.
  const fast = unpacked.fault === null ? readFast(file, unpacked.bytes, options) : null;
  if (fast) return yield fast;
  // Readers that rest meanwhile need memory that nobody else writes to.
  const own = options.room?.holds(unpacked.bytes) ? Buffer.from(unpacked.bytes) : unpacked.bytes;
  if (own.length > 0 || unpacked.fault === null) yield* readContent(file, { bytes: own, layer: 1 }, options);
  if (unpacked.fault !== null) yield damagedFile(file, { reason: unpacked.fault, bytes: start.bytes }, options);
}

/** Takes the short way through a file as CloudTrail writes it; null when it is not quite such a file. */
function readFast(file: LogFile, bytes: Buffer, options: ReadLogFileOptions): LogItem[] | null {
  const { names, counts, shapes } = options;
  const spans = scanCompactLog(bytes, names);
  if (spans === null) return null;
  const found: (Start | CredentialLink | LinkLine | { readonly record: unknown; readonly text: string })[] = [];
  for (const { start, end } of spans) {
    const shaped = shapes.find(bytes, start, end);
    const line = shaped?.linkLine(names) ?? null;
    if (line !== null) {
      found.push(line);
      continue;
    }
    const evidence = shaped && readEvidence(shaped.record());
    if (evidence !== null && evidence.kind !== 'reject') {
      if (evidence.kind === 'link') shaped?.learnLink(evidence);
      found.push(evidence);
      continue;
    }
    const text = bytes.toString('utf8', start, end);
    try {
      const record: unknown = JSON.parse(text);
      shapes.learn(text, record);
      found.push({ record, text });
    } catch {
      return null;
    }
  }
  options.look?.(bytes);
  counts.add('recordsParsed', spans.length);
  return [
    ...readStamped(file, bytes, options),
    ...found.flatMap((one) =>
      'record' in one
        ? (itemOf(one.record, { text: one.text, origin: file.origin }, options) ?? [])
        : one.kind === 'link-line'
          ? one
          : (acceptedOf(one, options) ?? []),
    ),
  ];
}

/** Takes records of other names that tell on behalf of whom a credential acts: one of each credential. */
function readStamped(file: LogFile, bytes: Buffer, options: ReadLogFileOptions): LogItem[] {
  const items: LogItem[] = [];
  for (const text of options.revealed ? stampedTexts(bytes) : []) {
    if (options.revealed?.mayTell(text) !== true) continue;
    try {
      const item = itemOf(JSON.parse(text), { text, origin: file.origin }, options);
      if (item?.kind === 'link' && !options.names.has(item.eventName)) items.push(item);
    } catch {
      // Between two borders stood no record: a text that looks like one.
    }
  }
  return items;
}

/** Reads a long file in a constant amount of memory. */
async function* readInPieces(file: LogFile, options: ReadLogFileOptions): AsyncGenerator<LogItem[]> {
  const { counts } = options;
  counts.add('filesReadInPieces', 1);
  const unpacking = new Unpacking(file, options);
  const chunks = unpacking.chunks()[Symbol.asyncIterator]();
  const first = await chunks.next();
  const rest = resumed(first, chunks);
  try {
    const isCut = () => unpacking.fault !== null;
    yield* readKind(file, { first: first.done ? Buffer.alloc(0) : first.value, rest, isCut }, options);
  } finally {
    await chunks.return?.(undefined);
  }
  counts.add('bytesUnpacked', unpacking.length);
  if (unpacking.fault === null) return;
  const reason = `${unpacking.fault}; the file itself holds the rest`;
  yield damagedFile(file, { reason, bytes: Buffer.alloc(0) }, options);
}

async function* readKind(
  file: LogFile,
  {
    first,
    rest,
    isCut,
  }: { readonly first: Buffer; readonly rest: AsyncIterable<Buffer>; readonly isCut: () => boolean },
  options: ReadLogFileOptions,
): AsyncGenerator<LogItem[]> {
  const format = formatOf(first);
  switch (format.kind) {
    case 'text':
    case 'empty':
      if (!beginsJson(first.subarray(0, PROBE_BYTES)) && encodedIn(first).blocks.length > 0) {
        const reason = `base64 or hexadecimal of more than the ${options.limits.wholeBytes} bytes read at once`;
        yield [notReadFile(file, { reason, wayOut: 'decode it where it lies, or move it away' }, options)];
      }
      return yield* readTextOf(file, { chunks: rest, isCut }, options);
    case 'tar':
      return yield* readTarOf(file, { chunks: rest, layer: 1 }, options);
    case 'unreadable':
      yield [notReadFile(file, format, options)];
      return;
    default: {
      const whole = await collectUpTo(rest, options.limits.archiveBytes);
      const reason = `${format.kind} of more than the ${options.limits.archiveBytes} bytes read at once`;
      if (whole === null)
        yield [notReadFile(file, { reason, wayOut: 'unpack it where it lies, or move it away' }, options)];
      else yield* readContent(file, { bytes: whole, layer: 1 }, options);
    }
  }
}

/** The unpacked bytes of a long file, up to the bound; says afterwards what was wrong with them. */
class Unpacking {
  length = 0;
  fault: string | null = null;
  private readonly file: LogFile;
  private readonly maxBytes: number;

  constructor(file: LogFile, { limits }: ReadLogFileOptions) {
    this.file = file;
    this.maxBytes = limits.maxFileBytes;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of gunzipStream(this.file, this.maxBytes)) {
      if (typeof chunk === 'string') {
        this.fault = chunk;
        return;
      }
      this.length += chunk.length;
      if (this.length > this.maxBytes) {
        this.fault = `the file unpacks to more than ${this.maxBytes} bytes`;
        return;
      }
      yield chunk;
    }
  }
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
