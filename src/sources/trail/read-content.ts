import { parseLogKey } from '../../cloudtrail/log-file-name.js';
import { NEXT_PAGE } from '../../cloudtrail/saved-page.js';
import { describe } from '../aws/aws-failure.js';
import { type Member, type MemberLimits, tarMembers, zipMembers } from '../content/archive-members.js';
import { bunzip } from '../content/bzip2.js';
import { beginsJson, chooseSplitter } from '../content/choose-splitter.js';
import { once, resumed } from '../content/chunks.js';
import { csvDelimiter } from '../content/csv-delimiter.js';
import { csvRows } from '../content/csv-rows.js';
import { encodedIn } from '../content/encoded-text.js';
import { asUtf8, formatOf, PROBE_BYTES } from '../content/format.js';
import { gunzipMembers } from '../content/gunzip-members.js';
import { createTextLineSplitter } from '../content/line-splitter.js';
import { parquetRows } from '../content/parquet-rows.js';
import type { Splitter } from '../content/pieces.js';
import { zstdLength } from '../content/zstd-frame.js';
import { damagedFile, type LogFile, type LogItem, notReadFile, type ReadLogFileOptions } from './log-items.js';
import { PieceReader } from './piece-reader.js';
import { readLitter } from './read-litter.js';

/** Archives in gzip in archives: more layers are nobody's log files. */
const MAX_LAYERS = 5;
const UNPACK = 'unpack it where it lies, or move it away';

/** Bytes at hand, and how often they were packed so far. */
interface Content {
  readonly bytes: Buffer;
  readonly layer: number;
}

/** Reads bytes by what they are: unpacks them as often as they are packed, and takes archives apart. */
export async function* readContent(
  file: LogFile,
  { bytes, layer }: Content,
  options: ReadLogFileOptions,
): AsyncGenerator<LogItem[]> {
  const format = formatOf(bytes);
  if (layer > MAX_LAYERS) {
    yield [notReadFile(file, { reason: `packed more than ${MAX_LAYERS} times`, wayOut: UNPACK }, options)];
    return;
  }
  switch (format.kind) {
    case 'empty':
    case 'text':
      return yield* readWholeText(file, { bytes: asUtf8(bytes), layer }, options);
    case 'unreadable':
      yield [notReadFile(file, format, options)];
      return;
    case 'gzip':
      return yield* readGzip(file, { bytes, layer }, options);
    case 'bzip2':
      return yield* readBzip2(file, { bytes, layer }, options);
    case 'zip':
      return yield* readMembers(file, { members: (limits) => zipMembers(bytes, limits), layer }, options);
    case 'tar':
      return yield* readTarOf(file, { chunks: once(bytes), layer }, options);
    case 'parquet':
      return yield* readParquet(file, bytes, options);
    case 'zstd':
      return yield* readZstd(file, { bytes, layer }, options);
  }
}

/** Reads text that is here as a whole: what it holds encoded, and itself. */
async function* readWholeText(
  file: LogFile,
  { bytes, layer }: Content,
  options: ReadLogFileOptions,
): AsyncGenerator<LogItem[]> {
  const encoded = beginsJson(bytes.subarray(0, PROBE_BYTES)) ? null : encodedIn(bytes);
  for (const block of encoded?.blocks ?? []) yield* readContent(file, { bytes: block, layer: layer + 1 }, options);
  if (!encoded?.isAll) yield* readTextOf(file, { chunks: once(bytes), isCut: () => false }, options);
}

/** Reads a tar archive as its bytes arrive. */
export async function* readTarOf(
  file: LogFile,
  { chunks, layer }: { readonly chunks: AsyncIterable<Buffer>; readonly layer: number },
  options: ReadLogFileOptions,
): AsyncGenerator<LogItem[]> {
  yield* readMembers(file, { members: (limits) => tarMembers(chunks, limits), layer }, options);
}

/**
 * Reads text as its bytes arrive: JSON of any kind, a table, or lines in which JSON may stand. `isCut` tells at its end whether
 * more should have come.
 */
export async function* readTextOf(
  file: LogFile,
  { chunks, isCut }: { readonly chunks: AsyncIterable<Buffer>; readonly isCut: () => boolean },
  options: ReadLogFileOptions,
): AsyncGenerator<LogItem[]> {
  const { limits } = options;
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  const probe = first.done ? Buffer.alloc(0) : first.value.subarray(0, PROBE_BYTES);
  const rest = resumed(first, iterator);
  const reader = new PieceReader(file, options);
  const isJson = beginsJson(probe);
  const delimiter = isJson ? null : csvDelimiter(file.origin, probe);
  if (delimiter !== null) {
    yield* readTable(file, { rest, delimiter, reader }, options);
    return;
  }
  const splitter: Splitter = isJson
    ? chooseSplitter(file.origin, probe, { lists: LISTS, marks: NEXT_PAGE, maxValueBytes: limits.maxRecordBytes })
    : createTextLineSplitter({ maxValueBytes: limits.maxRecordBytes });
  const kind = isJson ? 'json' : 'text';
  for await (const chunk of rest) {
    const items = reader.read(splitter.push(chunk), kind);
    if (items.length > 0) yield items;
  }
  const last = reader.read(splitter.end(), kind);
  if (reader.isBlank && isBlank(probe) && !isCut())
    last.push(...damagedFile(file, { reason: 'the file is empty', bytes: probe }, options));
  yield [...last, ...reader.end(!isJson, splitter.isMarked)];
}

async function* readTable(
  file: LogFile,
  {
    rest,
    delimiter,
    reader,
  }: { readonly rest: AsyncIterable<Buffer>; readonly delimiter: string; readonly reader: PieceReader },
  options: ReadLogFileOptions,
): AsyncGenerator<LogItem[]> {
  try {
    for await (const { row, line } of csvRows(rest, { delimiter, maxRowBytes: options.limits.maxRecordBytes })) {
      const items = reader.readRow(row, `line ${line}`);
      if (items.length > 0) yield items;
    }
  } catch (error) {
    yield damagedFile(file, { reason: `as a table it cannot be read: ${describe(error)}`, bytes: NOTHING }, options);
  }
  yield reader.end(true);
}

async function* readGzip(
  file: LogFile,
  { bytes, layer }: Content,
  options: ReadLogFileOptions,
): AsyncGenerator<LogItem[]> {
  const { limits, counts } = options;
  const unpacked = gunzipMembers(bytes, limits.archiveBytes);
  if (unpacked === null) {
    const reason = `it unpacks to more than the ${limits.archiveBytes} bytes read at once`;
    yield [notReadFile(file, { reason, wayOut: UNPACK }, options)];
    return;
  }
  counts.add('bytesUnpacked', unpacked.bytes.length);
  if (unpacked.bytes.length > 0 || unpacked.fault === null)
    yield* readContent(file, { bytes: unpacked.bytes, layer: layer + 1 }, options);
  if (unpacked.fault !== null) yield damagedFile(file, { reason: unpacked.fault, bytes }, options);
}

async function* readBzip2(
  file: LogFile,
  { bytes, layer }: Content,
  options: ReadLogFileOptions,
): AsyncGenerator<LogItem[]> {
  let unpacked: Buffer;
  try {
    unpacked = await bunzip(bytes, options.limits.archiveBytes);
  } catch (error) {
    yield damagedFile(file, { reason: `the bzip2 data cannot be read (${describe(error)})`, bytes: NOTHING }, options);
    return;
  }
  yield* readContent(file, { bytes: unpacked, layer: layer + 1 }, options);
}

async function* readMembers(
  file: LogFile,
  { members, layer }: { readonly members: (limits: MemberLimits) => AsyncIterable<Member>; readonly layer: number },
  options: ReadLogFileOptions,
): AsyncGenerator<LogItem[]> {
  const { limits, counts } = options;
  const memberLimits = { maxMemberBytes: limits.wholeBytes, maxBytes: limits.maxFileBytes, skips: isNoLog };
  try {
    for await (const member of members(memberLimits)) {
      counts.add('archiveMembers', 1);
      const inside: LogFile = { ...file, origin: `${file.origin}!${member.name}` };
      if (!('bytes' in member)) {
        yield [notReadFile(inside, member, options)];
        continue;
      }
      const content = { bytes: member.bytes, layer: layer + 1 };
      if (parseLogKey(member.name).kind === 'litter')
        yield* readLitter((own) => readContent(inside, content, own), options);
      else yield* readContent(inside, content, options);
    }
  } catch (error) {
    yield damagedFile(
      file,
      { reason: `the archive cannot be read to its end: ${describe(error)}`, bytes: NOTHING },
      options,
    );
  }
}

/** Digests and the like need not be unpacked. */
function isNoLog(name: string): boolean {
  return name.endsWith('/') || parseLogKey(name).kind === 'sibling';
}

async function* readParquet(file: LogFile, bytes: Buffer, options: ReadLogFileOptions): AsyncGenerator<LogItem[]> {
  const reader = new PieceReader(file, options);
  let row = 0;
  try {
    for await (const group of parquetRows(bytes, options.loadZstd ?? null)) {
      if ('kind' in group) {
        yield [notReadFile(file, group, options)];
        return;
      }
      const items: LogItem[] = [];
      for (const one of group) {
        row += 1;
        items.push(...reader.readRow(one, `row ${row}`));
      }
      yield items;
    }
  } catch (error) {
    const reason = `as Parquet it cannot be read behind row ${row}: ${describe(error)}`;
    yield [notReadFile(file, { reason, wayOut: 'put the log files it was made from there, or move it away' }, options)];
  }
  yield reader.end(false);
}

async function* readZstd(
  file: LogFile,
  { bytes, layer }: Content,
  options: ReadLogFileOptions,
): AsyncGenerator<LogItem[]> {
  const length = zstdLength(bytes);
  let unpacked: Buffer | string = 'packed with zstd in a way that is not read';
  if (options.loadZstd && length !== null && length <= options.limits.wholeBytes) {
    try {
      const unzstd = await options.loadZstd();
      unpacked = Buffer.from(unzstd(bytes, length));
    } catch (error) {
      unpacked = `packed with zstd, and ${describe(error)}`;
    }
  }
  if (typeof unpacked === 'string') yield [notReadFile(file, { reason: unpacked, wayOut: UNPACK }, options)];
  else yield* readContent(file, { bytes: unpacked, layer: layer + 1 }, options);
}

const NOTHING = Buffer.alloc(0);
const LISTS: ReadonlySet<string> = new Set(['Records', 'Events']);

function isBlank(bytes: Buffer): boolean {
  return bytes.toString('latin1').trim() === '';
}
