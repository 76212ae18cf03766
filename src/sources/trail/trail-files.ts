import type { Window } from '../../calendar/window.js';
import { deliveryDayFolder, type LogKey, parseLogKey } from '../../cloudtrail/log-file-name.js';
import { mayConcern } from '../../cloudtrail/not-read.js';
import { LINK_EVENT_NAMES } from '../../cloudtrail/read-credential-link.js';
import type { EvidenceBatch, StartSource } from '../../ports/start-source.js';
import { describe, isAccessDenied, isTransient, nameOf, PermissionDenied } from '../aws/aws-failure.js';
import { type Counts, createCounts } from '../aws/counts.js';
import {
  damagedFile,
  LOG_FILE_LIMITS,
  type LoadZstd,
  type LogFile,
  type LogFileLimits,
  type LogItem,
  type ReadLogFileOptions,
} from './log-items.js';
import { readLogFile } from './read-log-file.js';
import { createRevealedCredentials } from './revealing-events.js';

/** Where trail files lie: a folder, a single file, a bucket. */
export interface TrailBucket {
  /** For messages: a path or `s3://bucket`. */
  readonly location: string;
  /** Set for a file that the user named: it is read whatever it is called. */
  readonly isSingleFile?: boolean;
  /** Yields the keys that begin with `prefix` and come after `startAfter`, ascending. @throws when the place cannot be listed */
  list(
    prefix: string,
    startAfter: string | null,
    signal?: AbortSignal,
  ): AsyncIterable<{ readonly key: string; readonly size: number }>;
  /** Streams an object. */
  get(key: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** User metadata of an object, where the place keeps any. */
  metadata?(key: string, signal?: AbortSignal): Promise<Readonly<Record<string, string>>>;
}

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
export const LATE_DAYS = 31;
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
    scan: (window, { cursor, signal }) => scanFiles(window, { ...options, counts, after: keyOf(cursor), signal }),
    account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: counts.all() }),
  };
}

interface Scan extends TrailFilesOptions {
  readonly counts: Counts;
  readonly after: string | null;
  readonly signal: AbortSignal | undefined;
}

interface ListedFile {
  readonly key: string;
  readonly size: number;
  readonly place: LogKey;
}

async function* scanFiles(window: Window, scan: Scan): AsyncGenerator<EvidenceBatch> {
  const { links = true, linkLeadMs = LINK_LEAD_MS, counts, signal } = scan;
  const names = new Set(links ? ['StartQueryExecution', ...LINK_EVENT_NAMES] : ['StartQueryExecution']);
  const reading: ReadLogFileOptions = {
    ...{ names, counts, limits: { ...LOG_FILE_LIMITS, ...scan.limits } },
    ...(links ? { revealed: createRevealedCredentials() } : {}),
    ...(scan.loadZstd ? { loadZstd: scan.loadZstd } : {}),
  };
  const linkWindow = { start: window.start - linkLeadMs, end: window.end };
  const days = {
    from: (links ? linkWindow : window).start - DAY_MS,
    to: window.end + (scan.lateDays ?? LATE_DAYS) * DAY_MS,
  };
  const keep = (items: readonly LogItem[]) => items.filter((item) => isWanted(item, { window, linkWindow, counts }));
  let done = scan.after;
  let waiting: LogItem[] = [];
  let denied = 0;
  let files = 0;
  for await (const file of fetchAhead(filesOf(scan, days), scan)) {
    signal?.throwIfAborted();
    try {
      for await (const items of readWithRetry(file, reading)) {
        waiting.push(...keep(items));
        if (waiting.length < 1000) continue;
        yield { items: waiting, covered: [], cursor: { after: done } };
        waiting = [];
      }
      counts.add('files', 1);
    } catch (error) {
      if (!isAboutOneFile(error)) throw error;
      if (isAccessDenied(error)) denied += 1;
      if (denied >= DENIED_FILES && counts.get('files') === 0)
        throw new PermissionDenied('s3:GetObject (and kms:Decrypt)', error);
      const reason = `the file could not be read: ${describe(error)}`;
      waiting.push(...keep(damagedFile(file, { reason, bytes: Buffer.alloc(0) }, reading)));
    }
    done = file.key;
    files += 1;
    if (waiting.length === 0 && files % FILES_PER_BATCH !== 0) continue;
    yield { items: waiting, covered: [], cursor: { after: done } };
    waiting = [];
  }
  if (denied > 0 && counts.get('files') === 0) {
    throw new PermissionDenied(
      's3:GetObject (and kms:Decrypt)',
      new Error(`none of the ${denied} files at ${scan.bucket.location} may be read`),
    );
  }
  yield { items: waiting, covered: [window], cursor: { after: done } };
}

function isWanted(item: LogItem, scope: { window: Window; linkWindow: Window; counts: Counts }): boolean {
  const { start, end } = item.kind === 'link' ? scope.linkWindow : scope.window;
  if (item.kind === 'not-read') return mayConcern(item, scope.window);
  if (item.eventTime === null || (start <= item.eventTime && item.eventTime < end)) return true;
  scope.counts.add('outsideWindow', 1);
  return false;
}

/** Yields the files to read; whole folders that cannot hold anything are stepped over in the listing. */
async function* filesOf(scan: Scan, days: { from: number; to: number }): AsyncGenerator<ListedFile> {
  const { bucket, counts, signal } = scan;
  const prefix = await folderPrefix(scan.prefix ?? '', scan);
  let after = scan.after;
  for (;;) {
    let jump: string | null = null;
    for await (const file of bucket.list(prefix, after, signal)) {
      signal?.throwIfAborted();
      const place = bucket.isSingleFile ? ({ kind: 'unknown' } as const) : parseLogKey(file.key);
      const target = jumpOver(place, days);
      // A key that sorts after the end of its own folder is stepped over alone.
      if (target !== null && target !== after) {
        counts.add(place.kind === 'sibling' ? 'foldersSkipped' : 'foldersPruned', 1);
        jump = target;
        break;
      }
      if (target === null && (place.kind === 'log' || place.kind === 'unknown')) yield { ...file, place };
      else counts.add('filesSkipped', 1);
    }
    if (jump === null) return;
    after = jump;
  }
}

/** The key after which the listing goes on, when nothing before it is of use. */
function jumpOver(place: LogKey, { from, to }: { from: number; to: number }): string | null {
  if (place.kind === 'sibling') return place.folder === null ? null : `${place.folder}\uffff`;
  if (place.kind !== 'log') return null;
  if (place.deliveryDay + DAY_MS <= from) return deliveryDayFolder(place.regionFolder, from).slice(0, -1);
  return place.deliveryDay > to ? `${place.regionFolder}\uffff` : null;
}

/** `s3://b/logs` means that object where there is one, else the folder, not `logs-old/` beside it. */
async function folderPrefix(prefix: string, { bucket, signal }: Scan): Promise<string> {
  if (prefix === '' || prefix.endsWith('/')) return prefix;
  for await (const { key } of bucket.list(prefix, null, signal)) return key === prefix ? prefix : `${prefix}/`;
  return `${prefix}/`;
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
        if (ready) yield await ready;
        else yield* bucket.get(file.key, signal);
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
  return place.kind === 'log' ? { from: place.deliveryDay - LATE_DAYS * DAY_MS, to: place.deliveryDay + DAY_MS } : null;
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

function keyOf(cursor: unknown): string | null {
  const after = typeof cursor === 'object' && cursor !== null && 'after' in cursor ? cursor.after : null;
  return typeof after === 'string' ? after : null;
}
