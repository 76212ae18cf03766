import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import { type ReportStore, WriteConflict } from '../../ports/report-store.js';
import { DamagedWorkingFile } from '../json-lines.js';
import { type Part, readPart } from './evidence-log.js';

/** Proves a part by its hash; a sentence when it is not what its name says, null when it is, or is gone meanwhile. */
export async function partFault(store: ReportStore, part: Part): Promise<string | null> {
  try {
    if (part.isMerged) for await (const _ of readPart(store, part));
    else {
      const found = await contentHash(store, part);
      if (found === null) return null;
      return found === part.sha256 ? null : `its content has the hash ${found}, not ${part.sha256}`;
    }
  } catch (error) {
    if (error instanceof WriteConflict) return null;
    const { cause = error } = error instanceof DamagedWorkingFile ? error : {};
    return cause instanceof Error ? cause.message : String(cause);
  }
  return null;
}

/** Parts up to this size are unpacked at once, which takes half the time. */
const SMALL_PART_BYTES = 1024 * 1024;
/** Ten times what a small part of evidence unpacks to: one that claims more is unpacked piece by piece. */
const SMALL_TEXT_BYTES = 64 * 1024 * 1024;

async function contentHash(store: ReportStore, { key, bytes }: Part): Promise<string | null> {
  const hash = createHash('sha256');
  if (bytes <= SMALL_PART_BYTES) {
    const stored = await store.read(key);
    if (!stored) return null;
    const size = unpackedBytes(stored.bytes);
    // In one piece of the right size: collecting pieces of the default one takes twice the time.
    if (size < SMALL_TEXT_BYTES)
      return hash
        .update(gunzipSync(stored.bytes, { chunkSize: Math.max(64, size + 1), maxOutputLength: SMALL_TEXT_BYTES }))
        .digest('hex');
  }
  const stream = await store.stream(key);
  if (!stream) return null;
  // A failure reaches the loop; the callback only keeps it from being thrown twice.
  for await (const piece of pipeline(Readable.from(stream), createGunzip({ chunkSize: PIECE_BYTES }), () => {}))
    hash.update(piece as Uint8Array);
  return hash.digest('hex');
}

/** Text that a larger part is unpacked into at once. */
const PIECE_BYTES = 256 * 1024;

/** What the last four bytes of a gzip file say, which may be a lie (RFC 1952, ISIZE). */
function unpackedBytes(packed: Uint8Array): number {
  return packed.length < 4
    ? 0
    : Buffer.from(packed.buffer, packed.byteOffset, packed.length).readUInt32LE(packed.length - 4);
}
