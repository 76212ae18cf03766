import type { HourLabel } from '../calendar/hour-label.js';
import type { ReportCodec } from '../ports/report-codec.js';
import type { ReportStore } from '../ports/report-store.js';
import type { ReportRow } from '../record/columns.js';
import { decodeManifest } from '../record/encode-manifest.js';
import { MANIFEST_NAME, manifestKey } from './layout.js';
import { listKeys } from './list-keys.js';

/** A row and the hour that holds it. */
export interface PlacedRow {
  /** Folder of the tree in a forest, ending in `/`; empty for a single tree. */
  readonly tree: string;
  readonly label: HourLabel;
  readonly row: ReportRow;
}

/** Reads the rows of every finished hour of a tree or forest, hour by hour; memory does not grow with them. */
export async function* readRows(request: {
  readonly store: ReportStore;
  /** First and last report date, inclusive; null for all there is. */
  readonly from: string | null;
  readonly to: string | null;
  readonly codec: ReportCodec;
  readonly signal?: AbortSignal;
}): AsyncGenerator<PlacedRow> {
  const { store, from, to, codec, signal } = request;
  for await (const file of listKeys(store)) {
    if (file.kind !== 'hour' || file.name !== MANIFEST_NAME) continue;
    const { key, tree, label } = file;
    if ((from !== null && label.reportDate < from) || (to !== null && label.reportDate > to)) continue;
    signal?.throwIfAborted();
    const stored = await store.read(tree + manifestKey(label));
    const manifest = stored ? decodeManifest(Buffer.from(stored.bytes).toString('utf8')) : null;
    const stream = manifest && typeof manifest !== 'string' ? await store.stream(tree + manifest.report.key) : null;
    if (!manifest || typeof manifest === 'string' || !stream) {
      throw new Error(`${store.location}: ${key} is damaged or has lost its report; aqt verify says more`);
    }
    for await (const row of codec.decode(manifest.format, stream)) yield { tree, label, row };
  }
}
