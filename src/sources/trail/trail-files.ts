import type { Window } from '../../calendar/window.js';
import type { FileChange } from '../../cloudtrail/file-change.js';
import { LATE_EVENT_DAYS } from '../../cloudtrail/limits.js';
import { parseLogKey } from '../../cloudtrail/log-file-name.js';
import type { NotRead } from '../../cloudtrail/not-read.js';
import { LINK_EVENT_NAMES } from '../../cloudtrail/read-credential-link.js';
import { TRAIL_CHANGE_NAMES } from '../../cloudtrail/trail-change.js';
import type { FileEnd, FileLedger } from '../../ports/file-ledger.js';
import type { DividedSource, Evidence, EvidenceBatch, PartRead, StartSource } from '../../ports/start-source.js';
import { describe, isAccessDenied, nameOf, PermissionDenied } from '../aws/aws-failure.js';
import { type Counts, createCounts } from '../aws/counts.js';
import { RecordShapes } from '../compact/record-shapes.js';
import { FileProgress } from '../content/file-progress.js';
import { ReadingDesk } from '../content/reading-desk.js';
import { UnpackRoom } from '../content/unpack-room.js';
import type { LoadZstd } from '../content/zstd-frame.js';
import { DayEvidence } from '../gaps/day-evidence.js';
import { TrailGaps } from '../gaps/trail-gaps.js';
import { UnreadBound } from '../gaps/unread-bound.js';
import { DeliveredFiles } from '../read-once/delivered-files.js';
import { GoneFiles } from '../read-once/gone-files.js';
import { datesOf, goneAfter, goneFolders } from '../read-once/gone-folders.js';
import { FileTaking, readerOf, recallFiles, takeTellers } from '../read-once/known-files.js';
import { MetFolders } from '../read-once/met-folders.js';
import { cursorOf, type TrailCursor } from '../read-once/trail-cursor.js';
import { divide, stretchOf } from './divide-trail.js';
import { fetchAhead } from './fetch-ahead.js';
import { handOut, itemsOf } from './hand-out.js';
import { listTrail, type TrailBucket } from './list-trail.js';
import { damagedFile, LOG_FILE_LIMITS, type LogFileLimits } from './log-items.js';
import { createRevealedCredentials } from './revealing-events.js';
import type { HandedItem, OpenTrailHands } from './trail-hands.js';
import { isWanted } from './wanted-items.js';

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
  /** Further hands, for trails that are worth them; absent: files are read one after another. */
  readonly openHands?: OpenTrailHands;
  /** Trails of so much work are, in bytes; by default what is measured. */
  readonly handsFrom?: number;
}

const DAY_MS = 86_400_000;
export const LINK_LEAD_MS = 36 * 3_600_000;
/** Yielded even when nothing was found, so that a run that dies has a recent cursor. */
const FILES_PER_BATCH = 64;
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
    scan: (window, { cursor: from, signal, part, ledger, days = [window] }) => {
      const cursor = cursorOf(from);
      return scanFiles(window, {
        ...{ ...options, counts, signal, days, ledger, isPart: part !== undefined },
        ...(part ? { bucket: stretchOf(options.bucket, part) } : {}),
        ...{ after: cursor.after ?? part?.after ?? null, to: part?.to ?? null },
        ...{ evidence: new DayEvidence(days, cursor.days), progress: new FileProgress() },
        ...{ delivered: new DeliveredFiles(cursor.files), met: new MetFolders(cursor.folders) },
        gaps: TrailGaps.of([cursor.signs]),
      });
    },
    account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: counts.all() }),
    divided: {
      parts: (window, { signal, ...limits }) => {
        const listing = { ...options, counts: createCounts(), after: null, signal };
        return divide(listTrail(listing, delivered(window, options)), limits);
      },
      join: (parts, days) => joinParts(parts, { ...options, days }),
      goneFolders: (parts, window, reading) =>
        goneFolders(parts, { ...options, ...reading, dates: datesOf(delivered(window, options)) }),
    },
  };
}

/** When files are delivered that may hold events of a window, or what issued their credentials. */
function delivered(
  window: Window,
  { links = true, linkLeadMs = LINK_LEAD_MS, lateDays = LATE_EVENT_DAYS }: TrailFilesOptions,
): { readonly from: number; readonly to: number } {
  return { from: window.start - (links ? linkLeadMs : 0) - DAY_MS, to: window.end + lateDays * DAY_MS };
}

function joinParts(
  parts: readonly PartRead[],
  place: TrailFilesOptions & { readonly days: readonly Window[] },
): ReturnType<DividedSource['join']> {
  const sum = (name: string) => parts.reduce((total, { account }) => total + (account.counts[name] ?? 0), 0);
  if (sum('files') + sum('filesKnown') === 0 && sum('filesDenied') > 0)
    throw noneReadable(place.bucket, sum('filesDenied'));
  const unread = new UnreadBound();
  const told = parts.flatMap(({ notRead }) => unread.bounded(notRead));
  const cursors = parts.map(({ cursor }) => cursorOf(cursor));
  const seen = cursors.flatMap(({ days }) => days);
  const files = new DeliveredFiles(cursors.flatMap((cursor) => cursor.files));
  const whole = { start: place.days[0]?.start ?? 0, end: place.days.at(-1)?.end ?? 0 };
  const gaps = TrailGaps.of(cursors.map(({ signs }) => signs)).notes(whole);
  const lacking = new DayEvidence(place.days, seen).missing().map((day) => noEvidence(place, day));
  const notRead = [
    ...told.filter((item) => item.kind === 'not-read'),
    ...unread.rest(place.bucket.location),
    ...lacking,
    ...gaps,
  ];
  return { notRead, deliveries: files.all(placeOf(place)) };
}

interface Scan extends TrailFilesOptions {
  readonly counts: Counts;
  readonly after: string | null;
  readonly to: string | null;
  readonly signal: AbortSignal | undefined;
  readonly days: readonly Window[];
  readonly ledger: FileLedger | undefined;
  /** Others read the rest: what all of it shows, nobody can say here. */
  readonly isPart: boolean;
  readonly evidence: DayEvidence;
  readonly progress: FileProgress;
  readonly delivered: DeliveredFiles;
  readonly met: MetFolders;
  readonly gaps: TrailGaps;
}

async function* scanFiles(window: Window, scan: Scan): AsyncGenerator<EvidenceBatch> {
  const { links = true, linkLeadMs = LINK_LEAD_MS, counts, signal, evidence, progress } = scan;
  const names = new Set(['StartQueryExecution', ...(links ? [...LINK_EVENT_NAMES, ...TRAIL_CHANGE_NAMES] : [])]);
  const limits = { ...LOG_FILE_LIMITS, ...scan.limits };
  const reading = { names, limits, tells: links, days: scan.days };
  const kept = { shapes: new RecordShapes(), room: new UnpackRoom(), desk: new ReadingDesk() };
  const hand = { reading, counts, evidence, ...kept, loadZstd: scan.loadZstd };
  const linkWindow = { start: window.start - linkLeadMs, end: window.end };
  const scope = { window, linkWindow, counts, names, revealed: createRevealedCredentials() };
  const reader = readerOf(reading, scan.loadZstd !== undefined);
  let taking: FileTaking | null = null;
  const keep = (items: readonly HandedItem[]) =>
    items.filter((item): item is Evidence => {
      const isTaken = isWanted(item, scope);
      taking?.see(item, isTaken);
      if (item.kind === 'trail-change') scan.gaps.see(item);
      return isTaken;
    });
  let done = scan.after;
  let waiting: Evidence[] = [];
  let ends: FileEnd[] = [];
  let fileChanges: FileChange[] = [];
  const batch = (covered: readonly Window[]): EvidenceBatch => {
    const told = { files: ends, fileChanges };
    const items = waiting;
    [waiting, ends, fileChanges] = [[], [], []];
    const folders = scan.isPart ? scan.met.known() : [];
    const signs = scan.gaps.known(scan.isPart);
    const cursor: TrailCursor = { after: done, days: evidence.known(), files: scan.delivered.known(), folders, signs };
    return { items, covered, cursor, reach: progress.reach(), ...(scan.ledger ? told : {}) };
  };
  const unread = new UnreadBound();
  let denied = 0;
  let files = 0;
  const hasRead = () => counts.get('files') + counts.get('filesKnown') > 0;
  const listed = progress.listAhead(listTrail(scan, delivered(window, scan)));
  const gone = scan.ledger && !scan.bucket.isSingleFile ? new GoneFiles(scan.bucket, scan.ledger, scan) : null;
  await gone?.begin(scan.after === null ? null : parseLogKey(scan.after));
  const recalled = recallFiles(listed, { ...scan, reader, wanted: scope }, gone);
  const fetched = fetchAhead(recalled, scan);
  const { openHands, handsFrom: from } = scan;
  const handed = handOut(fetched, openHands ? { openHands, from, hand, listed: () => progress.listed() } : null);
  for await (const file of handed) {
    signal?.throwIfAborted();
    const isLitter = file.place.kind === 'litter';
    const known = file.known && takeTellers(file.known.tellers, linkWindow, scope.revealed) ? file.known : null;
    taking = file.placed && !known ? new FileTaking(file.placed, { reader, names }) : null;
    let isRead = true;
    fileChanges.push(...file.changes);
    try {
      evidence.delivered(file);
      scan.gaps.file(file);
      const accountId = file.place.kind === 'log' ? file.place.accountId : null;
      for (const { at } of Object.values(known?.hours ?? {})) {
        evidence.met(at);
        scan.gaps.start(accountId, at);
      }
      if (known) counts.add('filesKnown', 1);
      else
        for await (const items of itemsOf(file, hand)) {
          const kept = keep(items);
          for (const item of kept) {
            if (item.kind !== 'start') continue;
            evidence.met(item.eventTime);
            scan.gaps.start(item.accountId, item.eventTime);
          }
          waiting.push(...unread.bounded(kept));
          if (waiting.length >= 1000 || progress.isWorthTelling()) yield batch([]);
        }
      if (!isLitter && !known) counts.add('files', 1);
    } catch (error) {
      if (!isAboutOneFile(error)) throw error;
      isRead = false;
      if (isAccessDenied(error)) denied += 1;
      if (denied >= DENIED_FILES && !hasRead() && !scan.isPart)
        throw new PermissionDenied('s3:GetObject (and kms:Decrypt)', error);
      const reason = `the file could not be read: ${describe(error)}`;
      waiting.push(...unread.bounded(keep(damagedFile(file, { reason, bytes: Buffer.alloc(0) }, { limits, counts }))));
    }
    const met = file.placed && !known ? { file: file.placed, reader, isRead } : null;
    ends.push({ at: waiting.length, met, taken: taking?.taken() ?? null, known });
    scan.delivered.note(file, isRead);
    if (scan.isPart) scan.met.note(file);
    if (!isLitter) counts.add('filesListed', 1);
    scope.revealed.trim();
    done = file.key;
    progress.done(file);
    files += 1;
    if (waiting.length > 0 || files % FILES_PER_BATCH === 0) yield batch([]);
  }
  const dates = scan.isPart ? null : datesOf(delivered(window, scan));
  for await (const change of goneAfter(gone, dates, { prefix: scan.prefix, signal })) {
    counts.add('filesGone', 1);
    fileChanges.push(change);
  }
  if (denied > 0 && scan.isPart) counts.add('filesDenied', denied);
  else if (denied > 0 && !hasRead()) throw noneReadable(scan.bucket, denied);
  waiting.push(...unread.rest(scan.bucket.location));
  for (const day of scan.isPart ? [] : evidence.missing()) {
    counts.add('daysWithoutEvidence', 1);
    waiting.push(noEvidence(scan, day));
  }
  if (!scan.isPart) waiting.push(...scan.gaps.notes(window));
  const last = batch([window]);
  yield scan.isPart ? last : { ...last, deliveries: scan.delivered.all(placeOf(scan)) };
}

function noneReadable({ location }: TrailBucket, denied: number): PermissionDenied {
  const cause = new Error(`none of the ${denied} files at ${location} may be read`);
  return new PermissionDenied('s3:GetObject (and kms:Decrypt)', cause);
}

function placeOf({ bucket, prefix = '' }: Pick<TrailFilesOptions, 'bucket' | 'prefix'>): string {
  return `${bucket.location}${prefix === '' ? '' : `/${prefix}`}`;
}

/** Says of a day that the trail showed nothing at all of it. */
function noEvidence({ bucket, prefix = '' }: TrailFilesOptions, day: Window): NotRead {
  const text = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;
  return {
    kind: 'not-read',
    name: `${placeOf({ bucket, prefix })} from ${text(day.start)} to ${text(day.end)}`,
    reason: 'not one log file was delivered in that time, and no record of it was found',
    wayOut:
      'check that this is the folder or bucket of the trail, not of the export of executions, and that the trail was logging; then collect again',
    mayHold: { from: day.start, to: day.end },
  };
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
