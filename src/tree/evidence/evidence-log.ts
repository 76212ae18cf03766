import { createHash, hash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import { createExecutionIds, type ExecutionIds } from '../../athena/execution-ids.js';
import { type ReportStore, WriteConflict } from '../../ports/report-store.js';
import { DamagedWorkingFile, unpackPieces } from '../json-lines.js';
import { parseKey, workFolder, workKey } from '../layout.js';
import { bytesOfLines, createPartProof, faultOf, HEAD, NEW_LINE, wholeLines } from './part-lines.js';

/**
 * The evidence of a tree is a log that only grows: parts that are written once and never changed, under the hour (or, for
 * what tells about credentials, the day) they belong to.
 *
 * A part is gzip-compressed text of JSON lines (`EvidenceLine`). It is named by the sha256 of that text:
 * `_work/evidence/<date>/<hNN or day>/<sha256>[-sNN].jsonl.gz`; `-sNN` says that all its lines belong to one shard of a large
 * hour. A manifest names the parts that its report was made from as `<date>/<hNN or day>/<sha256>`. Joining parts is
 * commutative and idempotent, so their order, and lines that stand in several, do not matter.
 *
 * Many small parts are merged into one without loss: `<sha256>-merged[-sNN].jsonl.gz` begins with a line that names the parts
 * it replaces, then holds each of them, its lines behind a line `{"part":"<sha256>"}`. A part that lies in a merged one still
 * has its name, and its text still has its hash: manifests never need to change because of it.
 */
export interface Part {
  /** `<date>/<hNN or day>`. */
  readonly folder: string;
  readonly sha256: string;
  readonly isMerged: boolean;
  /** Null where its lines may belong to any shard. */
  readonly shard: number | null;
  readonly key: string;
  readonly bytes: number;
}

/** The first line of a part that names executions: their ids, to be found without reading the rest. */
interface PartHead {
  readonly ids: readonly string[];
  /** Names of the parts that a merged one replaces. */
  readonly merged?: readonly string[];
}

/** The name of a part in a manifest. */
export function partName({ folder, sha256 }: Pick<Part, 'folder' | 'sha256'>): string {
  return `${folder}/${sha256}`;
}

/** Appends lines of JSON text to a folder; the same lines give the same part. Returns its name. */
export async function appendPart(
  store: ReportStore,
  folder: string,
  part: { readonly lines: readonly string[]; readonly ids?: readonly string[]; readonly shard?: number | null },
): Promise<string> {
  const { lines, ids = [], shard = null } = part;
  const head: PartHead = { ids };
  const content = bytesOfLines([...(ids.length > 0 ? [JSON.stringify(head)] : []), ...[...lines].sort()]);
  const sha256 = hash('sha256', content);
  // Level 1: parts are read once or twice, and the hour waits for them.
  const bytes = gzipSync(content, { level: 1 });
  await store.write(workKey.part(folder, { sha256, isMerged: false, shard }), bytes, 'any');
  return partName({ folder, sha256 });
}

/** As `appendPart`, of the text of lines in their order that comes in pieces, twice the same ones. */
export async function appendPieces(
  store: ReportStore,
  folder: string,
  pieces: () => Iterable<Uint8Array>,
): Promise<string> {
  const hash = createHash('sha256');
  for (const piece of pieces()) hash.update(piece);
  const sha256 = hash.digest('hex');
  await store.write(
    workKey.part(folder, { sha256, isMerged: false, shard: null }),
    () => packedInTurn(pieces()),
    'any',
  );
  return partName({ folder, sha256 });
}

/** Lists the parts that lie in a folder of a tree (its folder ends in `/`, or is empty). */
export async function listParts(store: ReportStore, folder: string, tree = ''): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const { key, bytes } of store.list(`${tree}${workFolder.evidence}${folder}/`)) {
    const part = parsePart(key, bytes);
    if (part) parts.push(part);
  }
  return parts;
}

/** Reads the key of a part; null when it is none. */
export function parsePart(key: string, bytes: number): Part | null {
  const parsed = parseKey(key);
  if (parsed.kind !== 'work' || parsed.what !== 'evidence') return null;
  const [date = '', place = '', sha256 = '', merged = '', shard = ''] = parsed.parts;
  return {
    folder: `${date}/${place}`,
    sha256,
    isMerged: merged !== '',
    shard: shard === '' ? null : Number(shard),
    key,
    bytes,
  };
}

/** Names of all parts that a listed one stands for: its own, or those that it was merged from. */
export async function namesIn(store: ReportStore, part: Part): Promise<readonly string[]> {
  if (!part.isMerged) return [partName(part)];
  const { merged = [] } = await readHead(store, part);
  return [partName(part), ...merged.map((sha256) => partName({ folder: part.folder, sha256 }))];
}

/** Ids of the executions that a part names, without reading it whole. */
export async function idsIn(store: ReportStore, part: Part): Promise<readonly string[]> {
  return (await readHead(store, part)).ids;
}

/** Ids of the executions that the starts and lists of some folders name. */
export async function idsInFolders(store: ReportStore, folders: readonly string[]): Promise<ExecutionIds> {
  const ids = createExecutionIds();
  for (const folder of folders)
    for (const part of await listParts(store, folder)) for (const id of await idsIn(store, part)) ids.add(id);
  return ids;
}

async function readHead(store: ReportStore, part: Part): Promise<PartHead> {
  const stream = await store.stream(part.key);
  if (!stream) throw new WriteConflict(part.key);
  const read: Buffer[] = [];
  for await (const piece of unpackPieces(stream)) {
    const end = piece.indexOf(NEW_LINE);
    read.push(end < 0 ? piece : piece.subarray(0, end));
    const begin = read[0]?.toString('latin1', 0, HEAD.length) ?? '';
    if (end >= 0 || !(begin.startsWith(HEAD) || HEAD.startsWith(begin))) break;
  }
  // The rest of a piece is never made a text: that of a whole part takes a hundred times as long as the head.
  const line = Buffer.concat(read);
  return line.toString('latin1', 0, HEAD.length) === HEAD
    ? (JSON.parse(line.toString('utf8')) as PartHead)
    : { ids: [] };
}

/**
 * Yields the lines of a part in batches, its head left out; of a merged one all sections, or those wanted. What it yielded is
 * proven by its hash only when it ends.
 * @throws DamagedWorkingFile when it is not what its name says; WriteConflict when it was merged away meanwhile
 */
export async function* readPart(
  store: ReportStore,
  part: Part,
  wanted: ReadonlySet<string> | null = null,
): AsyncGenerator<readonly string[]> {
  const stream = await store.stream(part.key);
  if (!stream) throw new WriteConflict(part.key);
  const proof = createPartProof(part);
  try {
    for await (const bytes of wholeLines(unpackPieces(stream))) {
      const kept = proof.take(bytes, wanted);
      if (kept.length > 0) yield kept;
    }
  } catch (error) {
    if (error instanceof WriteConflict) throw error;
    throw new DamagedWorkingFile(part.key, error);
  }
  const fault = proof.end();
  if (fault !== null) throw new DamagedWorkingFile(part.key, new Error(fault));
}

/** A folder with more parts than this has them merged. */
const MERGE_ABOVE = 24;

/**
 * Merges the parts of a folder when there are many, those of each shard into one. Readers beside it find every part before,
 * while and after; a run that dies in between leaves parts twice, which is once.
 */
export async function mergeParts(store: ReportStore, folder: string): Promise<void> {
  const byShard = new Map<number | null, Part[]>();
  for (const part of await listParts(store, folder)) {
    if (!part.isMerged) byShard.set(part.shard, [...(byShard.get(part.shard) ?? []), part]);
  }
  for (const [shard, parts] of byShard) if (parts.length > MERGE_ABOVE) await merge(store, parts, { folder, shard });
}

async function merge(
  store: ReportStore,
  parts: readonly Part[],
  { folder, shard }: { readonly folder: string; readonly shard: number | null },
): Promise<void> {
  const ids = new Set<string>();
  for (const part of parts) for (const id of await idsIn(store, part)) ids.add(id);
  const head: PartHead = { ids: [...ids].sort(), merged: parts.map(({ sha256 }) => sha256) };
  async function* content(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(JSON.stringify(head));
    for (const part of parts) {
      yield Buffer.from(`\n${JSON.stringify({ part: part.sha256 })}\n`);
      // As it is, its head too: its hash must come out again.
      yield* wholeOf(store, part);
    }
  }
  const sha256 = createHash('sha256');
  for await (const piece of content()) sha256.update(piece);
  const key = workKey.part(folder, { sha256: sha256.digest('hex'), isMerged: true, shard });
  await store.write(key, () => packed(content()), 'any');
  for (const part of parts) await store.remove(part.key);
}

/** The text of an unmerged part. @throws DamagedWorkingFile as `readPart`: damage must not be merged away */
async function* wholeOf(store: ReportStore, part: Part): AsyncGenerator<Uint8Array> {
  const stream = await store.stream(part.key);
  if (!stream) throw new WriteConflict(part.key);
  const sha256 = createHash('sha256');
  for await (const piece of unpackPieces(stream)) {
    sha256.update(piece);
    yield piece;
  }
  const found = sha256.digest('hex');
  if (found !== part.sha256) throw new DamagedWorkingFile(part.key, new Error(faultOf(part.sha256, found)));
}

async function* packed(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip({ level: 1 });
  pipeline(Readable.from(pieces, { objectMode: false }), gzip, () => {});
  yield* gzip as AsyncIterable<Uint8Array>;
}

/** Packs pieces of which each is good until the next one is taken. */
async function* packedInTurn(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip({ level: 1 });
  const ready: Uint8Array[] = [];
  gzip.on('data', (bytes: Buffer) => ready.push(bytes));
  // Whoever writes hears of it; without a listener it would be thrown a second time.
  gzip.on('error', () => {});
  try {
    for (const piece of pieces) {
      await new Promise<void>((resolve, reject) => gzip.write(piece, (error) => (error ? reject(error) : resolve())));
      yield* ready.splice(0);
    }
    await new Promise<void>((resolve, reject) => {
      gzip.once('error', reject).once('end', resolve);
      gzip.end();
    });
    yield* ready;
  } finally {
    gzip.destroy();
  }
}
