import type { HourLabel } from '../../calendar/hour-label.js';
import type { ReportStore } from '../../ports/report-store.js';
import { decodeManifest } from '../../record/encode-manifest.js';
import type { Manifest } from '../../record/manifest.js';
import { hourFolder, MANIFEST_NAME, manifestKey } from '../../tree/layout.js';
import { listKeys } from '../../tree/list-keys.js';

/** A finished hour of a tree. */
export interface HourOfTree {
  /** Folder of the tree in a forest, ending in `/`; empty for a single tree. */
  readonly tree: string;
  readonly label: HourLabel;
  /** Folder of the hour, with that of its tree: its name in a forest. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * Yields the finished hours of a tree or forest in the order of their keys.
 * @throws Error for a manifest that cannot be read: what is handed over must not lack an hour silently
 */
export async function* listHours(request: {
  readonly store: ReportStore;
  readonly from: string | null;
  readonly to: string | null;
}): AsyncGenerator<HourOfTree> {
  const { store, from, to } = request;
  for await (const file of listKeys(store)) {
    if (file.kind !== 'hour' || file.name !== MANIFEST_NAME) continue;
    const { tree, label } = file;
    if ((from !== null && label.reportDate < from) || (to !== null && label.reportDate > to)) continue;
    yield await readHour(store, tree, label);
  }
}

/** Reads a finished hour of a tree (its folder ends in `/`, or is empty). @throws Error for a manifest that cannot be read */
export async function readHour(store: ReportStore, tree: string, label: HourLabel): Promise<HourOfTree> {
  const key = tree + manifestKey(label);
  const stored = await store.read(key);
  const manifest = stored ? decodeManifest(Buffer.from(stored.bytes).toString('utf8')) : 'it is gone';
  if (typeof manifest === 'string')
    throw new Error(`${store.location}: ${key}: ${manifest}; aqt verify says more, aqt settle --mend mends`);
  return { tree, label, folder: tree + hourFolder(label), manifest };
}
