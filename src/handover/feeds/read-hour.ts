import { createHash } from 'node:crypto';
import type { ReportCodec } from '../../ports/report-codec.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import type { Manifest } from '../../record/manifest.js';
import type { HourOfTree } from './list-hours.js';

/** The report of an hour changed while it was read: the same command again hands it over. */
export class HourChanged extends Error {
  override readonly name = 'HourChanged';
}

/**
 * Reads the rows of the report that a manifest speaks of, and of no other: what it yields is proven when it ends.
 * @throws HourChanged when the report is another; Error when it is gone
 */
export async function* readHourRows(
  { store, codec }: { readonly store: ReportStore; readonly codec: ReportCodec },
  { tree, manifest }: Pick<HourOfTree, 'tree' | 'manifest'>,
): AsyncGenerator<ReportRow> {
  const stream = await store.stream(tree + manifest.report.key);
  if (!stream) throw new Error(`${store.location}: ${manifest.report.key} is gone; aqt verify says more`);
  const hash = createHash('sha256');
  try {
    yield* codec.decode(manifest.format, hashed(stream, hash));
  } catch (cause) {
    throw changed(store, manifest, cause);
  }
  if (hash.digest('hex') !== manifest.report.sha256) throw changed(store, manifest, null);
}

async function* hashed(stream: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>) {
  for await (const chunk of stream) {
    hash.update(chunk);
    yield chunk;
  }
}

function changed(store: ReportStore, { report }: Manifest, cause: unknown): HourChanged {
  return new HourChanged(
    `${store.location}: ${report.key} is not what its manifest says: it was rewritten meanwhile (run the command again) or it is damaged (aqt verify says which)`,
    cause === null ? {} : { cause },
  );
}
