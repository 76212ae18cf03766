import { createHash } from 'node:crypto';
import type { ReportStore } from '../../ports/report-store.js';
import { readDocument } from '../update.js';
import { changedHours, dailyNoteOf, hashesOf } from './daily-note.js';
import { readDayHours } from './day-hours.js';

/** The sums of a day: the bytes of their file, or why there are none to rely on, as the end of a sentence about the day. */
export type ReadSums =
  | { readonly kind: 'sums'; readonly reportDate: string; readonly bytes: Uint8Array }
  | { readonly kind: 'none'; readonly reportDate: string; readonly why: string };

/** Reads the sums of a day, where they are those of its hours as they are now, by the manifests and by the bytes of the file. */
export async function readSums(store: ReportStore, reportDate: string): Promise<ReadSums> {
  const none = (why: string): ReadSums => ({ kind: 'none', reportDate, why });
  const note = await readDocument(store, dailyNoteOf(reportDate));
  const { hours, lacks } = await readDayHours(store, reportDate);
  if (lacks !== null) return none(lacks);
  if (note === null) return none('it has no sums yet: aqt compact makes them');
  if (changedHours(note, hashesOf(hours)).length > 0)
    return none('its sums are older than its hours: aqt compact makes them anew');
  if (!note.rollup.isWhole) return none('it has too many sums to be kept');
  const stored = await store.read(note.rollup.key);
  const sha256 = createHash('sha256')
    .update(stored?.bytes ?? '')
    .digest('hex');
  if (stored === null || sha256 !== note.rollup.sha256)
    return none('the file of its sums is damaged: aqt compact makes it anew');
  return { kind: 'sums', reportDate, bytes: stored.bytes };
}
