import { changeOf, type FileChange, type ReadFile } from '../../cloudtrail/file-change.js';
import { deliveryDayFolder, type LogKey } from '../../cloudtrail/log-file-name.js';
import type { FileLedger, LogFolder } from '../../ports/file-ledger.js';
import type { TrailBucket } from '../trail/list-trail.js';

/** What a listing covers: keys after one, and up to one; null for the beginning and the end. */
export interface Stretch {
  readonly after: string | null;
  readonly to: string | null;
}

/** A folder of log files while it is listed. */
interface OpenFolder extends LogFolder {
  /** Its keys begin with it. */
  readonly prefix: string;
  /** What was read in it, by name. */
  readonly awaited: readonly ReadFile[];
  /** How many of those come before the last key that was met. */
  passed: number;
}

/** Where folders are looked for that a listing lacks. */
interface OtherFolders {
  /** Of the trail; a slash at its end may lack. */
  readonly prefix?: string | undefined;
  /** What readers of parts have met. */
  readonly met?: Iterable<LogFolder>;
  readonly signal?: AbortSignal | undefined;
}

/** Folders that are looked for by themselves, where a listing did not begin at the beginning. */
const MOST_LOOKED_FOR = 1000;

/**
 * Finds files that were read and that a listing does not hold any more. A key that comes after a file says that it is not there; so
 * of a list that fails half-way nothing is said beyond its last key.
 */
export class GoneFiles {
  private readonly bucket: TrailBucket;
  private readonly ledger: FileLedger;
  private readonly stretch: Stretch;
  private open: OpenFolder | null = null;

  constructor(bucket: TrailBucket, ledger: FileLedger, stretch: Stretch) {
    this.bucket = bucket;
    this.ledger = ledger;
    this.stretch = stretch;
  }

  /** Begins behind the key at which the listing does: the rest of its folder is listed. */
  async begin(place: LogKey | null): Promise<void> {
    const { after } = this.stretch;
    if (place?.kind === 'log' && after !== null) await this.enter(place, after);
  }

  /** Meets the next key of the listing. Returns what was read before it and is not there. */
  async meet({ key, place }: { readonly key: string; readonly place: LogKey }): Promise<FileChange[]> {
    const gone: FileChange[] = [];
    if (this.open && !key.startsWith(this.open.prefix)) gone.push(...this.leave());
    if (!this.open && place.kind === 'log') await this.enter(place, this.stretch.after);
    const { open } = this;
    if (!open || !key.startsWith(open.prefix)) return gone;
    const name = key.slice(open.prefix.length);
    for (let next = open.awaited[open.passed]; next && next.name <= name; next = open.awaited[++open.passed])
      if (next.name < name) gone.push(changeOf(open, next, null));
    return gone;
  }

  /** The listing has ended. Returns what was to come in its last folder. */
  leave(): FileChange[] {
    const { open, stretch } = this;
    this.open = null;
    if (!open) return [];
    const isCovered = ({ name }: ReadFile) => stretch.to === null || isUpTo(open.prefix + name, stretch.to);
    return open.awaited
      .slice(open.passed)
      .filter(isCovered)
      .map((file) => changeOf(open, file, null));
  }

  /** What was read in folders of some days of which the listing, or that of the readers of its parts, showed nothing at all, below a prefix. */
  async *inOtherFolders(
    days: { readonly from: string; readonly to: string },
    { prefix = '', met, signal }: OtherFolders,
  ): AsyncGenerator<FileChange> {
    const place = `${this.bucket.location}/`;
    const below = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
    let lookedFor = 0;
    for await (const folder of this.ledger.otherFolders(days, met)) {
      signal?.throwIfAborted();
      const path = folder.folder.startsWith(place)
        ? deliveryDayFolder(folder.folder.slice(place.length), Date.parse(folder.date))
        : null;
      if (path?.startsWith(below) !== true) continue;
      if (++lookedFor > MOST_LOOKED_FOR) {
        this.ledger.tell(
          `more than ${MOST_LOOKED_FOR} folders of log files were not listed in this run: whether their files are still there, a later run tells`,
        );
        return;
      }
      // A run that went on where another stopped did not list it: it is looked for.
      if (await isEmpty(this.bucket, path, signal))
        for (const file of await this.ledger.filesIn(folder)) yield changeOf(folder, file, null);
    }
  }

  private async enter(place: Extract<LogKey, { kind: 'log' }>, after: string | null): Promise<void> {
    const prefix = deliveryDayFolder(place.regionFolder, place.deliveryDay);
    const folder = {
      folder: `${this.bucket.location}/${place.regionFolder}`,
      date: new Date(place.deliveryDay).toISOString().slice(0, 10),
    };
    const awaited = await this.ledger.filesIn(folder);
    const isListed = ({ name }: ReadFile) => after === null || !isUpTo(prefix + name, after);
    this.open = { ...folder, prefix, awaited: awaited.filter(isListed), passed: 0 };
  }
}

/** Keys come in the order of their bytes in UTF-8. */
function isUpTo(key: string, last: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(last)) <= 0;
}

async function isEmpty(bucket: TrailBucket, prefix: string, signal: AbortSignal | undefined): Promise<boolean> {
  for await (const _ of bucket.list(prefix, null, signal)) return false;
  return true;
}
