/** Bytes at hand, as a stream of one chunk. */
export async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** A stream whose first chunk was taken to look at it. */
export async function* resumed(first: IteratorResult<Buffer>, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.done) return;
  yield first.value;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** Reads a stream to its end; null when it holds more than `limit` bytes. */
export async function collectUpTo(chunks: AsyncIterable<Buffer>, limit: number): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length > limit) return null;
  }
  return Buffer.concat(parts);
}

/**
 * Keeps the end of one chunk in front of the next, so that a value lies in one piece. Every byte is copied a bounded number of times,
 * however small the chunks are; bytes once handed out are never written to again.
 */
export class Carry {
  /** Bytes copied so far. */
  copied = 0;
  private buffer: Buffer = Buffer.alloc(0);
  private length = 0;
  private isOwn = false;

  /** The kept bytes with the chunk behind them. */
  join(chunk: Buffer): Buffer {
    this.isOwn = this.length > 0;
    if (!this.isOwn) return chunk;
    const length = this.length + chunk.length;
    if (length > this.buffer.length) this.grow(length);
    chunk.copy(this.buffer, this.length);
    this.copied += chunk.length;
    this.length = length;
    return this.buffer.subarray(0, length);
  }

  /** Keeps what `join` returned, from an offset on. */
  keep(joined: Buffer, from: number): void {
    if (this.isOwn && from === 0) return;
    const rest = joined.length - from;
    this.length = rest;
    if (rest === 0) return;
    const buffer = Buffer.allocUnsafe(Math.max(256, rest * 2));
    joined.copy(buffer, 0, from);
    this.copied += rest;
    this.buffer = buffer;
  }

  private grow(length: number): void {
    const grown = Buffer.allocUnsafe(length * 2);
    this.buffer.copy(grown, 0, 0, this.length);
    this.copied += this.length;
    this.buffer = grown;
  }
}
