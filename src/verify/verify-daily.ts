import type { DailyFacts } from '../findings/facts.js';
import type { Manifest } from '../record/manifest.js';
import { hashDay, measureFile } from '../tree/daily/compact-day.js';
import { dailyNoteOf } from '../tree/daily/daily-note.js';
import { ReportDiffers } from '../tree/daily/day-rows.js';
import { staleDay } from '../tree/daily/stale-days.js';
import { treeView } from '../tree/tree-view.js';
import { readDocument } from '../tree/update.js';
import type { VerifyRequest } from './checked.js';

/**
 * Compares the files of whole days of a tree with their notes, and their notes with the hours as they are; where reports are made
 * again, these files are, too. Tells those that are not what they should be.
 */
export async function checkDaily(
  request: VerifyRequest,
  tree: string,
  /** Days of which there is a file, a note or both. */
  dates: ReadonlySet<string>,
  manifests: readonly Manifest[],
): Promise<DailyFacts[]> {
  const found: DailyFacts[] = [];
  for (const reportDate of [...dates].sort()) {
    request.signal?.throwIfAborted();
    const hours = manifests.filter((one) => one.reportDate === reportDate).sort((a, b) => a.hour - b.hour);
    found.push(...(await checkDay(request, { tree, reportDate, hours })));
  }
  return found;
}

async function checkDay(
  { store: forest, codec, signal, recompute }: VerifyRequest,
  {
    tree,
    reportDate,
    hours,
  }: { readonly tree: string; readonly reportDate: string; readonly hours: readonly Manifest[] },
): Promise<DailyFacts[]> {
  const store = treeView(forest, tree);
  const damaged = (why: string, hash = ''): DailyFacts[] => [{ reportDate, fault: 'damaged', why, hash }];
  const note = await readDocument(store, dailyNoteOf(reportDate));
  if (note === null) return damaged('it has no note that can be read, of what it was made of');
  const found = await measureFile({ store, signal }, note.report.key);
  if (found === null) return damaged('it is gone, and its note is there');
  const { sha256, bytes } = found;
  if (sha256 !== note.report.sha256 || bytes !== note.report.bytes)
    return damaged('its bytes are not those of its note', sha256);
  const stale = staleDay(note, hours);
  const remade = async (): Promise<string | null> => {
    try {
      return await hashDay({ store, codec, ...(signal ? { signal } : {}) }, hours);
    } catch (error) {
      if (error instanceof ReportDiffers) return null; // That is a fault of the hour.
      throw error;
    }
  };
  // Reports may be other bytes with the same rows, of another format.
  if (stale) return (await remade()) === sha256 ? [] : [stale];
  const rows = hours.reduce((sum, { report }) => sum + report.rows, 0);
  if (rows !== note.report.rows) return damaged(`its note tells ${note.report.rows} rows, its hours ${rows}`, sha256);
  if (!recompute) return [];
  const made = await remade();
  return made === null || made === sha256
    ? []
    : damaged('made again from its hours it is another: remove it first', sha256);
}
