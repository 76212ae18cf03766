import type { ReportHour } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { SourceAccount } from '../../ports/start-source.js';
import { betterAnswer, isWorthAsking, type ObservedAnswer } from '../../record/answer.js';
import type { ReportRow } from '../../record/columns.js';
import type { ReadCounts } from '../../record/ledger.js';
import { compareRows } from '../../record/row-order.js';
import { groupStarts } from '../../record/start-groups.js';
import type { Definition } from '../../sql/definition-book.js';
import { addDefinitions } from '../../tree/definitions.js';
import { definitionsIn } from '../../tree/evidence/evidence-definitions.js';
import { addToHour, type Slice } from '../../tree/evidence/evidence-lines.js';
import type { Part } from '../../tree/evidence/evidence-log.js';
import type { EvidenceView } from '../../tree/evidence/evidence-view.js';
import { type HourEvidence, readParts, slicesOf, withAnswers } from '../../tree/evidence/hour-evidence.js';
import { bytesOfLines, linesIn, wholeLines } from '../../tree/evidence/part-lines.js';
import { hourEvidence, workKey } from '../../tree/layout.js';
import { planRows, type RowPlan } from '../../tree/plan-rows.js';
import type { Collector } from '../collector.js';
import { EvidenceLost } from '../evidence/evidence-lost.js';
import { mergeSorted } from '../evidence/merge-sorted.js';
import { askCatalog, noteAsked } from './ask-catalog.js';
import { askPrepared } from './ask-prepared.js';
import { fetchAnswers } from './fetch-answers.js';
import type { DayEnrichment } from './open-enrichment.js';

/** The rows of an hour's report, in order, and what was counted on the way. */
export interface HourRows {
  /** May be read several times. */
  rows(): AsyncIterable<ReportRow>;
  readonly counts: ReadCounts;
  /** Execution ids to settle, sorted. */
  readonly pending: readonly string[];
  /** Executions found, by where they were found. */
  readonly answeredBy: ReadonlyMap<string, number>;
  readonly sources: readonly SourceAccount[];
  /** Names of the parts of the evidence that the rows were made from. */
  readonly parts: readonly string[];
  /** What names meant, as the hour's own evidence tells it: its texts, and what it was told before. */
  readonly defined: readonly Definition[];
  /** Texts of the hour define something that the tree did not know: as a rule that of an hour is known once it was written. */
  readonly hasNewDefinitions: boolean;
  /** Removes what was put aside. */
  close(): Promise<void>;
}

/** The hour to plan, and what its rows say beyond their evidence. */
export interface HourRowsTask {
  readonly hour: ReportHour;
  readonly timezone: string;
  readonly enrichment: DayEnrichment;
  readonly view: EvidenceView;
}

/**
 * Completes an hour's evidence and plans its rows. A small hour is planned in memory; a large one slice by slice, each slice's
 * rows sorted and put aside, then merged: memory holds one slice and one row of each of the others.
 * @throws EvidenceLost where there is no evidence
 */
export async function prepareRows(collector: Collector, task: HourRowsTask): Promise<HourRows> {
  const { store, signal } = collector;
  // Listed once: a part that comes meanwhile is the next writing's.
  const listed = await task.view.parts(hourEvidence(task.hour));
  // Every collected hour has some, also one without a single query.
  if (listed.length === 0) throw new EvidenceLost(task.hour, 'its evidence under _work/evidence/ is gone');
  const slices = slicesOf(listed);
  if (slices.length === 1) {
    const { plan, evidence, defined, isNew } = await planSlice(collector, task, { listed, slice: null });
    return {
      ...plan,
      defined,
      hasNewDefinitions: isNew,
      sources: evidence.reading?.sources ?? [],
      rows: heldRows(plan),
      close: async () => {},
    };
  }
  const answeredBy = new Map<string, number>();
  const sources: SourceAccount[] = [];
  const pending: string[] = [];
  const runs: string[] = [];
  const parts = new Set<string>();
  const defined: Definition[] = [];
  let hasNewDefinitions = false;
  /** Parts that were written before a later one showed a definition. */
  let unaware: readonly string[] = [];
  let counts: ReadCounts = { duplicates: 0, malformed: 0, executionStarts: 0, refused: 0, repeatedStarts: 0 };
  for (const slice of slices) {
    signal?.throwIfAborted();
    const { plan, evidence, isNew, ...own } = await planSlice(collector, task, { listed, slice });
    const key = workKey.rows(task.hour, slice?.number ?? 0);
    await store.write(key, () => packedRows(builtRows(plan)), 'any');
    if (isNew) unaware = [...runs];
    hasNewDefinitions ||= isNew;
    defined.push(...own.defined);
    runs.push(key);
    sources.push(...(evidence.reading?.sources ?? []));
    pending.push(...plan.pending);
    counts = addCounts(counts, plan.counts);
    for (const [origin, found] of plan.answeredBy) answeredBy.set(origin, (answeredBy.get(origin) ?? 0) + found);
    for (const part of plan.parts) parts.add(part);
  }
  // A statement of one part may run what a later part prepared.
  for (const slice of slices.slice(0, unaware.length)) {
    signal?.throwIfAborted();
    const { plan } = await planSlice(collector, task, { listed, slice });
    await store.write(workKey.rows(task.hour, slice?.number ?? 0), () => packedRows(builtRows(plan)), 'any');
  }
  return {
    counts,
    pending: pending.sort(),
    answeredBy,
    sources,
    parts: [...parts],
    ...{ defined, hasNewDefinitions },
    rows: () =>
      mergeSorted(
        runs.map((key) => readRun(store, key)),
        compareRows,
      ),
    async close() {
      for (const key of runs) await store.remove(key);
    },
  };
}

interface SliceTask {
  readonly listed: readonly Part[];
  readonly slice: Slice;
}

/** Plans a slice; says whether its texts defined something that nobody knew. */
async function planSlice(
  collector: Collector,
  task: HourRowsTask,
  { listed, slice }: SliceTask,
): Promise<{ plan: RowPlan; evidence: HourEvidence; isNew: boolean; defined: readonly Definition[] }> {
  const known = await readParts(task.view, listed, slice);
  const evidence = await completeEvidence(collector, task.hour, known);
  const { store, clock } = collector;
  const definitions = definitionsIn(evidence, task.enrichment.read);
  const defined = [...definitions, ...evidence.defined];
  task.enrichment.learn(defined);
  const asked = await askPrepared(collector, { evidence, enrichment: task.enrichment });
  task.enrichment.learn(asked);
  const told = await askCatalog(collector, { evidence, enrichment: task.enrichment });
  const all = [...definitions, ...asked, ...told.definitions];
  const isNew = all.length > 0 && (await addDefinitions(store, all));
  await noteAsked(store, told.asked);
  return { evidence, isNew, defined, plan: await planRows({ ...task, evidence, slice, now: clock.now() }) };
}

/** Asks for what is missing and keeps what was learnt. */
async function completeEvidence(collector: Collector, hour: ReportHour, evidence: HourEvidence): Promise<HourEvidence> {
  const wanted = [
    ...groupStarts(evidence.starts).executions.map(({ queryExecutionId, first }) => ({
      queryExecutionId,
      accountId: first.accountId,
      region: first.region,
      startedAt: first.eventTime,
    })),
    ...[...evidence.listed.values()].map((listed) => ({ ...listed, startedAt: hour.window.start })),
  ];
  const startedAt = new Map(wanted.map((one) => [one.queryExecutionId, one.startedAt]));
  const learnt = await fetchAnswers(collector, wanted, evidence.answers);
  const news = [...learnt].filter(([id, answer]) =>
    isNews(evidence.answers.get(id), answer, startedAt.get(id) ?? hour.window.start),
  );
  if (news.length === 0) return evidence;
  const lines = news.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, answer]) => ({ answer }));
  const parts = await addToHour(collector.store, hour, lines);
  return withAnswers(evidence, { answers: new Map(news), parts });
}

/** An answer that says the same once more is none, unless it is the last that will be asked for. */
function isNews(known: ObservedAnswer | undefined, now: ObservedAnswer, startedAt: number): boolean {
  if (!known) return true;
  if (betterAnswer(known, now) === known) return false;
  const isSame = JSON.stringify(known.answer) === JSON.stringify(now.answer);
  return !isSame || isWorthAsking(known, startedAt) !== isWorthAsking(now, startedAt);
}

/** The rows of an hour that fits into memory: built once, however often they are read. */
function heldRows(plan: RowPlan): () => AsyncIterable<ReportRow> {
  const rows: ReportRow[] = [];
  return async function* () {
    for (const [at, planned] of plan.rows.entries()) {
      const row = rows[at] ?? planned.build();
      rows[at] = row;
      yield row;
    }
  };
}

async function* builtRows(plan: RowPlan): AsyncGenerator<ReportRow> {
  for (const planned of plan.rows) yield planned.build();
}

/** Rows written at once: V8 takes thirty times as long to make bytes of a text of more than 128 KiB. */
const ROWS_AT_ONCE = 32;

async function* packedRows(rows: AsyncIterable<ReportRow>): AsyncGenerator<Uint8Array> {
  let lines: string[] = [];
  for await (const row of rows) {
    if (lines.push(JSON.stringify(row)) < ROWS_AT_ONCE) continue;
    yield bytesOfLines([...lines, '']);
    lines = [];
  }
  if (lines.length > 0) yield bytesOfLines([...lines, '']);
}

async function* readRun(store: ReportStore, key: string): AsyncGenerator<ReportRow> {
  const stream = await store.stream(key);
  if (!stream) throw new Error(`the working file ${key} is gone; run the same command again`);
  for await (const bytes of wholeLines(buffersOf(stream)))
    for (const line of linesIn(bytes)) yield JSON.parse(line) as ReportRow;
}

async function* buffersOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const { buffer, byteOffset, length } of pieces) yield Buffer.from(buffer, byteOffset, length);
}

function addCounts(a: ReadCounts, b: ReadCounts): ReadCounts {
  return {
    duplicates: a.duplicates + b.duplicates,
    malformed: a.malformed + b.malformed,
    executionStarts: a.executionStarts + b.executionStarts,
    refused: a.refused + b.refused,
    repeatedStarts: a.repeatedStarts + b.repeatedStarts,
  };
}
