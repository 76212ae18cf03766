import type { Reach } from '../../ports/start-source.js';

interface Sized {
  readonly size: number;
}

/** Keys listed before the first file is read: with them the whole is known, and for more of them the whole is not told. */
const LISTED_AHEAD = 50_000;

/** Knows how many files and bytes there are, and how many are done. */
export class FileProgress {
  private files = 0;
  private bytes = 0;
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
        else ahead.push(this.listed(next.value));
      }
      yield* ahead;
      while (!this.isListed) {
        const next = await iterator.next();
        if (next.done) this.isListed = true;
        else yield this.listed(next.value);
      }
    } finally {
      await iterator.return?.(undefined);
    }
  }

  done({ size }: Sized): void {
    this.files += 1;
    this.bytes += size;
  }

  reach(): Reach {
    const { files, bytes, allFiles, allBytes, isListed } = this;
    return { files, bytes, allFiles: isListed ? allFiles : null, allBytes: isListed ? allBytes : null };
  }

  private listed<T extends Sized>(file: T): T {
    this.allFiles += 1;
    this.allBytes += file.size;
    return file;
  }
}
