import { createHash } from 'node:crypto';
import type { DailyFacts } from '../../findings/facts.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Manifest } from '../../record/manifest.js';
import { DAILY_FOLDER } from '../layout.js';
import { listKeys } from '../list-keys.js';
import { readDocument } from '../update.js';
import { changedHours, type DailyNote, dailyNoteOf, hashesOf } from './daily-note.js';

/** What is told of a day whose note names other reports than those of its hours; null where it names these. */
export function staleDay(note: DailyNote, hours: readonly Manifest[]): DailyFacts | null {
  const now = hashesOf(hours);
  const changed = changedHours(note, now).length;
  if (changed === 0) return null;
  const hash = createHash('sha256').update(JSON.stringify(now)).digest('hex');
  return { reportDate: note.reportDate, fault: 'stale', changed, hash };
}

/** Tells such days of a tree from a report date on, of all manifests since then. The files themselves are not read. */
export async function staleDays(
  store: ReportStore,
  { from, manifests }: { readonly from: string; readonly manifests: readonly Manifest[] },
): Promise<DailyFacts[]> {
  const found: DailyFacts[] = [];
  for await (const file of listKeys(store, DAILY_FOLDER)) {
    if (file.kind !== 'daily' || file.what !== 'note' || file.tree !== '' || file.reportDate < from) continue;
    const { reportDate } = file;
    const note = await readDocument(store, dailyNoteOf(reportDate));
    const hours = manifests.filter((one) => one.reportDate === reportDate).sort((a, b) => a.hour - b.hour);
    const stale = note && staleDay(note, hours);
    if (stale) found.push(stale);
  }
  return found;
}
