import type { ReportStore } from '../ports/report-store.js';
import { workKey } from './layout.js';
import { noteRowNews } from './row-news.js';
import { update } from './update.js';

/** Athena began at the end of 2016. */
const FIRST_QUERIES = Date.UTC(2016, 0, 1);

/**
 * Keeps the prices file of a tree: rows are priced with it whoever writes them. When it changes, the next settling prices every
 * hour anew.
 */
export async function keepPrices(store: ReportStore, text: string): Promise<void> {
  const bytes = Buffer.from(text, 'utf8');
  await update(store, workKey.prices, async (stored) => {
    if (stored && Buffer.compare(stored.bytes, bytes) === 0) return null;
    // First: a note without new prices makes hours be looked at in vain, prices without it would be overlooked.
    await noteRowNews(store, FIRST_QUERIES);
    return bytes;
  });
}

/** The prices file that the tree keeps; null when it was never given one. */
export async function readKeptPrices(store: ReportStore): Promise<string | null> {
  const stored = await store.read(workKey.prices);
  return stored ? Buffer.from(stored.bytes).toString('utf8') : null;
}
