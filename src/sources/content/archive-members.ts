import { Readable } from 'node:stream';

/** A file in an archive: its bytes, or why they were not got. */
export type Member =
  | { readonly name: string; readonly bytes: Buffer }
  | { readonly name: string; readonly reason: string; readonly wayOut: string };

export interface MemberLimits {
  /** A longer member is told instead. */
  readonly maxMemberBytes: number;
  /** All members together; an archive bomb ends here. */
  readonly maxBytes: number;
  /** Tells members that need not be unpacked, by name. */
  readonly skips: (name: string) => boolean;
}

const UNPACK = 'unpack it where it lies, or move it away';

/** Yields the files of a zip archive. @throws Error when it is damaged, or none */
export async function* zipMembers(bytes: Buffer, limits: MemberLimits): AsyncGenerator<Member> {
  const { fromBufferPromise } = await import('yauzl');
  const archive = await fromBufferPromise(bytes, { lazyEntries: true });
  let total = 0;
  for await (const entry of archive.eachEntry()) {
    const name = entry.fileName;
    if (name.endsWith('/') || limits.skips(name)) continue;
    if (entry.isEncrypted()) {
      yield { name, reason: 'encrypted', wayOut: 'unpack it with its password where it lies, or move it away' };
      continue;
    }
    const read = await collect(await archive.openReadStreamPromise(entry), limits.maxMemberBytes);
    total += read.length;
    yield { name, ...memberOf(read, limits.maxMemberBytes) };
    if (total > limits.maxBytes) throw new Error(`it unpacks to more than ${limits.maxBytes} bytes`);
  }
}

/** Yields the files of a tar archive as its bytes arrive. @throws Error when it is damaged; what `chunks` throws */
export async function* tarMembers(chunks: AsyncIterable<Buffer>, limits: MemberLimits): AsyncGenerator<Member> {
  const { extract } = await import('tar-stream');
  const archive = extract();
  const source = Readable.from(chunks);
  // `pipe` passes no errors on.
  source.on('error', (error) => archive.destroy(error));
  source.pipe(archive);
  let total = 0;
  for await (const entry of archive) {
    const { name, type } = entry.header;
    if (type !== 'file' || limits.skips(name)) {
      entry.resume();
      continue;
    }
    const read = await collect(entry as AsyncIterable<Uint8Array>, limits.maxMemberBytes);
    total += read.length;
    yield { name, ...memberOf(read, limits.maxMemberBytes) };
    if (total > limits.maxBytes) throw new Error(`it unpacks to more than ${limits.maxBytes} bytes`);
  }
}

function memberOf(
  { bytes, length }: { readonly bytes: Buffer | null; readonly length: number },
  limit: number,
): { readonly bytes: Buffer } | { readonly reason: string; readonly wayOut: string } {
  return bytes
    ? { bytes }
    : { reason: `${length} bytes, more than the ${limit} read inside an archive`, wayOut: UNPACK };
}

/** Reads a stream to its end; keeps nothing of one that is too long. */
async function collect(
  stream: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<{ readonly bytes: Buffer | null; readonly length: number }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return { bytes: length > limit ? null : Buffer.concat(chunks), length };
}
