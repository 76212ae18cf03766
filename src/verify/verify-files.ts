import { addDays } from '../calendar/report-day.js';
import { readDeliveries } from '../tree/files/deliveries.js';
import { decodeFileEntries, type FileEntries } from '../tree/files/file-entries.js';
import { workFolder } from '../tree/layout.js';
import type { DayFiles, VerifyRequest } from './checked.js';

/**
 * Counts the log files of each day of delivery: what the last list of it showed, and for how many of them the ledger says that they
 * were read, while all of the evidence is there that it names. Days of delivery lie around the report dates that are asked for.
 */
export async function countFiles(
  { store, from, to, signal }: VerifyRequest,
  tree: string,
  /** Names of the parts of the evidence that are there. */
  evidence: ReadonlySet<string>,
): Promise<DayFiles[]> {
  const days: DayFiles[] = [];
  const range = { from, to: to && addDays(to, 1) };
  for (const { place, date, listed, read, listedAt } of await readDeliveries(store, { tree, ...range })) {
    signal?.throwIfAborted();
    let proven = 0;
    for await (const { key } of store.list(`${tree}${workFolder.files}${date}/`)) {
      const stored = await store.read(key);
      const files = stored && decodeFileEntries(stored.bytes);
      if (files?.folder.startsWith(`${place.replace(/\/$/, '')}/`)) proven += provenIn(files, evidence);
    }
    days.push({ place, date, listed, read, listedAt, proven });
  }
  return days;
}

/** Files that were read, and of which nothing is lost. */
function provenIn({ entries, others, parts }: FileEntries, evidence: ReadonlySet<string>): number {
  const isWhole = new Map(
    Object.entries(parts).map(([folder, names]) => [folder, names.every((name) => evidence.has(name))]),
  );
  const isProven = (folders: readonly string[]) => folders.every((folder) => isWhole.get(folder) === true);
  const whole = [...entries.values()].filter(({ hours, days }) => isProven([...Object.keys(hours), ...days]));
  return whole.length + [...others.values()].filter(({ state }) => state === 'read').length;
}
