import type { ReportStore } from '../ports/report-store.js';
import type { Closing } from '../record/closing.js';
import { decodeClosing } from '../record/decode-closing.js';
import { parseKey, workFolder, workKey } from './layout.js';
import { parseDocument, type TreeDocument } from './update.js';

/** What closing a day found. No evidence hangs on it: closing the day again writes it anew. */
export function closingOf(reportDate: string): TreeDocument<Closing | null> {
  return { key: workKey.closing(reportDate), absent: null, parse: decodeClosing, whenDamaged: 'absent' };
}

/** Reads the closings of a tree (its folder ends in `/`, or is empty) of the dates asked for (null: no bound), in their order. */
export async function readClosings(
  store: ReportStore,
  { tree, from, to }: { readonly tree: string; readonly from: string | null; readonly to: string | null },
): Promise<Closing[]> {
  const closings: Closing[] = [];
  for await (const { key } of store.list(tree + workFolder.closings)) {
    const parsed = parseKey(key);
    if (parsed.kind !== 'work' || parsed.what !== 'closings') continue;
    const [reportDate = ''] = parsed.parts;
    if ((from !== null && reportDate < from) || (to !== null && reportDate > to)) continue;
    const closing = parseDocument(await store.read(key), closingOf(reportDate));
    if (closing?.reportDate === reportDate) closings.push(closing);
  }
  return closings;
}
