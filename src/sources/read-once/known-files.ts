import { changeOf, type FileChange } from '../../cloudtrail/file-change.js';
import {
  holdsMore,
  type LogFileEntry,
  reaching,
  type Span,
  type Teller,
  type WantedTimes,
} from '../../cloudtrail/log-file-entry.js';
import type { FileLedger, PlacedLogFile, TakenFile } from '../../ports/file-ledger.js';
import type { Counts } from '../aws/counts.js';
import { isDated } from '../gaps/day-evidence.js';
import type { ListedFile, TrailBucket } from '../trail/list-trail.js';
import type { TrailReading } from '../trail/read-trail-file.js';
import { type RevealedCredentials, toldBy } from '../trail/revealing-events.js';
import type { HandedItem } from '../trail/trail-hands.js';
import type { GoneFiles } from './gone-files.js';

/** Grows when files are read otherwise: what an older reading took does not count any more. */
const READING = 1;
/** Tellers of one file that are remembered; a file of more is read again. */
const MOST_TELLERS = 200;
const MOST_TELLER_CHARACTERS = 300;

export interface RecalledFile extends ListedFile {
  /** Null for a file that no ledger keeps. */
  readonly placed: PlacedLogFile | null;
  /** What an earlier reading took, where that is all that is wanted now; but for what the files before tell of credentials. */
  readonly known: LogFileEntry | null;
  /** What shows with it of files that were read: it is another one than that, and those before it are gone. */
  readonly changes: readonly FileChange[];
}

export interface Recalling {
  readonly bucket: TrailBucket;
  readonly ledger: FileLedger | undefined;
  readonly reader: string;
  readonly wanted: WantedTimes;
  readonly counts: Counts;
}

/** What a reading depends on, beside the file. */
export function readerOf({ names, limits, tells }: TrailReading, hasZstd: boolean): string {
  return JSON.stringify({ reading: READING, names: [...names].sort(), limits, tells, hasZstd });
}

/** Says of listed files which were read before, and what of that is another file now or gone. */
export async function* recallFiles(
  files: AsyncIterable<ListedFile>,
  { bucket, ledger, reader, wanted, counts }: Recalling,
  gone: GoneFiles | null,
): AsyncGenerator<RecalledFile> {
  for await (const file of files) {
    const missing = (await gone?.meet(file)) ?? [];
    if (missing.length > 0) counts.add('filesGone', missing.length);
    const placed = ledger ? placedFile(file, bucket) : null;
    const { entry = null, was = null } = (ledger && placed && (await ledger.recall(placed, reader))) || {};
    if (was) counts.add('filesChanged', 1);
    const changes = was && placed ? [...missing, changeOf(placed, was, placed)] : missing;
    yield { ...file, placed, known: entry && !holdsMore(entry, wanted) ? entry : null, changes };
  }
}

/** Only files that CloudTrail itself named, in folders of their days: what else lies there is read each time. */
function placedFile(file: ListedFile, { location, isSingleFile = false }: TrailBucket): PlacedLogFile | null {
  const { key, size, tag, version = tag ?? '', place } = file;
  if (!tag || isSingleFile || place.kind !== 'log' || !isDated(file)) return null;
  // Whatever sorts them, such names come in the same order.
  if (!/^[\x20-\x7e]+$/.test(key)) return null;
  const date = new Date(place.deliveryDay).toISOString().slice(0, 10);
  const name = key.slice(place.regionFolder.length + `${date}/`.length);
  return { folder: `${location}/${place.regionFolder}`, date, name, size, tag, version };
}

/** Follows what a scan takes from one file and what it leaves. */
export class FileTaking {
  private readonly file: PlacedLogFile;
  private readonly reader: string;
  private readonly names: ReadonlySet<string>;
  private isUsable = true;
  private starts: Span | null = null;
  private links: Span | null = null;
  private readonly tellers: Teller[] = [];

  constructor(
    file: PlacedLogFile,
    { reader, names }: { readonly reader: string; readonly names: ReadonlySet<string> },
  ) {
    this.file = file;
    this.reader = reader;
    this.names = names;
  }

  /** Sees each item of the file, and whether the scan takes it. */
  see(item: HandedItem, isTaken: boolean): void {
    // What a trail was told counts for days around, which other scans read.
    if (item.kind === 'reject' || item.kind === 'not-read' || item.kind === 'trail-change') this.isUsable = false;
    else if (item.kind === 'start') this.starts = isTaken ? this.starts : reaching(this.starts, item.eventTime);
    else if (item.kind === 'link' && !this.names.has(item.eventName)) this.seeTeller(toldBy(item), isTaken);
    else this.links = isTaken ? this.links : reaching(this.links, item.eventTime);
  }

  /** Null where something in it could not be used, or there is more than is remembered. */
  taken(): TakenFile | null {
    const { file, reader, starts, links, tellers } = this;
    return this.isUsable ? { file, reader, left: { starts, links }, tellers } : null;
  }

  private seeTeller(told: ReturnType<typeof toldBy>, isTaken: boolean): void {
    const isShort = told !== null && told.credential.length <= MOST_TELLER_CHARACTERS;
    if (isShort && this.tellers.length < MOST_TELLERS) this.tellers.push({ ...told, isTaken });
    else this.isUsable = false;
  }
}

/**
 * Takes note of what a file told of credentials that is not opened, as reading it would; false, and nothing noted, where reading it
 * would take an event that its reading then did not: an earlier file, which this scan does not read, had told it before.
 */
export function takeTellers(
  tellers: readonly Teller[],
  linkWindow: { readonly start: number; readonly end: number },
  revealed: RevealedCredentials,
): boolean {
  const inside = tellers.filter(({ at }) => linkWindow.start <= at && at < linkWindow.end);
  if (inside.some((teller) => !teller.isTaken && revealed.isNews(teller))) return false;
  for (const teller of inside) revealed.takesTold(teller);
  return true;
}
