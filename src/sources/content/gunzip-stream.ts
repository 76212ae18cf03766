import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { isGzip } from './gunzip-members.js';

/**
 * Reads a file of any length piece by piece as UTF-8, unpacking gzip and UTF-16 of either order (into which PowerShell redirects). Ends with a
 * sentence instead of a piece when the gzip data is damaged. Damaged data is read twice, so that no byte is handed out of data
 * whose checksum fails; of data that was merely cut off, the beginning is. The check stops after `maxBytes`; the caller stops
 * soon after.
 * @throws what `open` throws
 */
export async function* gunzipStream(file: Opens, maxBytes: number): AsyncGenerator<Buffer | string> {
  if (!(await startsWithGzip(file))) {
    yield* asUtf8(file.open());
    return;
  }
  const fault = await firstFault(file, maxBytes);
  if (fault !== null && !fault.isCut) {
    yield fault.reason;
    return;
  }
  try {
    yield* asUtf8(unpack(file));
  } catch (error) {
    if (!isZlibError(error) || fault === null) throw error;
    yield fault.reason;
  }
}

interface Opens {
  open(): AsyncIterable<Uint8Array>;
}

async function startsWithGzip(file: Opens): Promise<boolean> {
  for await (const chunk of file.open()) if (chunk.length > 1) return isGzip(chunk);
  return false;
}

async function firstFault(file: Opens, maxBytes: number): Promise<{ reason: string; isCut: boolean } | null> {
  try {
    let length = 0;
    for await (const chunk of unpack(file)) {
      length += chunk.length;
      if (length > maxBytes) break;
    }
    return null;
  } catch (error) {
    if (!isZlibError(error)) throw error;
    const isCut = error.code === 'Z_BUF_ERROR';
    return { reason: isCut ? 'the gzip data ends too early' : `the gzip data is damaged (${error.message})`, isCut };
  }
}

function unpack(file: Opens): AsyncIterable<Buffer> {
  const source = Readable.from(file.open());
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  // `pipe` passes no errors on.
  source.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => source.destroy());
  return source.pipe(gunzip);
}

function isZlibError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}

async function* asUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let decoder: { write(bytes: Buffer): string } | null = null;
  let isFirst = true;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (isFirst && bytes[0] === 0xff && bytes[1] === 0xfe) decoder = new StringDecoder('utf16le');
    else if (isFirst && bytes[0] === 0xfe && bytes[1] === 0xff) decoder = bigEndian();
    yield decoder ? Buffer.from(decoder.write(isFirst ? bytes.subarray(2) : bytes), 'utf8') : bytes;
    isFirst = false;
  }
}

function bigEndian(): { write(bytes: Buffer): string } {
  const little = new StringDecoder('utf16le');
  let odd: Buffer = Buffer.alloc(0);
  return {
    write(bytes) {
      const joined = Buffer.concat([odd, bytes]);
      const even = joined.length & ~1;
      odd = joined.subarray(even);
      return little.write(joined.subarray(0, even).swap16());
    },
  };
}
