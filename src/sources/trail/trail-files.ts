import type { Window } from '../../calendar/window.js';
import { LATE_EVENT_DAYS } from '../../cloudtrail/limits.js';
import type { LogKey } from '../../cloudtrail/log-file-name.js';
import { mayConcern, type NotRead } from '../../cloudtrail/not-read.js';
import { LINK_EVENT_NAMES } from '../../cloudtrail/read-credential-link.js';
import type { EvidenceBatch, StartSource } from '../../ports/start-source.js';
import { describe, isAccessDenied, isTransient, nameOf, PermissionDenied } from '../aws/aws-failure.js';
import { type Counts, createCounts } from '../aws/counts.js';
import { FileProgress } from '../content/file-progress.js';
import type { LoadZstd } from '../content/zstd-frame.js';
import { DayEvidence } from './day-evidence.js';
import { type ListedFile, listTrail, type TrailBucket } from './list-trail.js';
import {
  damagedFile,
  LOG_FILE_LIMITS,
  type LogFile,
  type LogFileLimits,
  type LogItem,
  type ReadLogFileOptions,
} from './log-items.js';
import { readLitter } from './read-litter.js';
import { readLogFile } from './read-log-file.js';
import { RecordShapes } from './record-shapes.js';
import { createRevealedCredentials } from './revealing-events.js';
import { UnreadBound } from './unread-bound.js';

export interface TrailFilesOptions {
  readonly bucket: TrailBucket;
  /** Only keys below this folder (or exactly this file). */
  readonly prefix?: string;
  /** Also read the events that issue credentials; they are yielded from `linkLeadMs` before the window on. */
  readonly links?: boolean;
  /** Sessions last up to 36 hours, so the events that began them may lie so far before the window. */
  readonly linkLeadMs?: number;
  /** Files are delivered up to this many days after the event (aws-facts 4.1: redelivery for 30 days). */
  readonly lateDays?: number;
  /** Files fetched ahead of the one that is read. */
  readonly ahead?: number;
  readonly limits?: Partial<LogFileLimits>;
  /** Absent where zstd is not at hand: what is packed with it is told. */
  readonly loadZstd?: LoadZstd;
}

const DAY_MS = 86_400_000;
export const LINK_LEAD_MS = 36 * 3_600_000;
/** Fetched ahead at most, in bytes. */
const AHEAD_BYTES = 32 * 2 ** 20;
/** Yielded even when nothing was found, so that a run that dies has a recent cursor. */
const FILES_PER_BATCH = 64;
const TRIES_PER_FILE = 4;
/** So many denied files and not one readable: the permission is missing for all of them. */
const DENIED_FILES = 20;

/**
 * Reads CloudTrail log files. Where keys follow the layout of a trail only the delivery days that can hold events of the window
 * are listed; elsewhere every file is read, whatever its name. Order: ascending by key. Any file may hold any time, so a window is
 * covered when all files have been read. A file that cannot be used is told; memory is bounded by the largest file read at once.
 */
export function createTrailFiles(options: TrailFilesOptions): StartSource {
  const counts = createCounts(['bytesRead', 'files', 'filesDamaged', 'links', 'rejects', 'starts']);
  return {
    scan: (window, { cursor, signal, days = [window] }) =>
      scanFiles(window, {
        ...{ ...options, counts, signal, after: keyOf(cursor) },
        ...{ evidence: new DayEvidence(days, daysOf(cursor)), progress: new FileProgress() },
      }),
    account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: counts.all() }),
  };
}

interface Scan extends TrailFilesOptions {
  readonly counts: Counts;
  readonly after: string | null;
  readonly signal: AbortSignal | undefined;
  readonly evidence: DayEvidence;
  readonly progress: FileProgress;
}

async function* scanFiles(window: Window, scan: Scan): AsyncGenerator<EvidenceBatch> {
  const { links = true, linkLeadMs = LINK_LEAD_MS, counts, signal, evidence, progress } = scan;
  const names = new Set(links ? ['StartQueryExecution', ...LINK_EVENT_NAMES] : ['StartQueryExecution']);
  const reading: ReadLogFileOptions = {
    ...{ names, counts, limits: { ...LOG_FILE_LIMITS, ...scan.limits }, shapes: new RecordShapes() },
    ...(links ? { revealed: createRevealedCredentials() } : {}),
    ...(scan.loadZstd ? { loadZstd: scan.loadZstd } : {}),
  };
  const linkWindow = { start: window.start - linkLeadMs, end: window.end };
  const days = {
    from: (links ? linkWindow : window).start - DAY_MS,
    to: window.end + (scan.lateDays ?? LATE_EVENT_DAYS) * DAY_MS,
  };
  const keep = (items: readonly LogItem[]) => items.filter((item) => isWanted(item, { window, linkWindow, counts }));
  let done = scan.after;
  let waiting: LogItem[] = [];
  const batch = (covered: readonly Window[]): EvidenceBatch => {
    const items = waiting;
    waiting = [];
    const cursor = { after: done, days: evidence.known() };
    return { items, covered, cursor, reach: progress.reach() };
  };
  const unread = new UnreadBound();
  let denied = 0;
  let files = 0;
  for await (const file of fetchAhead(progress.listAhead(listTrail(scan, days)), scan)) {
    signal?.throwIfAborted();
    try {
      const isDated = evidence.delivered(file);
      const looking = isDated ? reading : { ...reading, look: (bytes: Buffer) => evidence.look(bytes) };
      const isLitter = file.place.kind === 'litter';
      const read = (own: ReadLogFileOptions) => readWithRetry(file, own);
      for await (const items of isLitter ? readLitter(read, reading) : read(looking)) {
        const kept = keep(items);
        for (const item of kept) if (item.kind === 'start') evidence.met(item.eventTime);
        waiting.push(...unread.bounded(kept));
        if (waiting.length >= 1000 || progress.isWorthTelling()) yield batch([]);
      }
      if (!isLitter) counts.add('files', 1);
    } catch (error) {
      if (!isAboutOneFile(error)) throw error;
      if (isAccessDenied(error)) denied += 1;
      if (denied >= DENIED_FILES && counts.get('files') === 0)
        throw new PermissionDenied('s3:GetObject (and kms:Decrypt)', error);
      const reason = `the file could not be read: ${describe(error)}`;
      waiting.push(...unread.bounded(keep(damagedFile(file, { reason, bytes: Buffer.alloc(0) }, reading))));
    }
    done = file.key;
    progress.done(file);
    files += 1;
    if (waiting.length > 0 || files % FILES_PER_BATCH === 0) yield batch([]);
  }
  if (denied > 0 && counts.get('files') === 0) {
    throw new PermissionDenied(
      's3:GetObject (and kms:Decrypt)',
      new Error(`none of the ${denied} files at ${scan.bucket.location} may be read`),
    );
  }
  waiting.push(...unread.rest(scan.bucket.location));
  for (const day of evidence.missing()) waiting.push(noEvidence(scan, day));
  yield batch([window]);
}

/** Says of a day that the trail showed nothing at all of it. */
function noEvidence({ bucket, prefix = '', counts }: Scan, day: Window): NotRead {
  counts.add('daysWithoutEvidence', 1);
  const text = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;
  return {
    kind: 'not-read',
    name: `${bucket.location}${prefix === '' ? '' : `/${prefix}`} from ${text(day.start)} to ${text(day.end)}`,
    reason: 'not one log file was delivered in that time, and no record of it was found',
    wayOut:
      'check that this is the folder or bucket of the trail, not of the export of executions, and that the trail was logging; then collect again',
    mayHold: { from: day.start, to: day.end },
  };
}

function isWanted(item: LogItem, scope: { window: Window; linkWindow: Window; counts: Counts }): boolean {
  const { start, end } = item.kind === 'link' ? scope.linkWindow : scope.window;
  if (item.kind === 'not-read') return mayConcern(item, scope.window);
  if (item.eventTime === null || (start <= item.eventTime && item.eventTime < end)) return true;
  scope.counts.add('outsideWindow', 1);
  return false;
}

type FetchedFile = LogFile & ListedFile;

/** Starts fetching the next files while the present one is read; the order stays. */
async function* fetchAhead(files: AsyncIterable<ListedFile>, scan: Scan): AsyncGenerator<FetchedFile> {
  const { bucket, ahead = 8, signal } = scan;
  const started: FetchedFile[] = [];
  let bytes = 0;
  for await (const file of files) {
    const isSmall = file.size <= AHEAD_BYTES / 4;
    started.push(openedFile(file, isSmall ? collect(bucket.get(file.key, signal)) : null));
    bytes += isSmall ? file.size : 0;
    while (started.length > ahead || bytes > AHEAD_BYTES) {
      const next = started.shift();
      if (!next) break;
      bytes -= next.size <= AHEAD_BYTES / 4 ? next.size : 0;
      yield next;
    }
  }
  yield* started;

  function openedFile(file: ListedFile, fetched: Promise<Uint8Array> | null): FetchedFile {
    // A failure waits for the reader, who may come much later.
    fetched?.catch(() => {});
    let first = fetched;
    return {
      ...file,
      mayHold: mayHoldOf(file.place),
      origin: bucket.isSingleFile ? bucket.location : `${bucket.location.replace(/\/$/, '')}/${file.key}`,
      async *open() {
        const ready = first;
        first = null;
        if (ready) return yield await ready;
        scan.progress.begin();
        for await (const chunk of bucket.get(file.key, signal)) {
          scan.progress.read(chunk.length);
          yield chunk;
        }
      },
    };
  }
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** An event comes into a file within its day of delivery, or up to a month late. */
function mayHoldOf(place: LogKey): NonNullable<LogFile['mayHold']> | null {
  return place.kind === 'log'
    ? { from: place.deliveryDay - LATE_EVENT_DAYS * DAY_MS, to: place.deliveryDay + DAY_MS }
    : null;
}

/** Begins a file again when the connection breaks; what was read of it comes twice, and is deduplicated like all events. */
async function* readWithRetry(file: LogFile, options: ReadLogFileOptions): AsyncGenerator<LogItem[]> {
  for (let tries = 1; ; tries++) {
    try {
      yield* readLogFile(file, options);
      return;
    } catch (error) {
      if (tries >= TRIES_PER_FILE || !isTransient(error)) throw error;
      options.counts.add('retries', 1);
    }
  }
}

/** Tells a failure of one object from one of the whole place. */
function isAboutOneFile(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const isLocal = ['EACCES', 'EPERM', 'ENOENT', 'EISDIR', 'EIO', 'ELOOP'].includes(code);
  return (
    isLocal ||
    isAccessDenied(error) ||
    ['NoSuchKey', 'InvalidObjectState', 'NotFound'].includes(nameOf(error)) ||
    /^KMS\./.test(nameOf(error))
  );
}

function daysOf(cursor: unknown): readonly number[] {
  const days = typeof cursor === 'object' && cursor !== null && 'days' in cursor ? cursor.days : null;
  return Array.isArray(days) ? days.filter((day) => typeof day === 'number') : [];
}

function keyOf(cursor: unknown): string | null {
  const after = typeof cursor === 'object' && cursor !== null && 'after' in cursor ? cursor.after : null;
  return typeof after === 'string' ? after : null;
}
