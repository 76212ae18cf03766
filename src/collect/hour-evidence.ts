import type { Principal } from '../cloudtrail/principal.js';
import type { Start } from '../cloudtrail/start.js';
import { betterAnswer, type ObservedAnswer } from '../record/answer.js';
import type { HourLabel } from '../record/report-path.js';
import { uniqueStarts } from '../record/start-groups.js';
import { packLines, unpackLines } from './json-lines.js';
import type { ReportStore, SourceAccount } from './ports.js';

/**
 * All that is known about one hour, kept under `_work/evidence/` beside the reports. It only grows: LookupEvents forgets after
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
}

export const NO_EVIDENCE: HourEvidence = { starts: [], answers: new Map(), listed: new Map(), reading: null };

type Line =
  | { readonly start: Start }
  | { readonly answer: ObservedAnswer }
  | { readonly listed: ListedPlace }
  | { readonly reading: HourReading };

/** Reads the evidence of an hour; the tag is null when there is none yet. */
export async function readHourEvidence(
  store: ReportStore,
  label: HourLabel,
): Promise<{ evidence: HourEvidence; tag: string | null }> {
  const key = evidenceKey(label);
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
    reading: b.reading ?? a.reading,
  };
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

/** Key of an hour's evidence. */
export function evidenceKey({ reportDate, hour }: HourLabel): string {
  return `_work/evidence/${reportDate}/h${String(hour).padStart(2, '0')}.jsonl.gz`;
}

/**
 * Makes equal principals and repeated strings one object: thousands of starts of a session then cost little memory.
 * The pool lives as long as the returned function.
 */
export function createInterner(): (start: Start) => Start {
  const principals = new Map<string, Principal>();
  const texts = new Map<string, string>();
  const text = <T extends string | null>(value: T): T => {
    if (value === null) return value;
    const known = texts.get(value);
    if (known === undefined) texts.set(value, value);
    return (known ?? value) as T;
  };
  return (start) => {
    const key = JSON.stringify(start.principal);
    const principal = principals.get(key) ?? start.principal;
    principals.set(key, principal);
    return {
      ...start,
      principal,
      kind: 'start',
      region: text(start.region),
      accountId: text(start.accountId),
      errorCode: text(start.errorCode),
      errorMessage: text(start.errorMessage),
      workGroup: text(start.workGroup),
      catalog: text(start.catalog),
      database: text(start.database),
      sourceIp: text(start.sourceIp),
      userAgent: text(start.userAgent),
    };
  };
}
