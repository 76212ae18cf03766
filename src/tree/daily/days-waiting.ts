import type { ReportStore } from '../../ports/report-store.js';
import { hasMembers, isDate, isListOf } from '../../record/text/shape.js';
import { workKey } from '../layout.js';
import { type TreeDocument, updateDocument } from '../update.js';

/** Days whose files are to be looked at, and for which there was no time, sorted. */
interface DaysWaiting {
  readonly dates: readonly string[];
}

const isWaiting = hasMembers({ dates: isListOf(isDate) });

/** `aqt verify` tells a file that is old all the same. */
const DAYS_WAITING: TreeDocument<DaysWaiting> = {
  key: workKey.daysWaiting,
  absent: { dates: [] },
  parse: (value) => (isWaiting(value) ? (value as DaysWaiting) : null),
  whenDamaged: 'absent',
};

/** Adds days to those that wait, and takes others away; returns all that wait now. */
export async function updateWaiting(
  store: ReportStore,
  change: { readonly add?: Iterable<string>; readonly remove?: Iterable<string> },
): Promise<readonly string[]> {
  const { dates } = await updateDocument(store, DAYS_WAITING, (before) => {
    const all = new Set(before.dates);
    for (const date of change.remove ?? []) all.delete(date);
    for (const date of change.add ?? []) all.add(date);
    const dates = [...all].sort();
    return dates.join() === before.dates.join() ? before : { dates };
  });
  return dates;
}
