import { createExecutionIds, type ExecutionIds } from '../../athena/execution-ids.js';
import { ATHENA_RETENTION_DAYS } from '../../athena/limits.js';
import { addDays, type ReportDay, reportDateAt } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { DayLine } from '../../tree/evidence/evidence-lines.js';
import {
  appendPart,
  idsIn,
  listParts,
  mergeParts,
  type Part,
  partName,
  readPart,
} from '../../tree/evidence/evidence-log.js';
import { dayEvidence, isOfDay } from '../../tree/layout.js';

/** Days for which Athena lists executions, and one for the clock's sake. */
const LISTED_DAYS = ATHENA_RETENTION_DAYS + 1;

/** Parts read at once: an hour has several, and 46 days of them one after the other would take minutes in a bucket. */
const IN_FLIGHT = 8;

/**
 * Gives ids of executions that need no second look when Athena lists them while a day is closed: those in some hour's evidence, and
 * those that an earlier closing found to have run on another day; of the days that Athena may list at `now` (epoch milliseconds),
 * newest first, some more than once. Stops when `take` returns false. Memory: the ids of some parts as text.
 */
export async function eachKnownIds(
  store: ReportStore,
  day: ReportDay,
  { now, take }: { readonly now: number; readonly take: (ids: readonly string[]) => boolean },
): Promise<void> {
  const today = reportDateAt(now, day.timezone);
  let goesOn = true;
  for (let back = -1; back <= LISTED_DAYS && goesOn; back++) {
    // Of its hours and of the day itself.
    const parts = await listParts(store, addDays(today, -back));
    const work = async () => {
      for (let part = parts.pop(); part && goesOn; part = parts.pop()) {
        const ids = isOfDay(partName(part)) ? await idsElsewhere(store, day, part) : await idsIn(store, part);
        if (!take(ids)) goesOn = false;
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  }
}

/** The ids of `eachKnownIds`; null when there are more than `most`. */
export async function readKnownIds(
  store: ReportStore,
  day: ReportDay,
  { now, most }: { readonly now: number; readonly most: number },
): Promise<ExecutionIds | null> {
  const known = createExecutionIds();
  await eachKnownIds(store, day, {
    now,
    take(ids) {
      for (const id of ids) known.add(id);
      return known.size <= most;
    },
  });
  return known.size <= most ? known : null;
}

/** What a part of a day says of executions that ran on other days than the one that is closed: what was left for this one is what this closing is for. */
async function idsElsewhere(store: ReportStore, { reportDate }: ReportDay, part: Part): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const batch of readPart(store, part)) {
    for (const text of batch) {
      if (!text.startsWith(ELSEWHERE)) continue;
      const { elsewhere } = JSON.parse(text) as Extract<DayLine, { readonly elsewhere: unknown }>;
      if (elsewhere.reportDate !== reportDate) ids.push(...elsewhere.ids);
    }
  }
  return ids;
}

const ELSEWHERE = '{"elsewhere":';

/** Notes executions that ran on another day than the one that is closed, by the report date on which they were submitted. */
export async function noteElsewhere(
  store: ReportStore,
  idsByDate: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  for (const [reportDate, ids] of idsByDate) {
    const line: DayLine = { elsewhere: { reportDate, ids: [...ids].sort() } };
    await appendPart(store, dayEvidence(reportDate), { lines: [JSON.stringify(line)] });
    await mergeParts(store, dayEvidence(reportDate));
  }
}
