import { pipeline, Readable } from 'node:stream';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';

/** Packs values as gzip-compressed JSON lines; the same values give the same bytes. */
export function packLines(values: readonly unknown[]): Uint8Array {
  const text = values.map((value) => JSON.stringify(value)).join('\n');
  // Level 1: working files are read once or twice, and the hour waits for them.
  return gzipSync(text, { level: 1 });
}

/** A file under `_work/` that cannot be read. It is ours, so that is damage, not evidence. */
export class DamagedWorkingFile extends Error {
  override readonly name = 'DamagedWorkingFile';
  constructor(key: string, cause: unknown) {
    super(`the working file ${key} is damaged; put it back from a backup, or remove it and collect its day again`, {
      cause,
    });
  }
}

/** Unpacks what `packLines` made. @throws DamagedWorkingFile */
export function unpackLines(bytes: Uint8Array, key: string): unknown[] {
  try {
    const text = gunzipSync(bytes).toString('utf8');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]));
  } catch (error) {
    throw new DamagedWorkingFile(key, error);
  }
}

/** Files up to this size are unpacked at once: most are a few kilobytes, and setting up streams takes longer than that. */
const SMALL_BYTES = 64 * 1024;
/**
 * Bytes that a larger file is unpacked into at once. Of 128 KiB and more each piece is memory that the system has to give anew, which takes
 * longer than to unpack it; in pieces of the default size, 16 KiB, streaming takes twice the time.
 */
const PIECE_BYTES = 64 * 1024;

/** Unpacks gzip-compressed bytes piece by piece; memory does not grow with them. */
export async function* unpackPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const source = bytes[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let size = 0;
  let isRead = false;
  while (!isRead && size <= SMALL_BYTES) {
    const { done, value } = await source.next();
    if (done) isRead = true;
    else {
      held.push(value);
      size += value.length;
    }
  }
  if (isRead) {
    if (size > 0) yield gunzipSync(Buffer.concat(held));
    return;
  }
  const whole = async function* () {
    yield* held;
    yield* { [Symbol.asyncIterator]: () => source };
  };
  const unpacked = createGunzip({ chunkSize: PIECE_BYTES });
  // The consumer hears of failures; the callback only keeps them from being thrown twice.
  pipeline(Readable.from(whole()), unpacked, () => {});
  yield* unpacked as AsyncIterable<Buffer>;
}
