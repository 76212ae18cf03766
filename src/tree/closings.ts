import type { ReportStore } from '../ports/report-store.js';
import type { Closing } from '../record/closing.js';

/** Key of a day's closing. */
export function closingKey(reportDate: string): string {
  return `_work/closings/${reportDate}.json`;
}

/** Reads the closings of a tree (its folder ends in `/`, or is empty) of the dates asked for (null: no bound), in their order. */
export async function readClosings(
  store: ReportStore,
  { tree, from, to }: { readonly tree: string; readonly from: string | null; readonly to: string | null },
): Promise<Closing[]> {
  const closings: Closing[] = [];
  for await (const { key } of store.list(`${tree}_work/closings/`)) {
    const stored = await store.read(key);
    const closing = stored ? parseClosing(stored.bytes) : null;
    // A damaged one counts as none: no evidence hangs on it, and closing the day again writes it anew.
    if (closing && (from === null || closing.reportDate >= from) && (to === null || closing.reportDate <= to))
      closings.push(closing);
  }
  return closings.sort((a, b) => (a.reportDate < b.reportDate ? -1 : 1));
}

function parseClosing(bytes: Uint8Array): Closing | null {
  try {
    const closing = JSON.parse(Buffer.from(bytes).toString('utf8')) as Closing | null;
    return closing?.schema === 1 && Array.isArray(closing.workGroups) && Array.isArray(closing.unattributed)
      ? closing
      : null;
  } catch {
    return null;
  }
}
