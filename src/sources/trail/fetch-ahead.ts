import { LATE_EVENT_DAYS } from '../../cloudtrail/limits.js';
import type { LogKey } from '../../cloudtrail/log-file-name.js';
import type { FileProgress } from '../content/file-progress.js';
import type { RecalledFile } from '../read-once/known-files.js';
import type { TrailBucket } from './list-trail.js';
import type { LogFile } from './log-items.js';

export type FetchedFile = LogFile &
  RecalledFile & {
    /** The file as it lies there, where it is small and fetched already; `open` gives it, too. */
    readonly fetched: Promise<Uint8Array> | null;
    /** Where it lies on this machine, where it is small. */
    readonly path: string | null;
  };

export interface Fetching {
  readonly bucket: TrailBucket;
  /** Files fetched ahead of the one that is read. */
  readonly ahead?: number;
  readonly signal: AbortSignal | undefined;
  readonly progress: FileProgress;
}

const DAY_MS = 86_400_000;
/** A bucket answers after some 60 ms, and a small file is read in one or two; the client of S3 opens up to 50 connections. */
const AHEAD_FILES = 24;
/** Fetched ahead at most, in bytes. */
const AHEAD_BYTES = 32 * 2 ** 20;

/** Starts fetching the next files while the present one is read, but for those that are known or lie on this machine; the order stays. */
export async function* fetchAhead(
  files: AsyncIterable<RecalledFile>,
  { bucket, ahead = AHEAD_FILES, signal, progress }: Fetching,
): AsyncGenerator<FetchedFile> {
  const started: FetchedFile[] = [];
  let bytes = 0;
  for await (const file of files) {
    const next = openedFile(file);
    started.push(next);
    bytes += bytesAhead(next);
    while (started.length > ahead || bytes > AHEAD_BYTES) {
      const next = started.shift();
      if (!next) break;
      bytes -= bytesAhead(next);
      yield next;
    }
  }
  yield* started;

  function openedFile(file: RecalledFile): FetchedFile {
    const isSmall = isSmallNews(file);
    const path = isSmall ? (bucket.pathOf?.(file.key) ?? null) : null;
    const fetched = isSmall && path === null ? collect(bucket.get(file.key, signal)) : null;
    // A failure waits for the reader, who may come much later.
    fetched?.catch(() => {});
    let first = fetched;
    return {
      ...file,
      fetched,
      path,
      mayHold: mayHoldOf(file.place),
      origin: bucket.isSingleFile ? bucket.location : `${bucket.location.replace(/\/$/, '')}/${file.key}`,
      async *open() {
        const ready = first;
        first = null;
        if (ready) return yield await ready;
        if (path !== null) return yield* bucket.get(file.key, signal);
        progress.begin();
        for await (const chunk of bucket.get(file.key, signal)) {
          progress.read(chunk.length);
          yield chunk;
        }
      },
    };
  }
}

function isSmallNews({ known, size }: RecalledFile): boolean {
  return known === null && size <= AHEAD_BYTES / 4;
}

function bytesAhead({ fetched, size }: FetchedFile): number {
  return fetched ? size : 0;
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
