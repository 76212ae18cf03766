import type { FileChange } from '../../cloudtrail/file-change.js';
import type { FileLedger } from '../../ports/file-ledger.js';
import type { PartRead } from '../../ports/start-source.js';
import type { TrailBucket } from '../trail/list-trail.js';
import { GoneFiles } from './gone-files.js';
import { MetFolders } from './met-folders.js';
import { cursorOf } from './trail-cursor.js';

/** Days of delivery, YYYY-MM-DD, both inclusive. */
interface Dates {
  readonly from: string;
  readonly to: string;
}

/** A listing that was divided, and whose parts are all read. */
interface DividedListing {
  readonly bucket: TrailBucket;
  readonly prefix?: string;
  readonly dates: Dates;
  readonly ledger: FileLedger;
  readonly signal?: AbortSignal;
}

/** Files that were read and are not there, in folders of which no reader of a part has met anything: none of them can tell. */
export async function* goneFolders(
  parts: readonly Pick<PartRead, 'cursor'>[],
  { bucket, prefix = '', dates, ledger, signal }: DividedListing,
): AsyncGenerator<FileChange> {
  if (bucket.isSingleFile) return;
  const met = new MetFolders(parts.flatMap(({ cursor }) => cursorOf(cursor).folders)).at(bucket.location);
  const gone = new GoneFiles(bucket, ledger, { after: null, to: null });
  yield* gone.inOtherFolders(dates, { prefix, met, signal });
}

/** What was to come in the last folder of a listing that has ended; and, where all is listed here, in folders of some days that it lacks. */
export async function* goneAfter(
  gone: GoneFiles | null,
  dates: Dates | null,
  looking: { readonly prefix: string | undefined; readonly signal: AbortSignal | undefined },
): AsyncGenerator<FileChange> {
  yield* gone?.leave() ?? [];
  if (gone && dates) yield* gone.inOtherFolders(dates, looking);
}

/** The dates of some time, epoch milliseconds. */
export function datesOf({ from, to }: { readonly from: number; readonly to: number }): Dates {
  const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10);
  return { from: dateOf(from), to: dateOf(to) };
}
