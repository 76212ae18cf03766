import { constants, createGunzip, gunzipSync } from 'node:zlib';

/** What a Gunzip of Node.js keeps of where it writes to (lib/zlib.js of 18 to 24): nothing public says it. */
interface GunzipRoom {
  _outBuffer?: unknown;
  _chunkSize?: unknown;
  _outOffset?: unknown;
  _processChunk?: (bytes: Uint8Array, flush: number) => Buffer;
}

/** The least that an engine is made with; it never writes there. */
const LEAST_CHUNK = 64;
const FIRST_BYTES = 2 ** 21;
/** Files that unpack to more get memory of their own. */
const MOST_BYTES = 2 ** 23;

/**
 * Memory into which one file after another is unpacked. Fresh memory for each costs half as much as unpacking does: the system hands it
 * over page by page, zeroed, and has it back when the file is done.
 */
export class UnpackRoom {
  private memory: Buffer | null = null;
  /** What is not public may come to mean something else: the first file is unpacked as everybody does, too. Null before it. */
  private isProven: boolean | null = null;

  /**
   * As `gunzipSync`, and valid until the next call; null where the file is larger than the room, or this Node.js gives nobody room.
   * `size`: what the file says it unpacks to. It may lie.
   * @throws what `gunzipSync` throws
   */
  gunzip(bytes: Uint8Array, { size, maxBytes }: { readonly size: number; readonly maxBytes: number }): Buffer | null {
    if (size >= MOST_BYTES || this.isProven === false) return null;
    const engine = createGunzip({ chunkSize: LEAST_CHUNK, maxOutputLength: maxBytes });
    const room = engine as GunzipRoom;
    const isKnown =
      room._outBuffer instanceof Uint8Array &&
      room._outBuffer.length === LEAST_CHUNK &&
      room._chunkSize === LEAST_CHUNK &&
      room._outOffset === 0;
    if (!isKnown || !room._processChunk) {
      engine.close();
      return null;
    }
    // One byte more than the file: a full buffer makes the engine ask for another.
    if (this.memory === null || this.memory.length <= size)
      this.memory = Buffer.allocUnsafeSlow(this.memory === null && size < FIRST_BYTES ? FIRST_BYTES : MOST_BYTES);
    room._outBuffer = this.memory;
    room._chunkSize = this.memory.length;
    const unpacked = room._processChunk(bytes, constants.Z_FINISH);
    this.isProven ??= gunzipSync(bytes, { maxOutputLength: maxBytes }).equals(unpacked);
    return this.isProven ? unpacked : null;
  }

  /** Tells whether bytes lie in it. */
  holds({ buffer }: Uint8Array): boolean {
    return buffer === this.memory?.buffer;
  }
}
