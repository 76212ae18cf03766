import type { DailyFacts } from '../findings/facts.js';
import type { Manifest } from '../record/manifest.js';
import { measureFile, remakeDay } from '../tree/daily/compact-day.js';
import { type DailyNote, dailyNoteOf } from '../tree/daily/daily-note.js';
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
  /** Days of which there is a file, sums or a note. */
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
  const damaged = (file: 'rows' | 'sums', why: string, hash = ''): DailyFacts => {
    return { reportDate, fault: 'damaged', file, why, hash };
  };
  const note = await readDocument(store, dailyNoteOf(reportDate));
  if (note === null) return [damaged('rows', 'it has no note that can be read, of what it was made of')];
  const files = { rows: note.report, sums: note.rollup } as const;
  const found: DailyFacts[] = [];
  for (const file of ['rows', 'sums'] as const) {
    const { key, sha256, bytes } = files[file];
    const there = await measureFile({ store, signal }, key);
    if (there === null) found.push(damaged(file, 'it is gone, and its note is there'));
    else if (there.sha256 !== sha256 || there.bytes !== bytes)
      found.push(damaged(file, 'its bytes are not those of its note', there.sha256));
  }
  if (found.length > 0) return found;
  const remade = async (): Promise<Pick<DailyNote, 'report' | 'rollup'> | null> => {
    try {
      return await remakeDay({ store, codec, ...(signal ? { signal } : {}) }, reportDate, hours);
    } catch (error) {
      if (error instanceof ReportDiffers) return null; // That is a fault of the hour.
      throw error;
    }
  };
  const differing = (made: Pick<DailyNote, 'report' | 'rollup'>) => {
    const by = { rows: made.report.sha256, sums: made.rollup.sha256 };
    return (['rows', 'sums'] as const).filter((file) => by[file] !== files[file].sha256);
  };
  const stale = staleDay(note, hours);
  if (stale) {
    const made = await remade();
    // Reports may be other bytes with the same rows, of another format.
    return made !== null && differing(made).length === 0 ? [] : [stale];
  }
  const rows = hours.reduce((sum, { report }) => sum + report.rows, 0);
  if (rows !== note.report.rows)
    return [damaged('rows', `its note tells ${note.report.rows} rows, its hours ${rows}`, note.report.sha256)];
  const made = recompute ? await remade() : null;
  if (made === null) return [];
  return differing(made).map((file) =>
    damaged(file, 'made again from its hours it is another: remove it first', files[file].sha256),
  );
}
