import type { ReportStore } from '../../ports/report-store.js';
import type { Manifest } from '../../record/manifest.js';
import type { KeptTree } from './check-change.js';

/** Manifests that are looked at before a damaged tree counts as unreadable. */
const TRIES = 5;

/**
 * Reads the zone and format of the reports that lie in a store; null when there are none. A tree has one zone, and one format
 * unless somebody changed it behind its back, so the first manifest that can be read speaks for all.
 * @throws Error when there are manifests and none can be read: what is there is not known, so nothing may be written over it
 */
export async function readKeptTree(store: ReportStore, { now }: { readonly now: number }): Promise<KeptTree | null> {
  let tried = 0;
  for await (const key of manifestKeys(store, new Date(now).getUTCFullYear())) {
    const stored = await store.read(key);
    const read = stored && parsed(stored.bytes);
    if (read) return { location: store.location, ...read };
    if (++tried === TRIES)
      throw new Error(`${store.location}: the first ${TRIES} manifests are damaged; aqt verify says more`);
  }
  if (tried > 0) throw new Error(`${store.location}: every manifest is damaged; aqt verify says more`);
  return null;
}

/** CloudTrail began in this year: no report can be older. */
const FIRST_YEAR = 2013;

/** Keys of manifests, the newest year first: with one listing a year nobody has to page through the working files. */
async function* manifestKeys(store: ReportStore, year: number): AsyncGenerator<string> {
  for (let each = year + 1; each >= FIRST_YEAR; each--) {
    for await (const { key } of store.list(`year=${each}/`)) if (key.endsWith('/_manifest.json')) yield key;
  }
}

function parsed(bytes: Uint8Array): Pick<KeptTree, 'timezone' | 'format'> | null {
  try {
    const { timezone, format } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<Manifest>;
    return typeof timezone === 'string' && typeof format === 'string' ? { timezone, format } : null;
  } catch {
    // No JSON: a damaged manifest says nothing.
    return null;
  }
}
