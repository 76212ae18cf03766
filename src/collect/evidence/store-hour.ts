import type { ReportHour } from '../../calendar/report-day.js';
import type { NotReadNote } from '../../cloudtrail/not-read.js';
import type { Start } from '../../cloudtrail/start.js';
import { type ReportStore, WriteConflict } from '../../ports/report-store.js';
import type { SourceAccount } from '../../ports/start-source.js';
import { uniqueStarts } from '../../record/start-groups.js';
import {
  addToShard,
  type HourEvidence,
  joinEvidence,
  NO_EVIDENCE,
  readShard,
  readShards,
  SHARDS,
  type Shard,
  selectShard,
} from '../../tree/hour-evidence.js';
import { createInterner } from '../../tree/interner.js';
import { workKey } from '../../tree/layout.js';
import type { Spool } from '../scan/spool.js';

/** Starts of an hour that are held at once; an hour with more is kept, and written, in parts. */
const LARGE_HOUR = 4000;
/** Times to try when another run adds to the same hour. */
const TRIES = 5;

interface StoreHourRequest {
  readonly hour: ReportHour;
  readonly spool: Spool;
  readonly store: ReportStore;
}

/** Joins an hour's spooled starts with what was known of it before, and keeps the sum. Yields it part by part. */
export async function* storeHour({ hour, spool, store }: StoreHourRequest): AsyncGenerator<HourEvidence> {
  const isLarge = (await readShards(store, hour)).length > 1;
  const whole = isLarge ? null : await readSpooled(spool, hour, { shard: null, limit: LARGE_HOUR });
  if (whole) {
    yield await addSurely(store, hour, { shard: null, news: whole });
    return;
  }
  // A small hour that has become a large one is cut into parts; its whole goes when all parts are there.
  const before = isLarge ? null : (await readShard(store, hour, null)).evidence;
  for (let shard = SHARDS - 1; shard >= 0; shard--) {
    const read = (await readSpooled(spool, hour, { shard, limit: Number.POSITIVE_INFINITY })) ?? NO_EVIDENCE;
    const news = before ? joinEvidence(selectShard(before, shard), read) : read;
    yield await addSurely(store, hour, { shard, news });
  }
  if (before) await store.remove(workKey.evidence(hour, null));
}

/** Reads what was spooled of an hour or a shard of it; null when that is more than the limit. */
async function readSpooled(
  spool: Spool,
  hour: ReportHour,
  { shard, limit }: { readonly shard: Shard; readonly limit: number },
): Promise<HourEvidence | null> {
  const intern = createInterner();
  const read: Start[] = [];
  const rejects = new Set<string>();
  const notRead = new Map<string, NotReadNote>();
  let lines = 0;
  for await (const line of spool.readHour(hour, shard)) {
    if ('notRead' in line) {
      notRead.set(line.notRead.name, line.notRead);
      continue;
    }
    lines++;
    if ('start' in line) read.push(intern(line.start));
    else rejects.add(line.reject);
    if (lines > limit) return null;
  }
  const starts = uniqueStarts(read);
  const duplicates = lines - rejects.size - starts.length;
  // Every part counts its own; what the sources did is told once.
  const sources = shard === null || shard === 0 ? withNotRead(spool.checkpoint.sources, notRead) : [];
  return { ...NO_EVIDENCE, starts, reading: { duplicates, malformed: rejects.size, sources } };
}

/** What was not read stands with the first source, which read the rest. */
function withNotRead(
  sources: readonly SourceAccount[],
  notRead: ReadonlyMap<string, NotReadNote>,
): readonly SourceAccount[] {
  const [first, ...others] = sources;
  if (!first || notRead.size === 0) return sources;
  const notes = [...notRead.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [{ ...first, notRead: notes }, ...others];
}

async function addSurely(
  store: ReportStore,
  hour: ReportHour,
  part: { readonly shard: Shard; readonly news: HourEvidence },
): Promise<HourEvidence> {
  for (let tries = 1; ; tries++) {
    try {
      return await addToShard(store, hour, part);
    } catch (error) {
      if (!(error instanceof WriteConflict) || tries >= TRIES) throw error;
    }
  }
}
