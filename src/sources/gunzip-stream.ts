import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isGzip } from './gunzip-members.js';

/**
 * Unpacks a file of any length piece by piece; a file that is not gzip passes as it is. Ends with a sentence instead of a piece
 * when the gzip data is damaged. Damaged data is read twice, so that no byte is handed out of data whose checksum fails;
 * of data that was merely cut off, the beginning is. The check stops after `maxBytes`; the caller stops soon after.
 * @throws what `open` throws
 */
export async function* gunzipStream(file: Opens, maxBytes: number): AsyncGenerator<Buffer | string> {
  if (!(await startsWithGzip(file))) {
    for await (const chunk of file.open()) yield asBuffer(chunk);
    return;
  }
  const fault = await firstFault(file, maxBytes);
  if (fault !== null && !fault.isCut) {
    yield fault.reason;
    return;
  }
  try {
    for await (const chunk of unpack(file)) yield chunk;
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

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
