import { createExecutionIds, type ExecutionIds } from '../../athena/execution-ids.js';
import { ATHENA_RETENTION_DAYS } from '../../athena/limits.js';
import { addDays, type ReportDay, reportDateAt, reportDay } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { DayLine } from '../../tree/evidence/evidence-lines.js';
import { appendPart, idsIn, listParts, mergeParts } from '../../tree/evidence/evidence-log.js';
import { liveEvidence } from '../../tree/evidence/evidence-view.js';
import { dayEvidence, hourEvidence } from '../../tree/layout.js';

/** Days for which Athena lists executions, and one for the clock's sake. */
const LISTED_DAYS = ATHENA_RETENTION_DAYS + 1;

/**
 * Ids of executions that need no second look when Athena lists them while a day is closed: those in some hour's evidence, and
 * those that an earlier closing found to have run on another day. Of the days that Athena may list now, epoch milliseconds.
 */
export async function readKnownIds(store: ReportStore, day: ReportDay, now: number): Promise<ExecutionIds> {
  const known = createExecutionIds();
  const view = liveEvidence(store);
  const today = reportDateAt(now, day.timezone);
  for (let back = -1; back <= LISTED_DAYS; back++) {
    const reportDate = addDays(today, -back);
    for (const hour of reportDay(reportDate, day.timezone).hours) {
      for (const part of await listParts(store, hourEvidence(hour)))
        for (const id of await idsIn(store, part)) known.add(id);
    }
    for (const part of await view.parts(dayEvidence(reportDate))) {
      for await (const batch of view.lines(part)) {
        for (const text of batch) {
          if (!text.startsWith(ELSEWHERE)) continue;
          const { elsewhere } = JSON.parse(text) as Extract<DayLine, { readonly elsewhere: unknown }>;
          // What another day's closing left for this day is what this closing is for.
          if (elsewhere.reportDate !== day.reportDate) for (const id of elsewhere.ids) known.add(id);
        }
      }
    }
  }
  return known;
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
