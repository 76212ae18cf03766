import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * The one form of a pack's archive: stored entries, no times, no attributes that differ, no extra fields. Same files in the same order,
 * same bytes; and every byte of an archive that is none of a file's is known, so that a changed one is found.
 */

/** Where an archive is written: at its end, and once more over a header that was written before its content was known. */
export interface ZipTarget {
  append(bytes: Uint8Array): Promise<void>;
  overwrite(position: number, bytes: Uint8Array): Promise<void>;
}

/** Where a pack is written. */
export interface PackTarget extends ZipTarget {
  /** Opens a place for a file that is made beside another, until its turn comes. */
  spool(): Promise<Spool>;
}

/** Bytes that wait on a disk. */
export interface Spool {
  append(bytes: Uint8Array): Promise<void>;
  /** What was appended, from its beginning. */
  read(): AsyncIterable<Uint8Array>;
  remove(): Promise<void>;
}

/** What stands in an archive's directory of a file. */
export interface ZipEntry {
  readonly path: string;
  readonly size: number;
  readonly crc: number;
  /** Of its header, from the beginning of the archive. */
  readonly offset: number;
}

export interface ZipWriter {
  /** Adds a file; returns the sha256 of its bytes, in hex. @throws RangeError for an archive of 4 GiB */
  add(path: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<string>;
  finish(): Promise<void>;
}

/** Without Zip64 sizes and offsets are 32 bits, and there are at most 65,535 entries. */
const MOST_BYTES = 0xff_ff_ff_ff;
const MOST_ENTRIES = 0xff_ff;

export const HEADER_BYTES = 30;
/** 1 January 1980, the first day that the format knows. */
const DATE = 0x21;
const VERSION = 20;

/** The bytes before a file's content. */
export function zipHeader({ path, size, crc }: Pick<ZipEntry, 'path' | 'size' | 'crc'>): Buffer {
  const name = Buffer.from(path, 'ascii');
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(0x04_03_4b_50, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(DATE, 12);
  writeSums(header, 14, { size, crc });
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

/** The bytes after the last file: the directory and its end. */
export function zipDirectory(entries: readonly ZipEntry[]): Buffer {
  const records = entries.map(directoryRecord);
  const last = entries.at(-1);
  const start = last ? last.offset + zipHeader(last).length + last.size : 0;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06_05_4b_50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(
    records.reduce((sum, { length }) => sum + length, 0),
    12,
  );
  end.writeUInt32LE(start, 16);
  return Buffer.concat([...records, end]);
}

function directoryRecord({ path, size, crc, offset }: ZipEntry): Buffer {
  const name = Buffer.from(path, 'ascii');
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x02_01_4b_50, 0);
  record.writeUInt16LE((3 << 8) | VERSION, 4); // Unix: the attributes are a mode
  record.writeUInt16LE(VERSION, 6);
  record.writeUInt16LE(DATE, 14);
  writeSums(record, 16, { size, crc });
  record.writeUInt16LE(name.length, 28);
  record.writeUInt32LE((0o100644 << 16) >>> 0, 38);
  record.writeUInt32LE(offset, 42);
  return Buffer.concat([record, name]);
}

function writeSums(bytes: Buffer, at: number, { size, crc }: { readonly size: number; readonly crc: number }): void {
  bytes.writeUInt32LE(crc, at);
  bytes.writeUInt32LE(size, at + 4);
  bytes.writeUInt32LE(size, at + 8);
}

/** Writes an archive from its beginning. Memory: a piece of a file, and the directory. */
export function createZip(target: ZipTarget): ZipWriter {
  const entries: ZipEntry[] = [];
  let position = 0;
  const append = async (bytes: Uint8Array) => {
    if (position + bytes.length > MOST_BYTES)
      throw new RangeError('the pack would be larger than 4 GiB: make one for fewer days');
    await target.append(bytes);
    position += bytes.length;
  };
  return {
    async add(path, content) {
      if (entries.length >= MOST_ENTRIES)
        throw new RangeError(`the pack would hold more than ${MOST_ENTRIES} files: make one for fewer days`);
      const offset = position;
      const hash = createHash('sha256');
      let size = 0;
      let crc = 0;
      await append(zipHeader({ path, size, crc }));
      for await (const piece of content instanceof Uint8Array ? [content] : content) {
        hash.update(piece);
        crc = crc32(piece, crc);
        size += piece.length;
        await append(piece);
      }
      await target.overwrite(offset, zipHeader({ path, size, crc }));
      entries.push({ path, size, crc, offset });
      return hash.digest('hex');
    },
    async finish() {
      await append(zipDirectory(entries));
    },
  };
}
