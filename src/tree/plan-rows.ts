import { type ReportHour, reportHourAt } from '../calendar/report-day.js';
import type { Start } from '../cloudtrail/start.js';
import { isUnsettled, type ObservedAnswer } from '../record/answer.js';
import { executionRow, refusedRow, unattributedRow } from '../record/build-row.js';
import type { ReportRow } from '../record/columns.js';
import type { Enrichment } from '../record/enrichment.js';
import type { ReadCounts } from '../record/ledger.js';
import { compareRows, type RowKey } from '../record/row-order.js';
import {
  type ExecutionStarts,
  executionKey,
  groupStarts,
  type KnownStart,
  withStarts,
} from '../record/start-groups.js';
import type { Slice } from './evidence/evidence-lines.js';
import type { EvidenceView } from './evidence/evidence-view.js';
import { type FoundStarts, type HourEvidence, readStartsOf } from './evidence/hour-evidence.js';

/** What an hour's report will hold. */
export interface RowPlan {
  /** Rows in report order; each is built when it is written. */
  readonly rows: readonly (RowKey & { readonly build: () => ReportRow })[];
  readonly counts: ReadCounts;
  readonly pending: readonly string[];
  /** Executions found, by where they were found. */
  readonly answeredBy: ReadonlyMap<string, number>;
  /** Names of the parts that the plan was made from, those of other hours that told something among them. */
  readonly parts: readonly string[];
}

/** Decides the rows of an hour or of a part of it, their order, and what is left to settle; builds none of them. */
export async function planRows(request: {
  readonly evidence: HourEvidence;
  /** Which part it is; by default the whole. */
  readonly slice?: Slice;
  readonly hour: ReportHour;
  readonly timezone: string;
  readonly view: EvidenceView;
  readonly enrichment: Enrichment;
  readonly now: number;
}): Promise<RowPlan> {
  const { evidence, slice = null, hour, timezone, view, enrichment, now } = request;
  const { executions, refused } = groupStarts(evidence.starts);
  const parts = new Set(evidence.parts);
  const readStarts: StartReader = async (label, ids) => {
    const found = await readStartsOf(view, label, { ids, only: slice });
    for (const part of found.parts) parts.add(part);
    return found;
  };
  const neighbours = { groups: executions, evidence, hour, timezone, readStarts };
  const wasStartedEarlier = await findEarlierStarts(neighbours);
  const later = await findLaterStarts(neighbours);
  await enrichment.reach([...evidence.starts, ...[...later.values()].flat()]);
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
      build: () => executionRow(withStarts(group, later.get(keyOf(group)) ?? []), observed, enrichment),
    });
  }
  for (const start of refused) {
    rows.push({
      start_time: start.eventTime,
      query_execution_id: null,
      event_id: start.eventId,
      build: () => refusedRow(start, enrichment),
    });
  }
  const started = new Set([...executions, ...[...later.values()].flat()].map((one) => one.queryExecutionId));
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
      build: () => unattributedRow({ ...observed, answer }, { ...listed, startedAt }, enrichment),
    });
  }
  const duplicates = (evidence.reading?.duplicates ?? 0) + evidence.copies;
  const { malformed } = evidence;
  const counts = { duplicates, malformed, executionStarts, refused: refused.length, repeatedStarts };
  return { rows: rows.sort(compareRows), counts, pending: pending.sort(), answeredBy, parts: [...parts] };
}

type StartReader = (label: ReportHour, ids: ReadonlySet<string>) => Promise<FoundStarts>;

interface Neighbourhood {
  readonly groups: readonly ExecutionStarts[];
  readonly evidence: HourEvidence;
  readonly hour: ReportHour;
  readonly timezone: string;
  readonly readStarts: StartReader;
}

/**
 * Finds executions whose first start lies in an earlier hour: a retry with the same client token returns the id of the
 * running query and makes an event of its own (aws-facts 2.4). The submission time says which hours to look into.
 */
async function findEarlierStarts(request: Neighbourhood): Promise<(group: ExecutionStarts) => boolean> {
  const { groups, evidence, hour, timezone, readStarts } = request;
  const earlierHours = new Map<number, { readonly label: ReportHour; readonly ids: Set<string> }>();
  for (const { queryExecutionId } of groups) {
    const submitted = submittedAt(evidence.answers.get(queryExecutionId));
    // Without a submission time only the hour before is looked into.
    const instants = submitted === null ? [hour.window.start - 1] : [submitted, submitted + EVENT_LAG_MS];
    for (const instant of instants) {
      if (instant >= hour.window.start) continue;
      const label = reportHourAt(instant, timezone);
      const earlier = earlierHours.get(label.window.start) ?? { label, ids: new Set<string>() };
      earlierHours.set(label.window.start, earlier);
      earlier.ids.add(queryExecutionId);
    }
  }
  const found = new Set<string>();
  for (const { label, ids } of earlierHours.values())
    for (const start of (await readStarts(label, ids)).starts) found.add(keyOf(start));
  return (group) => found.has(keyOf(group));
}

/** Finds the starts in the next hour that repeat one of this hour, or name one that Athena listed, by execution. */
async function findLaterStarts(request: Neighbourhood): Promise<ReadonlyMap<string, readonly KnownStart[]>> {
  const { groups, evidence, hour, timezone, readStarts } = request;
  const ids = new Set([...groups.map((group) => group.queryExecutionId), ...evidence.listed.keys()]);
  const later = new Map<string, KnownStart[]>();
  if (ids.size === 0) return later;
  for (const start of (await readStarts(reportHourAt(hour.window.end, timezone), ids)).starts) {
    const key = keyOf(start);
    later.set(key, [...(later.get(key) ?? []), start]);
  }
  return later;
}

/** The event of a start is dated some seconds after the submission that Athena tells, or before it. */
const EVENT_LAG_MS = 10 * 60_000;

function keyOf(named: ExecutionStarts | Start): string {
  const { accountId, region } = 'first' in named ? named.first : named;
  return executionKey({ accountId, region }, named.queryExecutionId ?? '');
}

function submittedAt(observed: ObservedAnswer | undefined): number | null {
  return observed?.answer.outcome === 'found' ? observed.answer.execution.submittedAt : null;
}

function countAnswer(answeredBy: Map<string, number>, observed: ObservedAnswer | undefined): void {
  if (observed?.answer.outcome !== 'found') return;
  answeredBy.set(observed.answer.origin, (answeredBy.get(observed.answer.origin) ?? 0) + 1);
}
