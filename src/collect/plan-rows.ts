import { type ReportHour, reportHourAt } from '../calendar/report-day.js';
import { isUnsettled, type ObservedAnswer } from '../record/answer.js';
import { executionRow, refusedRow, unattributedRow } from '../record/build-row.js';
import type { ReportRow } from '../record/columns.js';
import type { ReadCounts } from '../record/ledger.js';
import type { Lenses } from '../record/lenses.js';
import { compareRows, type RowKey } from '../record/row-order.js';
import { type ExecutionStarts, executionKey, groupStarts } from '../record/start-groups.js';
import { eachShard, type HourEvidence, type Shard } from './hour-evidence.js';
import type { ReportStore } from './ports.js';

/** What an hour's report will hold. */
export interface RowPlan {
  /** Rows in report order; each is built when it is written. */
  readonly rows: readonly (RowKey & { readonly build: () => ReportRow })[];
  readonly counts: ReadCounts;
  readonly pending: readonly string[];
  /** Executions found, by where they were found. */
  readonly answeredBy: ReadonlyMap<string, number>;
}

/** Decides the rows of an hour or of a part of it, their order, and what is left to settle; builds none of them. */
export async function planRows(request: {
  readonly evidence: HourEvidence;
  /** Which part it is; by default the whole. */
  readonly shard?: Shard;
  readonly hour: ReportHour;
  readonly timezone: string;
  readonly store: ReportStore;
  readonly lenses: Lenses;
  readonly now: number;
}): Promise<RowPlan> {
  const { evidence, shard = null, hour, timezone, store, lenses, now } = request;
  const { executions, refused } = groupStarts(evidence.starts);
  const wasStartedEarlier = await findEarlierStarts({ groups: executions, evidence, shard, hour, timezone, store });
  const rows: (RowKey & { build: () => ReportRow })[] = [];
  const pending: string[] = [];
  const answeredBy = new Map<string, number>();
  let executionStarts = 0;
  let repeatedStarts = 0;
  for (const group of executions) {
    executionStarts += group.starts.length;
    if (wasStartedEarlier(group)) {
      repeatedStarts += group.starts.length;
      continue;
    }
    repeatedStarts += group.starts.length - 1;
    const observed = evidence.answers.get(group.queryExecutionId);
    if (isUnsettled(observed, group.first.eventTime, now)) pending.push(group.queryExecutionId);
    countAnswer(answeredBy, observed);
    rows.push({
      start_time: submittedAt(observed) ?? group.first.eventTime,
      query_execution_id: group.queryExecutionId,
      event_id: group.first.eventId,
      build: () => executionRow(group, observed, lenses),
    });
  }
  for (const start of refused) {
    rows.push({
      start_time: start.eventTime,
      query_execution_id: null,
      event_id: start.eventId,
      build: () => refusedRow(start, lenses),
    });
  }
  const started = await startedIds({ executions, evidence, shard, hour, timezone, store });
  for (const listed of evidence.listed.values()) {
    const observed = evidence.answers.get(listed.queryExecutionId);
    const answer = observed?.answer;
    if (started.has(listed.queryExecutionId) || !observed || answer?.outcome !== 'found') continue;
    const startedAt = answer.execution.submittedAt ?? hour.window.start;
    if (isUnsettled(observed, startedAt, now)) pending.push(listed.queryExecutionId);
    countAnswer(answeredBy, observed);
    rows.push({
      start_time: startedAt,
      query_execution_id: listed.queryExecutionId,
      event_id: null,
      build: () => unattributedRow({ ...observed, answer }, { ...listed, startedAt }, lenses),
    });
  }
  const { duplicates, malformed } = evidence.reading ?? { duplicates: 0, malformed: 0 };
  const counts = { duplicates, malformed, executionStarts, refused: refused.length, repeatedStarts };
  return { rows: rows.sort(compareRows), counts, pending: pending.sort(), answeredBy };
}

/**
 * Finds executions whose first start lies in an earlier hour: a retry with the same client token returns the id of the
 * running query and makes an event of its own (fact sheet 2.4). The submission time says which hours to look into.
 */
async function findEarlierStarts(request: {
  readonly groups: readonly ExecutionStarts[];
  readonly evidence: HourEvidence;
  readonly shard: Shard;
  readonly hour: ReportHour;
  readonly timezone: string;
  readonly store: ReportStore;
}): Promise<(group: ExecutionStarts) => boolean> {
  const { groups, evidence, shard, hour, timezone, store } = request;
  const earlierHours = new Map<number, ReportHour>();
  for (const { queryExecutionId, first } of groups) {
    const submitted = submittedAt(evidence.answers.get(queryExecutionId));
    // Without a submission time only the hour before can hold the first start of a retry.
    const instants = submitted === null ? [first.eventTime - RETRY_SPAN_MS] : [submitted, submitted + RETRY_SPAN_MS];
    for (const instant of instants) {
      if (instant >= hour.window.start) continue;
      const earlier = reportHourAt(instant, timezone);
      earlierHours.set(earlier.window.start, earlier);
    }
  }
  const ids = new Set<string>();
  for (const earlier of earlierHours.values()) {
    for await (const { starts } of eachShard(store, earlier, shard)) {
      for (const start of starts) {
        if (start.queryExecutionId !== null) ids.add(executionKey(start, start.queryExecutionId));
      }
    }
  }
  return ({ first, queryExecutionId }) => ids.has(executionKey(first, queryExecutionId));
}

/** Ids that a start of this hour names; for listed executions also those of the hour that their event may fall into. */
async function startedIds(request: {
  readonly executions: readonly ExecutionStarts[];
  readonly evidence: HourEvidence;
  readonly shard: Shard;
  readonly hour: ReportHour;
  readonly timezone: string;
  readonly store: ReportStore;
}): Promise<Set<string>> {
  const { executions, evidence, shard, hour, timezone, store } = request;
  const ids = new Set(executions.map((group) => group.queryExecutionId));
  if (evidence.listed.size === 0) return ids;
  for await (const { starts } of eachShard(store, reportHourAt(hour.window.end, timezone), shard)) {
    for (const { queryExecutionId } of starts) if (queryExecutionId !== null) ids.add(queryExecutionId);
  }
  return ids;
}

/** A client that hears nothing tries again within minutes. */
const RETRY_SPAN_MS = 10 * 60_000;

function submittedAt(observed: ObservedAnswer | undefined): number | null {
  return observed?.answer.outcome === 'found' ? observed.answer.execution.submittedAt : null;
}

function countAnswer(answeredBy: Map<string, number>, observed: ObservedAnswer | undefined): void {
  if (observed?.answer.outcome !== 'found') return;
  answeredBy.set(observed.answer.origin, (answeredBy.get(observed.answer.origin) ?? 0) + 1);
}
