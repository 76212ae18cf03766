import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { LogFileEntry } from '../../cloudtrail/log-file-entry.js';
import { hasMembers, isCount, isFlag, isListOf, isMapOf, isNullOr, isNumber, isText } from '../../record/text/shape.js';

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
}

/** So much text holds some 50,000 files; more of one account, Region and day are read again each time. */
const MOST_CHARACTERS = 16 * 2 ** 20;

export function encodeFileEntries({ folder, reader, parts, entries }: FileEntries): Uint8Array {
  const lines: string[] = [];
  let length = 0;
  for (const [, entry] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const line = JSON.stringify(entry);
    length += line.length;
    if (length > MOST_CHARACTERS) break;
    lines.push(line);
  }
  const about = { folder, reader, parts };
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
    const { folder, reader, parts, sha256 } = head as FileEntries & { readonly sha256: string };
    if (hashOf({ folder, reader, parts }, lines) !== sha256) return null;
    const values = lines.map((line) => JSON.parse(line) as unknown);
    if (!values.every(isEntry)) return null;
    const entries = new Map((values as LogFileEntry[]).map((entry) => [entry.name, entry]));
    return { folder, reader, parts, entries };
  } catch {
    return null; // No gzip, no JSON: damage.
  }
}

const isHead = hasMembers({
  schema: (value) => value === 1,
  ...{ folder: isText, reader: isText, sha256: isText, parts: isMapOf(isListOf(isText)) },
});
const isSpan = isNullOr(hasMembers({ from: isNumber, to: isNumber }));
const isEntry = hasMembers({
  ...{ name: isText, size: isCount, tag: isText },
  hours: isMapOf(hasMembers({ at: isNumber, lines: isText })),
  days: isListOf(isText),
  left: hasMembers({ starts: isSpan, links: isSpan }),
  tellers: isListOf(hasMembers({ credential: isText, at: isNumber, isTaken: isFlag })),
});

function hashOf(about: Omit<FileEntries, 'entries'>, lines: readonly string[]): string {
  return createHash('sha256')
    .update([JSON.stringify(about), ...lines].join('\n'))
    .digest('hex');
}
