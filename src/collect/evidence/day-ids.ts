import { createExecutionIds, type ExecutionIds } from '../../athena/execution-ids.js';
import { addDays, type ReportDay, reportDateAt } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import { eachShard } from '../../tree/hour-evidence.js';
import { packLines, unpackLines } from '../../tree/json-lines.js';
import { workKey } from '../../tree/layout.js';

/** Days for which Athena lists executions (aws-facts 2.5), and one for the clock's sake. */
const LISTED_DAYS = 46;

/**
 * Ids of executions that need no second look when Athena lists them while a day is closed: those in some hour's evidence, and
 * those that an earlier closing found to have run on another day. Of the days that Athena may list now, epoch milliseconds.
 */
export async function readKnownIds(store: ReportStore, day: ReportDay, now: number): Promise<ExecutionIds> {
  const known = createExecutionIds();
  const today = reportDateAt(now, day.timezone);
  for (let back = -1; back <= LISTED_DAYS; back++) {
    const reportDate = addDays(today, -back);
    for (const id of await readIds(store, idsKey(reportDate))) known.add(id);
    // What another day's closing left for this day is what this closing is for.
    if (reportDate === day.reportDate) continue;
    for (const id of await readIds(store, elsewhereKey(reportDate))) known.add(id);
  }
  return known;
}

/** Notes the ids of a day's evidence. */
export async function noteDayIds(store: ReportStore, day: ReportDay): Promise<void> {
  const ids = new Set<string>();
  for (const hour of day.hours) {
    for await (const { starts, listed } of eachShard(store, hour)) {
      for (const { queryExecutionId } of starts) if (queryExecutionId !== null) ids.add(queryExecutionId);
      for (const id of listed.keys()) ids.add(id);
    }
  }
  await store.write(idsKey(day.reportDate), packLines([...ids].sort()), 'any');
}

/** Notes executions that ran on another day than the one that is closed, by the report date on which they were submitted. */
export async function noteElsewhere(
  store: ReportStore,
  idsByDate: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  for (const [reportDate, ids] of idsByDate) {
    const key = elsewhereKey(reportDate);
    const known = new Set([...(await readIds(store, key)), ...ids]);
    await store.write(key, packLines([...known].sort()), 'any');
  }
}

async function readIds(store: ReportStore, key: string): Promise<string[]> {
  const stored = await store.read(key);
  return stored ? (unpackLines(stored.bytes, key) as string[]) : [];
}

function idsKey(reportDate: string): string {
  return workKey.ids(reportDate);
}

function elsewhereKey(reportDate: string): string {
  return workKey.idsElsewhere(reportDate);
}
