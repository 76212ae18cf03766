import { createHash } from 'node:crypto';
import type { HourLabel } from '../calendar/hour-label.js';
import type { ReportStore } from '../ports/report-store.js';
import { decodeManifest } from '../record/encode-manifest.js';
import type { Manifest } from '../record/manifest.js';
import { MANIFEST_NAME } from './layout.js';
import { listKeys } from './list-keys.js';

/** A manifest as it lies in the store. */
export interface StoredManifest {
  readonly label: HourLabel;
  /** A sentence instead, when the bytes are no manifest. */
  readonly manifest: Manifest | string;
  readonly sha256: string;
}

/** Yields the manifests of a tree from a report date on (null: all), in order of day and hour. */
export async function* readManifests(
  store: ReportStore,
  { from, now }: { readonly from: string | null; readonly now: number },
): AsyncGenerator<StoredManifest> {
  for (const prefix of foldersBetween(from, now)) {
    for await (const file of listKeys(store, prefix)) {
      if (file.kind !== 'hour' || file.name !== MANIFEST_NAME) continue;
      const { key, label } = file;
      if (from !== null && label.reportDate < from) continue;
      const stored = await store.read(key);
      if (!stored) continue;
      const manifest = decodeManifest(Buffer.from(stored.bytes).toString('utf8'));
      yield { label, manifest, sha256: createHash('sha256').update(stored.bytes).digest('hex') };
    }
  }
}

/** Athena began at the end of 2016. */
const FIRST_YEAR = 2016;

/** Folders of the months of the first year, then of whole years: what lies before is not even listed. */
function foldersBetween(from: string | null, now: number): string[] {
  // A report date may be a day ahead of UTC.
  const lastYear = new Date(now + 86_400_000).getUTCFullYear();
  const [year = FIRST_YEAR, month = 1] = from?.split('-').map(Number) ?? [];
  const months = Array.from({ length: 13 - month }, (_, index) => String(month + index).padStart(2, '0'));
  const years = Array.from({ length: Math.max(0, lastYear - year) }, (_, index) => `year=${year + 1 + index}/`);
  return [...months.map((name) => `year=${year}/month=${name}/`), ...years];
}
