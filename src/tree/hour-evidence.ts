import type { HourLabel } from '../calendar/hour-label.js';
import type { Start } from '../cloudtrail/start.js';
import type { ReportStore } from '../ports/report-store.js';
import type { SourceAccount } from '../ports/start-source.js';
import { betterAnswer, type ObservedAnswer } from '../record/answer.js';
import { uniqueStarts } from '../record/start-groups.js';
import { createInterner } from './interner.js';
import { packLines, unpackLines, unpackSome } from './json-lines.js';
import { workKey } from './layout.js';

/**
 * All that is known about one hour, kept beside the reports. It only grows: LookupEvents forgets after
 * 90 days and Athena after 45, so a rewrite years later must not know less than the first writing did.
 */
export interface HourEvidence {
  readonly starts: readonly Start[];
  /** Best answer by execution id. */
  readonly answers: ReadonlyMap<string, ObservedAnswer>;
  /** Executions that Athena listed and no start names, by id. */
  readonly listed: ReadonlyMap<string, ListedPlace>;
  /** How the latest scan met this hour; null when none did. */
  readonly reading: HourReading | null;
}

/** What a scan counted for one hour. */
export interface HourReading {
  readonly duplicates: number;
  readonly malformed: number;
  readonly sources: readonly SourceAccount[];
}

/** Where an execution was listed that CloudTrail never showed. */
export interface ListedPlace {
  readonly queryExecutionId: string;
  readonly accountId: string;
  readonly region: string;
  /** Who the system table says submitted it; absent or null where nobody says. */
  readonly principalArn?: string | null;
}

export const NO_EVIDENCE: HourEvidence = { starts: [], answers: new Map(), listed: new Map(), reading: null };

type Line =
  | { readonly start: Start }
  | { readonly answer: ObservedAnswer }
  | { readonly listed: ListedPlace }
  | { readonly reading: HourReading };

/** A part of a large hour's evidence, 0 to SHARDS - 1; null for the whole of a small one. */
export type Shard = number | null;

/** Parts of a large hour: an execution, with all its starts and its answer, lies in one of them. */
export const SHARDS = 16;

/** The part that an execution id, or the event id of a refused start, belongs to. */
export function shardOf(id: string): number {
  let hash = 0x811c9dc5; // FNV-1a
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return (hash >>> 8) % SHARDS;
}

/** The part that a start belongs to. */
export function shardOfStart(start: Start): number {
  return shardOf(start.queryExecutionId ?? start.replacesEventId ?? start.eventId);
}

/** In how many parts an hour's evidence lies. The first part is written last, so it vouches for the others. */
export async function readShards(store: ReportStore, label: HourLabel): Promise<readonly Shard[]> {
  const isLarge = (await store.tagOf(workKey.evidence(label, 0))) !== null;
  return isLarge ? Array.from({ length: SHARDS }, (_, shard) => shard) : [null];
}

/** Reads one part of an hour's evidence; the tag is null when there is none yet. */
export async function readShard(
  store: ReportStore,
  label: HourLabel,
  shard: Shard,
): Promise<{ evidence: HourEvidence; tag: string | null }> {
  const key = workKey.evidence(label, shard);
  const stored = await store.read(key);
  if (!stored) return { evidence: NO_EVIDENCE, tag: null };
  const starts: Start[] = [];
  const answers = new Map<string, ObservedAnswer>();
  const listed = new Map<string, ListedPlace>();
  let reading: HourReading | null = null;
  const intern = createInterner();
  for (const line of unpackLines(stored.bytes, key) as Line[]) {
    if ('start' in line) starts.push(intern(line.start));
    else if ('answer' in line) answers.set(line.answer.answer.queryExecutionId, line.answer);
    else if ('listed' in line) listed.set(line.listed.queryExecutionId, line.listed);
    else reading = line.reading;
  }
  return { evidence: { starts, answers, listed, reading }, tag: stored.tag };
}

/**
 * Reads an hour's evidence part by part: memory holds one part at a time. With `only`, just the part that may hold executions of
 * that shard; a small hour is a part of its own, whole.
 */
export async function* eachShard(
  store: ReportStore,
  label: HourLabel,
  only: Shard = null,
): AsyncGenerator<HourEvidence> {
  for (const shard of await readShards(store, label)) {
    if (only === null || shard === null || shard === only) yield (await readShard(store, label, shard)).evidence;
  }
}

/** Reads the starts of an hour that name one of these executions, without parsing the others. `only` as in `eachShard`. */
export async function readStartsOf(
  store: ReportStore,
  label: HourLabel,
  { ids, only }: { readonly ids: ReadonlySet<string>; readonly only: Shard },
): Promise<Start[]> {
  const found: Start[] = [];
  if (ids.size === 0) return found;
  const isNamed = (line: string) => {
    const at = line.indexOf(ID_KEY);
    if (at < 0) return false;
    const start = at + ID_KEY.length;
    return ids.has(line.slice(start, line.indexOf('"', start)));
  };
  for (const shard of await readShards(store, label)) {
    if (only !== null && shard !== null && shard !== only) continue;
    const key = workKey.evidence(label, shard);
    const stored = await store.read(key);
    for (const line of stored ? (unpackSome(stored.bytes, key, isNamed) as Line[]) : [])
      if ('start' in line) found.push(line.start);
  }
  return found;
}

/** Inside a text this would have its quotes escaped. */
const ID_KEY = '"queryExecutionId":"';

/** Reads all the evidence of an hour at once; false when there is none yet. For hours of a bounded size. */
export async function readHourEvidence(
  store: ReportStore,
  label: HourLabel,
): Promise<{ evidence: HourEvidence; isKnown: boolean }> {
  let whole: HourEvidence | null = null;
  let isKnown = false;
  for (const shard of await readShards(store, label)) {
    const { evidence, tag } = await readShard(store, label, shard);
    isKnown ||= tag !== null;
    whole = whole === null ? evidence : joinEvidence(whole, evidence);
  }
  return { evidence: whole ?? NO_EVIDENCE, isKnown };
}

/** The part of some evidence that belongs to one shard; the account of the reading stays with the first. */
export function selectShard(evidence: HourEvidence, shard: Shard): HourEvidence {
  if (shard === null) return evidence;
  const mine = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([id]) => shardOf(id) === shard));
  return {
    starts: evidence.starts.filter((start) => shardOfStart(start) === shard),
    answers: mine(evidence.answers),
    listed: mine(evidence.listed),
    reading: shard === 0 ? evidence.reading : null,
  };
}

/**
 * Adds to one part of an hour's evidence what was learnt; writes nothing when that was known.
 * @throws WriteConflict when another run was faster
 */
export async function addToShard(
  store: ReportStore,
  label: HourLabel,
  { shard, news }: { readonly shard: Shard; readonly news: HourEvidence },
): Promise<HourEvidence> {
  const { evidence, tag } = await readShard(store, label, shard);
  const joined = joinEvidence(evidence, news);
  if (tag !== null && isKnown(evidence, joined)) return evidence;
  await store.write(workKey.evidence(label, shard), packEvidence(joined), tag === null ? { absent: true } : { tag });
  return joined;
}

/** Joining keeps what it knows as the objects they are. Calls made and pages read differ each time and are no news. */
function isKnown(before: HourEvidence, joined: HourEvidence): boolean {
  const essence = ({ reading }: HourEvidence) =>
    JSON.stringify(reading, (name, value: unknown) => (name === 'counts' ? undefined : value));
  return (
    joined.starts.length === before.starts.length &&
    joined.starts.every((start, index) => start === before.starts[index]) &&
    joined.answers.size === before.answers.size &&
    [...joined.answers].every(([id, answer]) => before.answers.get(id) === answer) &&
    joined.listed.size === before.listed.size &&
    essence(joined) === essence(before)
  );
}

/** Joins two bodies of evidence; neither order nor repetition matters, but for `reading`: the later scan's, `b`, counts. */
export function joinEvidence(a: HourEvidence, b: HourEvidence): HourEvidence {
  const answers = new Map(a.answers);
  for (const [id, answer] of b.answers) {
    const known = answers.get(id);
    answers.set(id, known ? betterAnswer(known, answer) : answer);
  }
  return {
    starts: uniqueStarts([...a.starts, ...b.starts]),
    answers,
    listed: new Map([...a.listed, ...b.listed]),
    reading: joinReadings(a.reading, b.reading),
  };
}

/** The later reading counts; but what failed in the earlier one is missing until a reading has covered its account and Region. */
function joinReadings(a: HourReading | null, b: HourReading | null): HourReading | null {
  if (a === null || b === null) return b ?? a;
  const isCovered = (missing: SourceAccount) =>
    b.sources.some(
      ({ accountId, region }) =>
        // A trail holds whatever its accounts and Regions did.
        (accountId === null && region === null) || (accountId === missing.accountId && region === missing.region),
    );
  const lacks = ({ failure, notRead }: SourceAccount) => failure !== undefined || notRead !== undefined;
  const missing = a.sources.filter((source) => lacks(source) && !isCovered(source));
  return { ...b, sources: [...b.sources, ...missing] };
}

/** Packs evidence in a fixed order: the same evidence gives the same bytes. */
export function packEvidence(evidence: HourEvidence): Uint8Array {
  const byId = <T>(map: ReadonlyMap<string, T>) =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  return packLines([
    ...(evidence.reading ? [{ reading: evidence.reading }] : []),
    ...evidence.starts.map((start) => ({ start })),
    ...byId(evidence.answers).map((answer) => ({ answer })),
    ...byId(evidence.listed).map((listed) => ({ listed })),
  ]);
}
