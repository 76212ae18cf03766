import { HEADER_BYTES, type ZipEntry, zipDirectory, zipHeader } from '../pack/zip.js';

/** Bytes of an archive, read where they are wanted. */
export interface ArchiveBytes {
  readonly size: number;
  /** Fewer bytes than asked for only at the end. */
  read(position: number, length: number): Promise<Uint8Array>;
}

/** A file in an archive. */
export interface ArchiveFile extends ZipEntry {
  /** Of its first byte. */
  readonly start: number;
}

/** What an archive is made of. */
export interface Archive {
  readonly files: ReadonlyMap<string, ArchiveFile>;
  /** Sentences: what is not as `createZip` writes it, and between which files. */
  readonly faults: readonly string[];
}

const PATH = /^[A-Za-z0-9_.=-]+(?:\/[A-Za-z0-9_.=-]+)*$/;

/**
 * Reads the frame of an archive that `createZip` wrote, strictly: headers one after the other, then the directory, which must be
 * the one of these files. An archive of any other form is a fault; so is one that somebody packed anew.
 */
export async function readArchive(bytes: ArchiveBytes): Promise<Archive> {
  const entries: ZipEntry[] = [];
  const files = new Map<string, ArchiveFile>();
  const faults: string[] = [];
  let position = 0;
  for (;;) {
    const header = Buffer.from(await bytes.read(position, HEADER_BYTES + MOST_NAME));
    if (header.length < HEADER_BYTES || header.readUInt32LE(0) !== 0x04_03_4b_50) break;
    const size = header.readUInt32LE(18);
    const path = header.toString('latin1', HEADER_BYTES, HEADER_BYTES + header.readUInt16LE(26));
    const entry = { path, size, crc: header.readUInt32LE(14), offset: position };
    const expected = zipHeader(entry);
    if (!PATH.test(path) || path.split('/').includes('..') || !header.subarray(0, expected.length).equals(expected)) {
      faults.push(`the archive's header ${placeOf(entries)} (byte ${position}) is not as it was written`);
      return { files, faults };
    }
    const start = position + expected.length;
    if (start + size > bytes.size) {
      faults.push(`the archive ends inside ${path}: it was cut, or the size in its header was changed`);
      return { files, faults };
    }
    if (files.has(path)) faults.push(`${path} is in the archive twice`);
    entries.push(entry);
    files.set(path, { ...entry, start });
    position = start + size;
  }
  const rest = Buffer.from(await bytes.read(position, bytes.size - position));
  const directory = zipDirectory(entries);
  if (!rest.equals(directory)) {
    const at = firstDifference(rest, directory);
    faults.push(`the archive's directory, ${placeOf(entries)}, is not as it was written (byte ${position + at})`);
  }
  return { files, faults };
}

/** Longer than any path of a pack. */
const MOST_NAME = 512;

function placeOf(entries: readonly ZipEntry[]): string {
  const before = entries.at(-1)?.path;
  return before === undefined ? 'at its beginning' : `after ${before}`;
}

function firstDifference(a: Buffer, b: Buffer): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at;
}

const PIECE_BYTES = 1024 * 1024;

/** The bytes of a file in pieces. */
export async function* fileBytes(bytes: ArchiveBytes, { start, size }: ArchiveFile): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; at += PIECE_BYTES) yield await bytes.read(start + at, Math.min(PIECE_BYTES, size - at));
}
