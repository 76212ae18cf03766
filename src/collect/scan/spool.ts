import { createHash } from 'node:crypto';
import type { HourLabel } from '../../calendar/hour-label.js';
import { unionOf, type Window } from '../../calendar/window.js';
import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import type { NotReadNote } from '../../cloudtrail/not-read.js';
import type { Start } from '../../cloudtrail/start.js';
import { type ReportStore, WriteConflict } from '../../ports/report-store.js';
import type { SourceAccount } from '../../ports/start-source.js';
import { type Shard, shardOfStart } from '../../tree/hour-evidence.js';
import { packLines, unpackLines } from '../../tree/json-lines.js';
import { workFolder } from '../../tree/layout.js';

/** A line of a spooled hour: a start, the key under which a malformed record of this hour was kept, or what was not read. */
export type HourLine = { readonly start: Start } | { readonly reject: string } | { readonly notRead: NotReadNote };

/** How far a scan has come. Written after the parts it speaks of, so a crash loses work but never evidence. */
export interface Checkpoint {
  readonly cursor: unknown;
  readonly covered: readonly Window[];
  /** Times that something was made durable; grows with progress. */
  readonly nextPart: number;
  /** Report dates whose hours are all written. */
  readonly done: readonly string[];
  readonly sources: readonly SourceAccount[];
  readonly isComplete: boolean;
  /** When it was written, epoch milliseconds; 0 when nobody said. */
  readonly writtenAt: number;
}

/**
 * Evidence on its way from a scan to the hours, under `_work/scan/<id>/`. Parts are named after their content and every part
 * counts, whoever wrote it: two runs of one command, or a run that died, may repeat events there but never hide any.
 */
export interface Spool {
  readonly checkpoint: Checkpoint;
  addToHour(label: HourLabel, line: HourLine): void;
  addLink(date: string, link: CredentialLink): void;
  /** Bytes waiting in memory, estimated. */
  readonly waitingBytes: number;
  /** Makes everything added so far durable, then the checkpoint. */
  commit(progress: Partial<Checkpoint>): Promise<void>;
  /** Yields what was spooled of an hour, or of one shard of it. */
  readHour(label: HourLabel, shard?: Shard): AsyncIterable<HourLine>;
  readLinks(date: string): AsyncIterable<CredentialLink>;
  /** Removes what this run knows of: its evidence lives on in the hours. Parts of a run beside this one stay. */
  clear(): Promise<void>;
}

const START: Checkpoint = {
  cursor: null,
  covered: [],
  nextPart: 0,
  done: [],
  sources: [],
  isComplete: false,
  writtenAt: 0,
};
/** Times to try when another run writes the same checkpoint. */
const TRIES = 10;

/**
 * Opens the spool of a scan where an earlier run left it, or a new one. A checkpoint written before `since` is not gone on from:
 * what became visible meanwhile, in what it calls covered, would never be read. What it had read stays.
 */
export async function openSpool(store: ReportStore, scanId: string, since = 0): Promise<Spool> {
  const folder = workFolder.scan(scanId);
  const checkpointKey = `${folder}checkpoint.json`;
  const opened = await readCheckpoint(store, checkpointKey);
  const isStale = opened.checkpoint.writtenAt < since;
  let { tag } = opened;
  let checkpoint = isStale ? { ...START, nextPart: opened.checkpoint.nextPart } : opened.checkpoint;
  const known = new Set<string>();
  for await (const { key } of store.list(folder)) if (key !== checkpointKey) known.add(key);
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
      for (const [place, lines] of waiting) {
        for (const [shard, part] of byShard(lines)) {
          const bytes = packLines(part);
          const name = createHash('sha256').update(bytes).digest('hex').slice(0, 24);
          const key = `${folder}${place}/part-${name}${shardSuffix(shard)}.jsonl.gz`;
          known.add(key);
          await store.write(key, bytes, 'any');
        }
      }
      checkpoint = { ...checkpoint, ...progress, nextPart: checkpoint.nextPart + (waiting.size > 0 ? 1 : 0) };
      for (let tries = 1; ; tries++) {
        try {
          const bytes = Buffer.from(JSON.stringify(checkpoint));
          ({ tag } = await store.write(checkpointKey, bytes, tag === null ? { absent: true } : { tag }));
          break;
        } catch (error) {
          if (!(error instanceof WriteConflict) || tries >= TRIES) throw error;
          const other = await readCheckpoint(store, checkpointKey);
          tag = other.tag;
          if (other.checkpoint.writtenAt >= since) checkpoint = joinCheckpoints(checkpoint, other.checkpoint);
        }
      }
      waiting = new Map();
      waitingBytes = 0;
    },
    readHour: (label, shard = null) => readHourParts(`${folder}${hourPlace(label)}/`, shard),
    readLinks: (date) => readParts<CredentialLink>(`${folder}links-${date}/`),
    async clear() {
      // The checkpoint goes first: a clearing that is cut off leaves leftovers, not a checkpoint that promises parts.
      await store.remove(checkpointKey);
      for (const key of known) await store.remove(key);
    },
  };

  async function* readHourParts(prefix: string, shard: Shard): AsyncGenerator<HourLine> {
    for await (const line of readParts<HourLine>(prefix, shard))
      if (shard === null || shardOfLine(line) === shard) yield line;
  }

  async function* readParts<T>(prefix: string, shard: Shard = null): AsyncGenerator<T> {
    for await (const { key } of store.list(prefix)) {
      if (isOfOtherShard(key, shard)) continue;
      const stored = await store.read(key);
      known.add(key);
      if (stored) yield* unpackLines(stored.bytes, key) as T[];
    }
  }
}

async function readCheckpoint(
  store: ReportStore,
  key: string,
): Promise<{ checkpoint: Checkpoint; tag: string | null }> {
  const stored = await store.read(key);
  if (!stored) return { checkpoint: START, tag: null };
  return {
    checkpoint: JSON.parse(Buffer.from(stored.bytes).toString('utf8')) as Checkpoint,
    tag: stored.tag,
  };
}

/** What two runs of one command did together. The cursor is one's own: going on from it reads again what the other has read. */
function joinCheckpoints(mine: Checkpoint, other: Checkpoint): Checkpoint {
  return {
    ...mine,
    sources: other.isComplete && !mine.isComplete ? other.sources : mine.sources,
    writtenAt: Math.max(mine.writtenAt, other.writtenAt),
    nextPart: Math.max(mine.nextPart, other.nextPart),
    covered: unionOf([...mine.covered, ...other.covered]),
    done: [...new Set([...mine.done, ...other.done])].sort(),
    isComplete: mine.isComplete || other.isComplete,
  };
}

function hourPlace({ reportDate, hour }: HourLabel): string {
  return `${reportDate}-h${String(hour).padStart(2, '0')}`;
}

/** Lines of one hour in one commit above which they are sorted by shard, so that a large hour can be read shard by shard. */
const SPLIT_LINES = 500;

function byShard(lines: readonly unknown[]): Iterable<[Shard, readonly unknown[]]> {
  if (lines.length <= SPLIT_LINES) return [[null, lines]];
  const parts = new Map<Shard, unknown[]>();
  for (const line of lines) {
    const shard = shardOfLine(line as HourLine);
    const part = parts.get(shard);
    if (part) part.push(line);
    else parts.set(shard, [line]);
  }
  return parts;
}

/** Links, which lie in places of their own, are read as a whole: for them any shard will do. */
function shardOfLine(line: HourLine): number {
  return 'start' in line ? shardOfStart(line.start) : 0;
}

function shardSuffix(shard: Shard): string {
  return shard === null ? '' : `-s${String(shard).padStart(2, '0')}`;
}

function isOfOtherShard(key: string, shard: Shard): boolean {
  const named = /-s(\d\d)\.jsonl\.gz$/.exec(key)?.[1];
  return shard !== null && named !== undefined && Number(named) !== shard;
}
