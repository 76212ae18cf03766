import { deliveryDayFolder, type LogKey, parseLogKey } from '../../cloudtrail/log-file-name.js';
import type { Counts } from '../aws/counts.js';

/** A file as its place lists it. */
export interface BucketFile {
  readonly key: string;
  readonly size: number;
  /** Another one whenever the file is written; absent or null where the place cannot promise that. */
  readonly tag?: string | null;
  /** What people are told of its writing; as `tag` where absent. */
  readonly version?: string;
}

/** Where trail files lie: a folder, a single file, a bucket. */
export interface TrailBucket {
  /** For messages: a path or `s3://bucket`. */
  readonly location: string;
  /** Set for a file that the user named: it is read whatever it is called. */
  readonly isSingleFile?: boolean;
  /** Yields the keys that begin with `prefix` and come after `startAfter`, ascending. @throws when the place cannot be listed */
  list(prefix: string, startAfter: string | null, signal?: AbortSignal): AsyncIterable<BucketFile>;
  /** Where an object lies on this machine, so that any thread can read it; absent where it does not. */
  pathOf?(key: string): string;
  /** Streams an object. */
  get(key: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** User metadata of an object, where the place keeps any. */
  metadata?(key: string, signal?: AbortSignal): Promise<Readonly<Record<string, string>>>;
}

export interface TrailListing {
  readonly bucket: TrailBucket;
  /** Only keys below this folder (or exactly this file). */
  readonly prefix?: string;
  /** The key after which to begin. */
  readonly after: string | null;
  readonly counts: Counts;
  readonly signal: AbortSignal | undefined;
}

export interface ListedFile extends BucketFile {
  readonly place: LogKey;
}

const DAY_MS = 86_400_000;

/** Yields the files to read; whole folders that cannot hold anything are stepped over in the listing. */
export async function* listTrail(
  scan: TrailListing,
  days: { readonly from: number; readonly to: number },
): AsyncGenerator<ListedFile> {
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
      // Folders, and marks without content, have nothing to look into.
      const isEmptyLitter = place.kind === 'litter' && (file.size === 0 || file.key.endsWith('/'));
      if (target === null && place.kind !== 'sibling' && !isEmptyLitter) yield { ...file, place };
      else counts.add(place.kind === 'log' ? 'filesPruned' : 'filesSkipped', 1);
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
async function folderPrefix(prefix: string, { bucket, signal }: TrailListing): Promise<string> {
  if (prefix === '' || prefix.endsWith('/')) return prefix;
  for await (const { key } of bucket.list(prefix, null, signal)) return key === prefix ? prefix : `${prefix}/`;
  return `${prefix}/`;
}
