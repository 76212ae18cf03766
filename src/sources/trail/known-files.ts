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
import { isDated } from './day-evidence.js';
import type { ListedFile, TrailBucket } from './list-trail.js';
import type { TrailReading } from './read-trail-file.js';
import { type RevealedCredentials, toldBy } from './revealing-events.js';
import type { HandedItem } from './trail-hands.js';

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

/** Says of listed files which were read before. */
export async function* recallFiles(
  files: AsyncIterable<ListedFile>,
  { bucket, ledger, reader, wanted, counts }: Recalling,
): AsyncGenerator<RecalledFile> {
  for await (const file of files) {
    const placed = ledger ? placedFile(file, bucket) : null;
    const recalled = ledger && placed ? await ledger.recall(placed, reader) : null;
    if (recalled === 'changed') counts.add('filesChanged', 1);
    const isKnown = recalled !== null && recalled !== 'changed' && !holdsMore(recalled, wanted);
    yield { ...file, placed, known: isKnown ? recalled : null };
  }
}

/** Only files that CloudTrail itself named, in folders of their days: what else lies there is read each time. */
function placedFile(file: ListedFile, { location, isSingleFile = false }: TrailBucket): PlacedLogFile | null {
  const { key, size, tag, place } = file;
  if (!tag || isSingleFile || place.kind !== 'log' || !isDated(file)) return null;
  const date = new Date(place.deliveryDay).toISOString().slice(0, 10);
  const name = key.slice(place.regionFolder.length + `${date}/`.length);
  return { folder: `${location}/${place.regionFolder}`, date, name, size, tag };
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
    if (item.kind === 'reject' || item.kind === 'not-read') this.isUsable = false;
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
