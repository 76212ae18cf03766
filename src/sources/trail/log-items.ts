import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import type { LinkLine } from '../../cloudtrail/link-line.js';
import type { NotRead } from '../../cloudtrail/not-read.js';
import { readEvidence } from '../../cloudtrail/read-evidence.js';
import type { Reject, Start } from '../../cloudtrail/start.js';
import { readTrailChange, type TrailChange } from '../../cloudtrail/trail-change.js';
import type { Counts } from '../aws/counts.js';
import type { RecordShapes } from '../compact/record-shapes.js';
import { repeatsMember } from '../content/repeated-member.js';
import type { UnpackRoom } from '../content/unpack-room.js';
import type { LoadZstd } from '../content/zstd-frame.js';
import type { RevealedCredentials } from './revealing-events.js';

/** What stands in a log file. A link whose line follows from its bytes comes as that. */
export type LogItem = Start | CredentialLink | LinkLine | Reject | NotRead | TrailChange;

/** A file that may hold CloudTrail records, opened as often as needed. */
export interface LogFile {
  /** For messages and rejects: where the file is. */
  readonly origin: string;
  readonly size: number;
  /** What its name tells of when the events in it happened. */
  readonly mayHold?: NotRead['mayHold'];
  open(): AsyncIterable<Uint8Array>;
}

export interface LogFileLimits {
  /** Files up to this size, packed and unpacked, are read at once; longer ones in pieces. */
  readonly wholeBytes: number;
  /** Archives and Parquet files up to this size are read; longer ones are told. */
  readonly archiveBytes: number;
  /** Unpacked bytes after which a file is given up: a gzip bomb ends here. */
  readonly maxFileBytes: number;
  readonly maxRecordBytes: number;
  /** Bytes of a damaged file kept in its reject. */
  readonly keptBytes: number;
}

export const LOG_FILE_LIMITS: LogFileLimits = {
  wholeBytes: 64 * 2 ** 20,
  archiveBytes: 512 * 2 ** 20,
  maxFileBytes: 16 * 2 ** 30,
  maxRecordBytes: 32 * 2 ** 20,
  keptBytes: 8 * 2 ** 20,
};

export interface ReadLogFileOptions {
  /** Event names to look for. */
  readonly names: ReadonlySet<string>;
  readonly limits: LogFileLimits;
  readonly counts: Counts;
  /** Shapes of records that were met in the files so far. */
  readonly shapes: RecordShapes;
  /** Where files are unpacked, one after another; absent: each gets memory of its own. */
  readonly room?: UnpackRoom;
  /** Of which credentials the file has told whom they act for; absent where only starts are read. */
  readonly revealed?: RevealedCredentials;
  /** Absent where zstd is not at hand: what is packed with it is told. */
  readonly loadZstd?: LoadZstd;
  /** Sees the bytes of files whose names tell no time. */
  readonly look?: (bytes: Buffer) => void;
}

/** Reads one record; `text` is its JSON where it is at hand. */
export function itemOf(
  record: unknown,
  { text, origin }: { readonly text: string | null; readonly origin: string },
  options: ReadLogFileOptions,
): LogItem | null {
  const { names, counts } = options;
  const evidence = readEvidence(record);
  if (evidence === null) {
    const change = readTrailChange(record);
    if (change) return change;
    if (text === null || !isNamedTwice(text, names)) return null;
    counts.add('rejects', 1);
    return { kind: 'reject', reason: 'it has several names', eventTime: null, raw: text, origin };
  }
  if (evidence.kind !== 'reject') return acceptedOf(evidence, options);
  counts.add('rejects', 1);
  return { ...evidence, raw: text ?? JSON.stringify(record), origin };
}

/** What was read of one record; null for an event that issues nothing and tells nothing new. */
export function acceptedOf(
  evidence: Start | CredentialLink,
  { names, revealed }: ReadLogFileOptions,
): Start | CredentialLink | null {
  const isOther = evidence.kind === 'link' && !names.has(evidence.eventName);
  return isOther && revealed?.takes(evidence) !== true ? null : evidence;
}

/** Makes the reject of a file that could not be read as a whole. */
export function rejectFile(
  file: Pick<LogFile, 'origin'>,
  { reason, bytes }: { readonly reason: string; readonly bytes: Uint8Array },
  { limits, counts }: Pick<ReadLogFileOptions, 'limits' | 'counts'>,
): Reject {
  counts.add('filesDamaged', 1);
  counts.add('rejects', 1);
  const isLong = bytes.length > limits.keptBytes;
  return {
    kind: 'reject',
    reason: isLong ? `${reason} (the first ${limits.keptBytes} of its ${bytes.length} bytes are kept)` : reason,
    eventTime: null,
    // Its own: the next file is read to where these bytes lie, and they would keep, or send to others, all that they are a part of.
    raw: new Uint8Array(bytes.subarray(0, limits.keptBytes)),
    origin: file.origin,
  };
}

/** Tells a file that could not be read, or not to its end. */
export function notReadFile(
  { origin, mayHold }: Pick<LogFile, 'origin' | 'mayHold'>,
  { reason, wayOut }: { readonly reason: string; readonly wayOut: string },
  { counts }: Pick<ReadLogFileOptions, 'counts'>,
): NotRead {
  counts.add('filesNotRead', 1);
  return { kind: 'not-read', name: origin, reason, wayOut, mayHold: mayHold ?? null };
}

/** A damaged file twice over: its bytes are kept, and the hours that may lack something are told. */
export function damagedFile(
  file: LogFile,
  { reason, bytes }: { readonly reason: string; readonly bytes: Uint8Array },
  options: Pick<ReadLogFileOptions, 'limits' | 'counts'>,
): LogItem[] {
  const wayOut = 'put an undamaged copy in its place and collect again';
  return [rejectFile(file, { reason, bytes }, options), notReadFile(file, { reason, wayOut }, options)];
}

/** JSON readers take the last of two members of one name: an event that is looked for could hide behind another name. */
function isNamedTwice(text: string, names: ReadonlySet<string>): boolean {
  const isNamed = [...text.matchAll(/"eventName"\s*:\s*"(\w+)"/g)].some(([, name = '']) => names.has(name));
  return isNamed && repeatsMember(text, 'eventName');
}
