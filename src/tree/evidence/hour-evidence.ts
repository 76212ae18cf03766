import type { HourLabel } from '../../calendar/hour-label.js';
import type { Start } from '../../cloudtrail/start.js';
import type { SourceAccount } from '../../ports/start-source.js';
import { betterAnswer, type ObservedAnswer } from '../../record/answer.js';
import { joinCopies, type KnownStart, uniqueStarts } from '../../record/start-groups.js';
import type { Definition } from '../../sql/definition-book.js';
import { hourEvidence } from '../layout.js';
import {
  type HourLine,
  type HourReading,
  holdsShard,
  type ListedPlace,
  SHARDS,
  type Slice,
  shardOf,
  shardOfLine,
  type ToldExecution,
} from './evidence-lines.js';
import { type Part, partName } from './evidence-log.js';
import type { EvidenceView } from './evidence-view.js';
import { createInterner } from './interner.js';

/** All that is known about one hour, or about one slice of a large one, joined from the parts of its log. */
export interface HourEvidence {
  /** Each event once, sorted by time. */
  readonly starts: readonly KnownStart[];
  /** Copies of their events that differ from what was kept. */
  readonly copies: number;
  /** Best answer by execution id. */
  readonly answers: ReadonlyMap<string, ObservedAnswer>;
  /** Executions that Athena listed, by id. */
  readonly listed: ReadonlyMap<string, ListedPlace>;
  /** Executions that events of Athena told of, by id. */
  readonly told: ReadonlyMap<string, ToldExecution>;
  /** What names meant that rows of the hour use and that its own texts do not define. */
  readonly defined: readonly Definition[];
  /** Records that could not be used. */
  readonly malformed: number;
  /** How scans met this hour; null when none has read it to the end. */
  readonly reading: HourReading | null;
  /** Names of the parts that say this. */
  readonly parts: readonly string[];
}

/** Compressed evidence that is read at once: texts that repeat themselves take a hundred times as much memory. */
const SLICE_BYTES = 1024 * 1024;

/** In which slices the parts of an hour are read: as few as memory allows, because a part that is not split is read for each. */
export function slicesOf(parts: readonly Part[]): readonly Slice[] {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  let of = 1;
  while (of < SHARDS && bytes > of * SLICE_BYTES) of *= 2;
  return of === 1 ? [null] : Array.from({ length: of }, (_, number) => ({ number, of }));
}

/** Reads the evidence of an hour at once. For hours of a bounded size. */
export async function readHour(view: EvidenceView, label: HourLabel): Promise<HourEvidence> {
  return readParts(view, await view.parts(hourEvidence(label)), null);
}

/** Reads what parts of one hour say, or one slice of it. */
export async function readParts(view: EvidenceView, parts: readonly Part[], slice: Slice): Promise<HourEvidence> {
  const joined = createJoin();
  for (const part of partsOf(parts, slice)) {
    for await (const batch of view.lines(part)) {
      for (const text of batch) {
        if (slice === null || part.shard !== null || isOfSlice(text, slice)) joined.add(JSON.parse(text) as HourLine);
      }
    }
  }
  return joined.evidence(partsOf(parts, slice).map(partName));
}

/** Reads an hour's evidence slice by slice: memory holds one at a time. What concerns the hour as a whole comes with the first. */
export async function* eachSlice(view: EvidenceView, label: HourLabel): AsyncGenerator<HourEvidence> {
  const parts = await view.parts(hourEvidence(label));
  for (const slice of slicesOf(parts)) yield await readParts(view, parts, slice);
}

/** Of starts and answers only those of the slice are parsed. */
function isOfSlice(text: string, slice: Slice): boolean {
  const id = text.startsWith(START) || text.startsWith(ANSWER) ? textAfter(text, ID_KEY) : '';
  return holdsShard(slice, id === '' ? shardOfLine(JSON.parse(text) as HourLine) : shardOf(id));
}

function partsOf(parts: readonly Part[], slice: Slice): readonly Part[] {
  return parts.filter(({ shard }) => shard === null || holdsShard(slice, shard));
}

/** Starts of a neighbouring hour, and the parts that tell of them. */
export interface FoundStarts {
  readonly starts: readonly KnownStart[];
  readonly parts: readonly string[];
}

/**
 * Finds the starts of an hour that name one of these executions, without parsing the others. With `only`, just the slice that may hold executions of
 * that one. Nothing of
 * an hour that no scan has read to its end: what is not told there can be told by no report of its own.
 */
export async function readStartsOf(
  view: EvidenceView,
  label: HourLabel,
  { ids, only }: { readonly ids: ReadonlySet<string>; readonly only: Slice },
): Promise<FoundStarts> {
  const all = await view.parts(hourEvidence(label));
  const starts: Start[] = [];
  const parts = new Set<string>();
  let isRead = false;
  // A reading lies in a part without a shard.
  for (const part of partsOf(all, only)) {
    for await (const batch of view.lines(part)) {
      for (const text of batch) {
        if (text.startsWith(READING)) {
          isRead = true;
          parts.add(partName(part));
        }
        if (!text.startsWith(START) || !ids.has(textAfter(text, ID_KEY))) continue;
        starts.push((JSON.parse(text) as { start: Start }).start);
        parts.add(partName(part));
      }
    }
  }
  return isRead && starts.length > 0 ? { starts: uniqueStarts(starts), parts: [...parts] } : { starts: [], parts: [] };
}

const START = '{"start":';
const ANSWER = '{"answer":';
const READING = '{"reading":';
/** Inside a text this would have its quotes escaped. */
const ID_KEY = '"queryExecutionId":"';

function textAfter(text: string, mark: string): string {
  const start = text.indexOf(mark) + mark.length;
  return start < mark.length ? '' : text.slice(start, text.indexOf('"', start));
}

/** Joins lines; neither order nor repetition matters. */
function createJoin(): { add(line: HourLine): void; evidence(parts: readonly string[]): HourEvidence } {
  const intern = createInterner();
  const starts: Start[] = [];
  const answers = new Map<string, ObservedAnswer>();
  const listed = new Map<string, ListedPlace>();
  const told = new Map<string, ToldExecution>();
  const rejects = new Set<string>();
  const readings: HourReading[] = [];
  const defined: Definition[] = [];
  return {
    add(line) {
      if ('start' in line) starts.push(intern(line.start));
      else if ('answer' in line) {
        const { queryExecutionId } = line.answer.answer;
        const known = answers.get(queryExecutionId);
        answers.set(queryExecutionId, known ? betterAnswer(known, line.answer) : line.answer);
      } else if ('listed' in line) {
        const known = listed.get(line.listed.queryExecutionId);
        listed.set(line.listed.queryExecutionId, known ? betterPlace(known, line.listed) : line.listed);
      } else if ('told' in line) told.set(line.told.queryExecutionId, line.told);
      else if ('reject' in line) rejects.add(line.reject);
      else if ('defined' in line) defined.push(line.defined);
      else readings.push(line.reading);
    },
    evidence: (parts) => ({
      ...joinCopies(starts),
      answers,
      listed,
      told,
      defined,
      malformed: rejects.size,
      reading: joinReadings(readings),
      parts,
    }),
  };
}

/** The evidence with answers that were learnt meanwhile, and the parts that keep them. */
export function withAnswers(
  evidence: HourEvidence,
  { answers, parts }: Pick<HourEvidence, 'answers' | 'parts'>,
): HourEvidence {
  const joined = new Map(evidence.answers);
  for (const [id, answer] of answers) {
    const known = joined.get(id);
    joined.set(id, known ? betterAnswer(known, answer) : answer);
  }
  return { ...evidence, answers: joined, parts: [...evidence.parts, ...parts] };
}

/** A place that somebody knew above one that nobody knew, a named principal above none; then any fixed order. */
function betterPlace(a: ListedPlace, b: ListedPlace): ListedPlace {
  const rank = ({ accountId, principalArn }: ListedPlace) => (accountId === 'unknown' ? 0 : 2) + (principalArn ? 1 : 0);
  const difference = rank(a) - rank(b);
  if (difference !== 0) return difference > 0 ? a : b;
  return JSON.stringify(a) <= JSON.stringify(b) ? a : b;
}

/** Joins readings in order of their time. */
export function joinReadings(readings: readonly HourReading[]): HourReading | null {
  const order = (a: HourReading, b: HourReading) =>
    a.readAt - b.readAt || (JSON.stringify(a) <= JSON.stringify(b) ? -1 : 1);
  return [...readings].sort(order).reduce<HourReading | null>(later, null);
}

/** The later reading counts; but what failed in the earlier one is missing until a reading has covered its account and Region. */
function later(a: HourReading | null, b: HourReading): HourReading {
  if (a === null) return b;
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
