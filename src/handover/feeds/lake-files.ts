import type { ReportStore } from '../../ports/report-store.js';
import type { Deliver } from './export-rows.js';
import { LAKE_SOURCES, type LakeEvent, type LakeField, lakeKey, lakeKeysBeside } from './security-lake.js';

/** Makes one Parquet file of records that fit into memory. */
type EncodeLakeFile = (
  fields: readonly LakeField[],
  records: readonly Readonly<Record<string, unknown>>[],
) => Promise<Uint8Array>;

/**
 * Writes OCSF events as the partitions of Security Lake, a file for each hour, source, Region, account and UTC day. An hour that is
 * handed over again replaces its files, and those that it no longer fills are removed. Nothing is written of an hour that turns out to be
 * another than its manifest says. Memory: the events of an hour.
 */
export function lakeFiles(to: {
  readonly store: ReportStore;
  /** Where the sources lie below the store: empty, or ending in `/`. */
  readonly folder: string;
  readonly encode: EncodeLakeFile;
  /** Whether what was handed over is remembered; else files may lie there that nobody knows of. */
  readonly remembers: boolean;
}): Deliver {
  const { store, folder, encode, remembers } = to;
  return async (lines, hour, before) => {
    const files = new Map<string, LakeEvent[]>();
    for await (const line of lines) {
      const event = JSON.parse(line) as LakeEvent;
      const key = folder + lakeKey(event, hour);
      const known = files.get(key);
      if (known) known.push(event);
      else files.set(key, [event]);
    }
    const stale = new Set(before?.files);
    for (const [key, events] of files) {
      const [first] = events;
      if (!first) continue;
      events.sort((a, b) => a.time - b.time);
      const { fields } = LAKE_SOURCES[first.class_uid];
      await store.write(key, await encode(fields, events as unknown as Readonly<Record<string, unknown>>[]), 'any');
      // The hour may have been written when less was known of its events.
      if (!remembers) for (const beside of lakeKeysBeside(first, hour)) stale.add(folder + beside);
    }
    for (const key of stale) if (!files.has(key)) await store.remove(key);
    return [...files.keys()].sort();
  };
}
