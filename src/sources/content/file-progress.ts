import type { Reach } from '../../ports/start-source.js';

interface Sized {
  readonly size: number;
}

/** Keys listed before the first file is read: with them the whole is known, and for more of them the whole is not told. */
const LISTED_AHEAD = 50_000;
/** A large file is told of so often. */
const TOLD_EVERY_BYTES = 16 * 2 ** 20;

/** Knows how many files and bytes there are, and how many are done; of a large file, how far it is read. */
export class FileProgress {
  private files = 0;
  private bytes = 0;
  /** Of the file that is being read. */
  private part = 0;
  private toldBytes = 0;
  private allFiles = 0;
  private allBytes = 0;
  private isListed = false;

  /** Lists ahead of the reader, up to a bound. */
  async *listAhead<T extends Sized>(files: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = files[Symbol.asyncIterator]();
    try {
      const ahead: T[] = [];
      while (!this.isListed && ahead.length < LISTED_AHEAD) {
        const next = await iterator.next();
        if (next.done) this.isListed = true;
        else ahead.push(this.counted(next.value));
      }
      yield* ahead;
      while (!this.isListed) {
        const next = await iterator.next();
        if (next.done) this.isListed = true;
        else yield this.counted(next.value);
      }
    } finally {
      await iterator.return?.(undefined);
    }
  }

  /** A file is read from its beginning. */
  begin(): void {
    this.part = 0;
  }

  /** So many more of its bytes, as they lie there, have been read. */
  read(bytes: number): void {
    this.part += bytes;
  }

  done({ size }: Sized): void {
    this.files += 1;
    this.bytes += size;
    this.part = 0;
  }

  /** So much has been read since it was last told, without a file having ended. */
  isWorthTelling(): boolean {
    return this.bytes + this.part - this.toldBytes >= TOLD_EVERY_BYTES;
  }

  /** What was listed so far; before the first file is read, all there is or a great part of it. */
  listed(): { readonly files: number; readonly bytes: number } {
    return { files: this.allFiles, bytes: this.allBytes };
  }

  reach(): Reach {
    const { files, allFiles, allBytes, isListed } = this;
    const bytes = Math.min(this.bytes + this.part, allBytes);
    this.toldBytes = bytes;
    return { files, bytes, allFiles: isListed ? allFiles : null, allBytes: isListed ? allBytes : null };
  }

  private counted<T extends Sized>(file: T): T {
    this.allFiles += 1;
    this.allBytes += file.size;
    return file;
  }
}
