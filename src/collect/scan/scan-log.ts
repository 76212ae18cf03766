import type { HourLabel } from '../../calendar/hour-label.js';
import type { FileChange } from '../../cloudtrail/file-change.js';
import type { LogFileEntry } from '../../cloudtrail/log-file-entry.js';
import type { NotRead } from '../../cloudtrail/not-read.js';
import type { FileEnd, FileLedger } from '../../ports/file-ledger.js';
import type { ReportStore, StoredObject } from '../../ports/report-store.js';
import { appendToHour, type HourLine, type WrittenLine } from '../../tree/evidence/evidence-lines.js';
import { appendPieces } from '../../tree/evidence/evidence-log.js';
import { createLinePages, type LinePages } from '../../tree/evidence/line-pages.js';
import { keepFileChanges } from '../../tree/files/file-changes.js';
import { dayEvidence, hourEvidence } from '../../tree/layout.js';
import { encodeDocument, parseDocument, update } from '../../tree/update.js';
import { type Checkpoint, checkpointOf, eachOnce, joinCheckpoints, START, sumOf } from './checkpoint.js';
import { type LedgerTask, openFileLedger, type TreeLedger } from './file-ledger.js';
import { createKnownLines, hashOfLine } from './known-lines.js';
import { type EndedFile, FileLines, linesOf } from './read-files.js';

/** Takes what a scan reads into the evidence of hours and days. Several runs of one command may do so at once. */
export interface ScanLog {
  readonly checkpoint: Checkpoint;
  addToHour(label: HourLabel, line: HourLine): void;
  /** Takes the line of a link, `{"link":…}`. */
  addLink(date: string, line: string): void;
  addNotRead(notRead: NotRead): void;
  /** A start belongs to none of the hours that are kept. */
  leave(eventTime: number): void;
  /** What was added since the end before is all that a file held. */
  endFile(end: FileEnd): void;
  /** A file that was read is another one, or gone. */
  addFileChange(change: FileChange): void;
  /** The ledger of files that were read; what ends from now on is kept in it. */
  openLedger(task: LedgerTask): FileLedger;
  /** Bytes waiting in memory, estimated. */
  readonly waitingBytes: number;
  /** Makes everything added so far durable, then the checkpoint. */
  commit(progress: Partial<Checkpoint>): Promise<void>;
  /** Forgets how far it came: its work is done. */
  clear(): Promise<void>;
}

/** Hours written at once: of a write most is the wait for the disk, or the bucket. */
const HOURS_IN_FLIGHT = 8;
/** Lines of a part of a day. */
const DAY_PART_LINES = 20_000;

export interface ScanLogOptions {
  /**
   * A checkpoint written before is not gone on from: what became visible meanwhile, in what it calls covered, would never be read. What it
   * had read stays.
   */
  readonly since?: number | undefined;
  /**
   * One of many that read parts of one scan at once, into the same hours and days. Each would read what all others have written, so it
   * looks for no line of files that are new: who dies and begins again may leave a line twice, which counts once.
   */
  readonly isPart?: boolean;
}

/** Opens the log of a scan where an earlier run left it, or a new one. */
export async function openScanLog(
  store: ReportStore,
  scanId: string,
  { since = 0, isPart = false }: ScanLogOptions = {},
): Promise<ScanLog> {
  const opened = await store.read(checkpointOf(scanId).key);
  return new OpenLog(store, { scanId, since, isPart, opened });
}

class OpenLog implements ScanLog {
  checkpoint: Checkpoint;
  waitingBytes = 0;
  private readonly store: ReportStore;
  private readonly document: ReturnType<typeof checkpointOf>;
  private readonly since: number;
  private readonly isPart: boolean;
  private readonly known: ReturnType<typeof createKnownLines>;
  private tag: string | null;
  private hours = new Map<string, { readonly label: HourLabel; readonly lines: ReadLine[] }>();
  private links = new Map<string, WaitingLinks>();
  private notRead: NotRead[] = [];
  private ledger: TreeLedger | null = null;
  private reading = new FileLines();
  private ended: EndedFile[] = [];
  private fileChanges: FileChange[] = [];
  private copies: Record<string, number> = {};
  private failure: unknown = null;

  constructor(
    store: ReportStore,
    {
      scanId,
      since,
      isPart,
      opened,
    }: {
      readonly scanId: string;
      readonly since: number;
      readonly isPart: boolean;
      readonly opened: StoredObject | null;
    },
  ) {
    this.store = store;
    this.document = checkpointOf(scanId);
    this.since = since;
    this.isPart = isPart;
    this.known = createKnownLines(store);
    this.tag = opened?.tag ?? null;
    const left = parseDocument(opened, this.document);
    this.checkpoint = left.writtenAt < since ? START : left;
  }

  addToHour(label: HourLabel, line: HourLine): void {
    const folder = hourEvidence(label);
    const known = this.hours.get(folder);
    const read = { line, file: this.reading };
    if (known) known.lines.push(read);
    else this.hours.set(folder, { label, lines: [read] });
    this.waitingBytes += 'start' in line ? 1500 + (line.start.queryString?.length ?? 0) * 2 : 200;
  }

  addLink(date: string, line: string): void {
    const waiting = this.links.get(date) ?? { lines: createLinePages(), hashes: [], files: new Set() };
    if (waiting.hashes.length === 0) this.links.set(date, waiting);
    waiting.lines.add(line);
    waiting.hashes.push(hashOfLine(line));
    if (!waiting.files.has(this.reading)) {
      waiting.files.add(this.reading);
      this.reading.tookLink(dayEvidence(date));
    }
    this.waitingBytes += line.length + 100;
  }

  leave(eventTime: number): void {
    this.reading.leave(eventTime);
  }

  endFile({ met, taken, known }: FileEnd): void {
    this.reading.isNews = met !== null && this.ledger?.isNews(met.file) === true;
    if (met) this.ended.push({ met, taken, lines: this.reading });
    if (known) this.meet(known);
    this.reading = new FileLines();
    this.waitingBytes += 500;
  }

  openLedger(task: LedgerTask): FileLedger {
    this.ledger = openFileLedger(this.store, task);
    return this.ledger;
  }

  addFileChange(change: FileChange): void {
    this.fileChanges.push(change);
    this.waitingBytes += 500;
  }

  addNotRead(item: NotRead): void {
    this.waitingBytes += 500;
    this.notRead.push(item);
  }

  /** @throws what a store throws; after that all that waited is lost, and the checkpoint may not speak of it */
  async commit(progress: Parameters<ScanLog['commit']>[0]): Promise<void> {
    if (this.failure !== null) throw this.failure;
    try {
      await this.write(progress);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  async clear(): Promise<void> {
    await this.store.remove(this.document.key);
  }

  private async write(progress: Partial<Checkpoint>): Promise<void> {
    await this.writeHours();
    await this.writeLinks();
    // The ledger forgets what it knew of them: first it must be noted.
    const now = progress.writtenAt ?? this.checkpoint.writtenAt;
    await keepFileChanges(this.store, this.fileChanges, { now });
    await this.ledger?.keepGone(this.fileChanges);
    // Whoever finds a file in the ledger does not read it: first all that it held must lie there.
    await this.ledger?.keep(this.ended, this.known.partsOf);
    this.checkpoint = {
      ...this.checkpoint,
      ...progress,
      notRead: eachOnce([...this.checkpoint.notRead, ...this.notRead]),
      duplicates: sumOf(this.checkpoint.duplicates, this.copies),
    };
    await this.writeCheckpoint();
    this.hours = new Map();
    this.links = new Map();
    this.notRead = [];
    this.ended = [];
    this.fileChanges = [];
    this.copies = {};
    this.waitingBytes = 0;
  }

  /** Meets the lines of a file that is not read again. */
  private meet(entry: LogFileEntry): void {
    for (const [folder, { lines }] of Object.entries(entry.hours)) {
      this.known.note(folder, this.ledger?.partsBehind(entry, folder) ?? []);
      for (const hash of linesOf(lines)) if (this.known.meet(folder, hash)) this.countCopy(folder);
    }
  }

  private countCopy(folder: string): void {
    this.copies[folder] = (this.copies[folder] ?? 0) + 1;
  }

  private async writeCheckpoint(): Promise<void> {
    await update(this.store, this.document.key, (stored) => {
      const other = parseDocument(stored, this.document);
      // What another run of the same command has written meanwhile.
      const isOthers = (stored?.tag ?? null) !== this.tag && other.writtenAt >= this.since;
      if (isOthers) this.checkpoint = joinCheckpoints(this.checkpoint, other);
      return encodeDocument(this.checkpoint);
    });
    this.tag = await this.store.tagOf(this.document.key);
  }

  private async writeHours(): Promise<void> {
    let writes: Promise<void>[] = [];
    for (const [folder, { label, lines }] of this.hours) {
      const { look } = await this.known.open(folder, !this.isPart || lines.some(({ file }) => file.isNews === false));
      const written: WrittenLine[] = [];
      for (const { line, file } of lines) {
        const text = JSON.stringify(line);
        const hash = hashOfLine(text);
        const news = look(hash);
        if (news === 'new') written.push({ line, text });
        if (!('start' in line)) continue;
        if (news === 'copy') this.countCopy(folder);
        file.took(folder, line.start.eventTime, hash);
      }
      if (written.length > 0) writes.push(this.writeHour(folder, label, written));
      if (writes.length < HOURS_IN_FLIGHT) continue;
      await Promise.all(writes);
      writes = [];
    }
    await Promise.all(writes);
  }

  private writeHour(folder: string, label: HourLabel, written: readonly WrittenLine[]): Promise<void> {
    const write = appendToHour(this.store, label, written).then((parts) => this.known.note(folder, parts));
    // A failure waits for those that were begun with it.
    write.catch(() => {});
    return write;
  }

  private async writeLinks(): Promise<void> {
    for (const [date, { lines, hashes, files }] of this.links) {
      const folder = dayEvidence(date);
      const { look } = await this.known.open(folder, !this.isPart || [...files].some(({ isNews }) => isNews === false));
      const places = hashes.flatMap((hash, place) => (look(hash) === 'new' ? [place] : []));
      for (let at = 0; at < places.length; at += DAY_PART_LINES) {
        const pieces = lines.sorted(places.slice(at, at + DAY_PART_LINES));
        this.known.note(folder, [await appendPieces(this.store, folder, pieces)]);
      }
    }
  }
}

/** Lines of links of one day, what each is known by, and the files that they were read from. */
interface WaitingLinks {
  readonly lines: LinePages;
  readonly hashes: string[];
  readonly files: Set<FileLines>;
}

/** A line, and the file that it was read from. */
interface ReadLine {
  readonly line: HourLine;
  readonly file: FileLines;
}
