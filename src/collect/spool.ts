import type { Window } from '../calendar/window.js';
import type { CredentialLink } from '../cloudtrail/credential-link.js';
import type { Start } from '../cloudtrail/start.js';
import type { HourLabel } from '../record/report-path.js';
import { packLines, unpackLines } from './json-lines.js';
import type { ReportStore, SourceAccount } from './ports.js';

/** A line of a spooled hour: a start, or the key under which a malformed record of this hour was kept. */
export type HourLine = { readonly start: Start } | { readonly reject: string };

/** How far a scan has come. Written after the parts it speaks of, so a crash loses work but never evidence. */
export interface Checkpoint {
  readonly cursor: unknown;
  readonly covered: readonly Window[];
  /** Parts from this number on are leftovers of a run that died before its checkpoint. */
  readonly nextPart: number;
  /** Report dates whose hours are all written. */
  readonly done: readonly string[];
  readonly sources: readonly SourceAccount[];
  readonly isComplete: boolean;
}

/** Evidence on its way from a scan to the hours, under `_work/scan/<id>/`. */
export interface Spool {
  readonly checkpoint: Checkpoint;
  addToHour(label: HourLabel, line: HourLine): void;
  addLink(date: string, link: CredentialLink): void;
  /** Bytes waiting in memory, estimated. */
  readonly waitingBytes: number;
  /** Makes everything added so far durable, then the checkpoint. */
  commit(progress: Partial<Checkpoint>): Promise<void>;
  readHour(label: HourLabel): AsyncIterable<HourLine>;
  readLinks(date: string): AsyncIterable<CredentialLink>;
  /** Removes the spool: its evidence lives on in the hours. */
  clear(): Promise<void>;
}

const START: Checkpoint = { cursor: null, covered: [], nextPart: 0, done: [], sources: [], isComplete: false };

/** Opens the spool of a scan where an earlier run left it, or a new one. */
export async function openSpool(store: ReportStore, scanId: string): Promise<Spool> {
  const folder = `_work/scan/${scanId}/`;
  const checkpointKey = `${folder}checkpoint.json`;
  const stored = await store.read(checkpointKey);
  let checkpoint = stored ? (JSON.parse(Buffer.from(stored.bytes).toString('utf8')) as Checkpoint) : START;
  await removeLeftovers(store, folder, checkpoint.nextPart);
  let waiting = new Map<string, unknown[]>();
  let waitingBytes = 0;

  const add = (place: string, line: unknown, bytes: number) => {
    const lines = waiting.get(place);
    if (lines) lines.push(line);
    else waiting.set(place, [line]);
    waitingBytes += bytes;
  };
  return {
    get checkpoint() {
      return checkpoint;
    },
    get waitingBytes() {
      return waitingBytes;
    },
    addToHour: (label, line) =>
      add(hourPlace(label), line, 'start' in line ? 1500 + (line.start.queryString?.length ?? 0) * 2 : 200),
    addLink: (date, link) => add(`links-${date}`, link, 1500),
    async commit(progress) {
      const part = checkpoint.nextPart;
      for (const [place, lines] of waiting)
        await store.write(`${folder}${place}/${partName(part)}`, packLines(lines), 'any');
      checkpoint = { ...checkpoint, ...progress, nextPart: part + (waiting.size > 0 ? 1 : 0) };
      await store.write(checkpointKey, Buffer.from(JSON.stringify(checkpoint)), 'any');
      waiting = new Map();
      waitingBytes = 0;
    },
    readHour: (label) => readParts<HourLine>(store, `${folder}${hourPlace(label)}/`),
    readLinks: (date) => readParts<CredentialLink>(store, `${folder}links-${date}/`),
    async clear() {
      // The checkpoint goes first: a clearing that is cut off leaves leftovers, not a checkpoint that promises parts.
      await store.remove(checkpointKey);
      for await (const { key } of store.list(folder)) await store.remove(key);
    },
  };
}

async function* readParts<T>(store: ReportStore, prefix: string): AsyncGenerator<T> {
  for await (const { key } of store.list(prefix)) {
    const stored = await store.read(key);
    if (stored) yield* unpackLines(stored.bytes, key) as T[];
  }
}

async function removeLeftovers(store: ReportStore, folder: string, nextPart: number): Promise<void> {
  for await (const { key } of store.list(folder)) {
    const match = /\/part-(\d+)\.jsonl\.gz$/.exec(key);
    if (match && Number(match[1]) >= nextPart) await store.remove(key);
  }
}

function hourPlace({ reportDate, hour }: HourLabel): string {
  return `${reportDate}-h${String(hour).padStart(2, '0')}`;
}

function partName(part: number): string {
  return `part-${String(part).padStart(6, '0')}.jsonl.gz`;
}
