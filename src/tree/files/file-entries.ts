import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { LogFileEntry, LogFileIdentity } from '../../cloudtrail/log-file-entry.js';
import { hasMembers, isCount, isFlag, isListOf, isMapOf, isNullOr, isNumber, isText } from '../../record/text/shape.js';

/** A log file of which there is no entry: it is opened each time, could not be opened, or was read and is gone. */
export interface OtherFile extends LogFileIdentity {
  readonly state: 'read' | 'unread' | 'gone';
}

/**
 * What was read of the log files of one account, Region and day of delivery. Gzip-compressed JSON lines: the first says of whom and by
 * which reader, in which parts of the evidence the lines lie, and the SHA-256 of all of this; then one line a file, by name.
 */
export interface FileEntries {
  /** The folder of the account and Region, with the place of the trail. */
  readonly folder: string;
  /** Program, names, limits: what another reader took is not taken for granted. */
  readonly reader: string;
  /** By folder of the evidence: names of the parts in which lies all that was taken into it. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
  readonly entries: ReadonlyMap<string, LogFileEntry>;
  /** By name; none of them has an entry. */
  readonly others: ReadonlyMap<string, OtherFile>;
  /** There were too many files to remember each. */
  readonly isCut: boolean;
}

/** So much text holds some 50,000 files; more of one account, Region and day are read again each time. */
const MOST_CHARACTERS = 16 * 2 ** 20;

export function encodeFileEntries({ folder, reader, parts, entries, others, isCut }: FileEntries): Uint8Array {
  const lines: string[] = [];
  let length = 0;
  let isLong = isCut;
  for (const [, file] of [...entries, ...others].sort(([a], [b]) => (a < b ? -1 : 1))) {
    let line = JSON.stringify(file);
    // Beyond the bound only that it was read is remembered; beyond twice that, nothing.
    if (length + line.length > MOST_CHARACTERS && !('state' in file)) line = JSON.stringify(withoutEntry(file));
    if (length + line.length > 2 * MOST_CHARACTERS) {
      isLong = true;
      break;
    }
    length += line.length;
    lines.push(line);
  }
  const about = { folder, reader, parts, isCut: isLong };
  const head = { schema: 1, ...about, sha256: hashOf(about, lines) };
  return gzipSync([JSON.stringify(head), ...lines].join('\n'), { level: 1 });
}

/** Null where the bytes are not what `encodeFileEntries` made. */
export function decodeFileEntries(bytes: Uint8Array): FileEntries | null {
  try {
    const text = gunzipSync(bytes, { maxOutputLength: 4 * MOST_CHARACTERS }).toString('utf8');
    const [first = '', ...lines] = text.split('\n');
    const head: unknown = JSON.parse(first);
    if (!isHead(head)) return null;
    const { folder, reader, parts, isCut, sha256 } = head as FileEntries & { readonly sha256: string };
    if (hashOf({ folder, reader, parts, isCut }, lines) !== sha256) return null;
    const entries = new Map<string, LogFileEntry>();
    const others = new Map<string, OtherFile>();
    for (const value of lines.map((line) => JSON.parse(line) as unknown)) {
      if (isOther(value)) others.set((value as OtherFile).name, value as OtherFile);
      else if (isEntry(value)) entries.set((value as LogFileEntry).name, value as LogFileEntry);
      else return null;
    }
    return { folder, reader, parts, entries, others, isCut };
  } catch {
    return null; // No gzip, no JSON: damage.
  }
}

/** A file that was read, and is to be read again. */
export function withoutEntry({ name, size, tag, version }: LogFileIdentity): OtherFile {
  return { name, size, tag, version, state: 'read' };
}

const isHead = hasMembers({
  schema: (value) => value === 1,
  ...{ folder: isText, reader: isText, sha256: isText, parts: isMapOf(isListOf(isText)), isCut: isFlag },
});
const isSpan = isNullOr(hasMembers({ from: isNumber, to: isNumber }));
const identity = { name: isText, size: isCount, tag: isText, version: isText };
const isOther = hasMembers({
  ...identity,
  state: (value) => value === 'read' || value === 'unread' || value === 'gone',
});
const isEntry = hasMembers({
  ...identity,
  hours: isMapOf(hasMembers({ at: isNumber, lines: isText })),
  days: isListOf(isText),
  left: hasMembers({ starts: isSpan, links: isSpan }),
  tellers: isListOf(hasMembers({ credential: isText, at: isNumber, isTaken: isFlag })),
});

function hashOf(about: Omit<FileEntries, 'entries' | 'others'>, lines: readonly string[]): string {
  return createHash('sha256')
    .update([JSON.stringify(about), ...lines].join('\n'))
    .digest('hex');
}
