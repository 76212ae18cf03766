import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ServiceError, type ServiceRequest } from './service.js';

/** The payload of an upload: `aws-chunked` framing removed, length and checksums verified. */
export function payloadOf(request: ServiceRequest): Buffer {
  const { headers, body } = request;
  const isChunked = String(headers['content-encoding'] ?? '').includes('aws-chunked');
  const { payload, trailers } = isChunked ? unchunk(body) : { payload: body, trailers: new Map<string, string>() };
  const length = headers['x-amz-decoded-content-length'];
  if (isChunked && length !== undefined && Number(length) !== payload.length) {
    throw new ServiceError(400, 'IncompleteBody', 'The number of bytes differs from x-amz-decoded-content-length');
  }
  const headerOf = (name: string) => trailers.get(name) ?? (headers[name] as string | undefined);
  verify('x-amz-checksum-crc32', headerOf('x-amz-checksum-crc32'), () => crc32Of(payload));
  for (const algorithm of ['sha256', 'sha1']) {
    const name = `x-amz-checksum-${algorithm}`;
    verify(name, headerOf(name), () => createHash(algorithm).update(payload).digest('base64'));
  }
  verify('content-md5', headerOf('content-md5'), () => createHash('md5').update(payload).digest('base64'));
  const signed = headers['x-amz-content-sha256'];
  if (typeof signed === 'string' && /^[0-9a-f]{64}$/.test(signed)) {
    verify('x-amz-content-sha256', signed, () => createHash('sha256').update(body).digest('hex'));
  }
  return payload;
}

export function crc32Of(bytes: Buffer): string {
  const word = Buffer.alloc(4);
  word.writeUInt32BE(crc32(bytes));
  return word.toString('base64');
}

function verify(name: string, given: string | undefined, compute: () => string): void {
  if (given === undefined || given === compute()) return;
  throw new ServiceError(
    400,
    name === 'content-md5' ? 'BadDigest' : 'XAmzContentChecksumMismatch',
    `${name} did not match`,
  );
}

/** Reads `<hex length>[;chunk-signature=…]\r\n<bytes>\r\n … 0\r\n<trailers>\r\n`. */
function unchunk(body: Buffer): { payload: Buffer; trailers: Map<string, string> } {
  const parts: Buffer[] = [];
  let at = 0;
  while (true) {
    const end = body.indexOf('\r\n', at);
    const size = end < 0 ? Number.NaN : Number.parseInt(body.toString('latin1', at, end), 16);
    if (!Number.isFinite(size)) throw new ServiceError(400, 'IncompleteBody', 'the aws-chunked body is malformed');
    at = end + 2;
    if (size === 0) break;
    parts.push(body.subarray(at, at + size));
    at += size + 2;
  }
  const trailers = new Map<string, string>();
  for (const line of body.toString('latin1', at).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { payload: Buffer.concat(parts), trailers };
}
