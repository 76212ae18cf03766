import { addDays, type ReportDay } from '../calendar/report-day.js';
import { eachShard } from './hour-evidence.js';
import { packLines, unpackLines } from './json-lines.js';
import type { ReportStore } from './ports.js';

/** Days for which Athena lists executions, and one for the clock's sake. */
const LISTED_DAYS = 46;

/**
 * Ids of executions that need no second look when Athena lists them: those of the last 46 days that are in some hour's
 * evidence, and those already looked up and found to lie outside every collected day. About 100 bytes of memory an id.
 */
export async function readKnownIds(store: ReportStore, reportDate: string): Promise<Set<string>> {
  const known = new Set<string>();
  for (let back = -1; back <= LISTED_DAYS; back++) {
    for (const id of await readIds(store, idsKey(addDays(reportDate, -back)))) known.add(id);
  }
  for (const id of await readIds(store, ELSEWHERE)) known.add(id);
  return known;
}

/** Notes the ids of a day's evidence. Returns them. */
export async function noteDayIds(store: ReportStore, day: ReportDay): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const hour of day.hours) {
    for await (const { starts, listed } of eachShard(store, hour)) {
      for (const { queryExecutionId } of starts) if (queryExecutionId !== null) ids.add(queryExecutionId);
      for (const id of listed.keys()) ids.add(id);
    }
  }
  await store.write(idsKey(day.reportDate), packLines([...ids].sort()), 'any');
  return ids;
}

/** Notes ids of executions that ran outside every collected day. */
export async function noteElsewhere(store: ReportStore, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const known = new Set([...(await readIds(store, ELSEWHERE)), ...ids]);
  await store.write(ELSEWHERE, packLines([...known].sort()), 'any');
}

const ELSEWHERE = '_work/ids/elsewhere.jsonl.gz';

async function readIds(store: ReportStore, key: string): Promise<string[]> {
  const stored = await store.read(key);
  return stored ? (unpackLines(stored.bytes, key) as string[]) : [];
}

function idsKey(reportDate: string): string {
  return `_work/ids/${reportDate}.jsonl.gz`;
}
