import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Files of more get memory of their own. */
const MOST_BYTES = 2 ** 21;

/**
 * Memory to which one file of this machine after another is read. Fresh memory for each is handed over by the system page by page,
 * zeroed, and taken back; where several threads ask for it, they wait for each other.
 */
export class ReadingDesk {
  private memory: Buffer | null = null;

  /** The bytes of a file, valid until the next call; null when it cannot be read. */
  bytesAt(path: string): Buffer | null {
    let file: number | null = null;
    try {
      file = openSync(path, 'r');
      return bytesOf(file, this.memoryFor(fstatSync(file).size));
    } catch {
      return null;
    } finally {
      if (file !== null) closeSync(file);
    }
  }

  private memoryFor(size: number): Buffer {
    // One byte more: a file that grew meanwhile is seen to end, or not.
    if (size >= MOST_BYTES) return Buffer.allocUnsafeSlow(size + 1);
    this.memory ??= Buffer.allocUnsafeSlow(MOST_BYTES);
    return this.memory;
  }
}

/** Null for a file of more than there is memory for. */
function bytesOf(file: number, memory: Buffer): Buffer | null {
  let length = 0;
  for (;;) {
    const read = readSync(file, memory, length, memory.length - length, null);
    if (read === 0) return memory.subarray(0, length);
    length += read;
    if (length === memory.length) return null;
  }
}
