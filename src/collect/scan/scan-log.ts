import type { HourLabel } from '../../calendar/hour-label.js';
import { unionOf, type Window } from '../../calendar/window.js';
import type { NotRead } from '../../cloudtrail/not-read.js';
import type { ReportStore, StoredObject } from '../../ports/report-store.js';
import type { SourceAccount } from '../../ports/start-source.js';
import { appendToHour, type HourLine, type WrittenLine } from '../../tree/evidence/evidence-lines.js';
import { appendPart } from '../../tree/evidence/evidence-log.js';
import { dayEvidence, hourEvidence, workKey } from '../../tree/layout.js';
import { encodeDocument, parseDocument, type TreeDocument, update } from '../../tree/update.js';
import { createKnownLines } from './known-lines.js';

/** How far a scan has come. Written after the evidence it speaks of, so a crash loses work but never evidence. */
export interface Checkpoint {
  readonly schema: 1;
  readonly cursor: unknown;
  readonly covered: readonly Window[];
  /** Report dates whose hours are all written. */
  readonly done: readonly string[];
  readonly sources: readonly SourceAccount[];
  readonly isComplete: boolean;
  /** When it was written, epoch milliseconds; 0 when nobody said. */
  readonly writtenAt: number;
  /** What was met and not read. */
  readonly notRead: readonly NotRead[];
  /** Copies of events met so far, by the folder of their hour; none where absent. */
  readonly duplicates: Readonly<Record<string, number>>;
}

/** Takes what a scan reads into the evidence of hours and days. Several runs of one command may do so at once. */
export interface ScanLog {
  readonly checkpoint: Checkpoint;
  addToHour(label: HourLabel, line: HourLine): void;
  /** Takes the line of a link, `{"link":…}`. */
  addLink(date: string, line: string): void;
  addNotRead(notRead: NotRead): void;
  /** Bytes waiting in memory, estimated. */
  readonly waitingBytes: number;
  /** Makes everything added so far durable, then the checkpoint. */
  commit(progress: Partial<Checkpoint>): Promise<void>;
  /** Forgets how far it came: its work is done. */
  clear(): Promise<void>;
}

const START: Checkpoint = {
  schema: 1,
  cursor: null,
  covered: [],
  done: [],
  sources: [],
  isComplete: false,
  writtenAt: 0,
  notRead: [],
  duplicates: {},
};

/** A checkpoint that cannot be read costs reading again what the log already has. */
function checkpointOf(scanId: string): TreeDocument<Checkpoint> {
  return {
    key: workKey.scan(scanId),
    absent: START,
    parse: (value) => {
      const checkpoint = value as Partial<Checkpoint> | null;
      const isWhole = checkpoint?.schema === 1 && [checkpoint.covered, checkpoint.done].every(Array.isArray);
      return isWhole ? { ...START, ...checkpoint } : null;
    },
    whenDamaged: 'absent',
  };
}

/** Lines of a part of a day. */
const DAY_PART_LINES = 20_000;

/**
 * Opens the log of a scan where an earlier run left it, or a new one. A checkpoint written before `since` is not gone on from:
 * what became visible meanwhile, in what it calls covered, would never be read. What it had read stays.
 */
export async function openScanLog(store: ReportStore, scanId: string, since = 0): Promise<ScanLog> {
  const opened = await store.read(checkpointOf(scanId).key);
  return new OpenLog(store, { scanId, since, opened });
}

class OpenLog implements ScanLog {
  checkpoint: Checkpoint;
  waitingBytes = 0;
  private readonly store: ReportStore;
  private readonly document: ReturnType<typeof checkpointOf>;
  private readonly since: number;
  private readonly known: ReturnType<typeof createKnownLines>;
  private tag: string | null;
  private hours = new Map<string, { readonly label: HourLabel; readonly lines: HourLine[] }>();
  private links = new Map<string, string[]>();
  private notRead: NotRead[] = [];

  constructor(
    store: ReportStore,
    {
      scanId,
      since,
      opened,
    }: { readonly scanId: string; readonly since: number; readonly opened: StoredObject | null },
  ) {
    this.store = store;
    this.document = checkpointOf(scanId);
    this.since = since;
    this.known = createKnownLines(store);
    this.tag = opened?.tag ?? null;
    const left = parseDocument(opened, this.document);
    this.checkpoint = left.writtenAt < since ? START : left;
  }

  addToHour(label: HourLabel, line: HourLine): void {
    const folder = hourEvidence(label);
    const known = this.hours.get(folder);
    if (known) known.lines.push(line);
    else this.hours.set(folder, { label, lines: [line] });
    this.waitingBytes += 'start' in line ? 1500 + (line.start.queryString?.length ?? 0) * 2 : 200;
  }

  addLink(date: string, line: string): void {
    const known = this.links.get(date);
    if (known) known.push(line);
    else this.links.set(date, [line]);
    this.waitingBytes += line.length + 100;
  }

  addNotRead(item: NotRead): void {
    this.waitingBytes += 500;
    this.notRead.push(item);
  }

  async commit(progress: Parameters<ScanLog['commit']>[0]): Promise<void> {
    const copies = await this.writeHours();
    await this.writeLinks();
    this.checkpoint = {
      ...this.checkpoint,
      ...progress,
      notRead: eachOnce([...this.checkpoint.notRead, ...this.notRead]),
      duplicates: sumOf(this.checkpoint.duplicates, copies),
    };
    await this.writeCheckpoint();
    this.hours = new Map();
    this.links = new Map();
    this.notRead = [];
    this.waitingBytes = 0;
  }

  async clear(): Promise<void> {
    await this.store.remove(this.document.key);
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

  /** Returns how many copies each hour met. */
  private async writeHours(): Promise<Record<string, number>> {
    const copies: Record<string, number> = {};
    for (const [folder, { label, lines }] of this.hours) {
      const { look } = await this.known.open(folder);
      const written: WrittenLine[] = [];
      for (const line of lines) {
        const text = JSON.stringify(line);
        const news = look(text);
        if (news === 'new') written.push({ line, text });
        if (news === 'copy' && 'start' in line) copies[folder] = (copies[folder] ?? 0) + 1;
      }
      if (written.length > 0) await appendToHour(this.store, label, written);
    }
    return copies;
  }

  private async writeLinks(): Promise<void> {
    for (const [date, met] of this.links) {
      const { look } = await this.known.open(dayEvidence(date));
      const lines = met.filter((text) => look(text) === 'new');
      for (let at = 0; at < lines.length; at += DAY_PART_LINES)
        await appendPart(this.store, dayEvidence(date), { lines: lines.slice(at, at + DAY_PART_LINES) });
    }
  }
}

function eachOnce(notRead: readonly NotRead[]): NotRead[] {
  return [...new Map(notRead.map((item) => [JSON.stringify(item), item])).values()];
}

function sumOf(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** What two runs of one command did together. The cursor is one's own: going on from it reads again what the other has read. */
function joinCheckpoints(mine: Checkpoint, other: Checkpoint): Checkpoint {
  const folders = [...Object.keys(mine.duplicates), ...Object.keys(other.duplicates)];
  const more = (folder: string) => Math.max(mine.duplicates[folder] ?? 0, other.duplicates[folder] ?? 0);
  return {
    ...mine,
    sources: other.isComplete && !mine.isComplete ? other.sources : mine.sources,
    writtenAt: Math.max(mine.writtenAt, other.writtenAt),
    covered: unionOf([...mine.covered, ...other.covered]),
    done: [...new Set([...mine.done, ...other.done])].sort(),
    isComplete: mine.isComplete || other.isComplete,
    notRead: eachOnce([...mine.notRead, ...other.notRead]),
    duplicates: Object.fromEntries(folders.map((folder) => [folder, more(folder)])),
  };
}
