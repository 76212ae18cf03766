import { LAKE_SOURCES, type LakeEvent, lakeKey, lakeKeysBeside } from '../../handover/feeds/security-lake.js';
import type { ReportStore } from '../../ports/report-store.js';
import { encodeNestedParquet, type NestedRecord } from '../../storage/encode-nested-parquet.js';
import type { Delivery } from './export-delivery.js';

/**
 * Writes OCSF events as the partitions of Security Lake, a file for each hour, source, Region, account and UTC day. An hour that is
 * handed over again replaces its files. Memory: the events of an hour.
 */
export function toSecurityLake(store: ReportStore): Delivery {
  return {
    async deliver(lines, hour) {
      const files = new Map<string, LakeEvent[]>();
      for await (const line of lines) {
        const event = JSON.parse(line) as LakeEvent;
        const key = lakeKey(event, hour);
        const known = files.get(key);
        if (known) known.push(event);
        else files.set(key, [event]);
      }
      const stale = new Set<string>();
      for (const [key, events] of files) {
        const [first] = events;
        if (!first) continue;
        const { fields } = LAKE_SOURCES[first.class_uid];
        events.sort((a, b) => a.time - b.time);
        const bytes = await encodeNestedParquet(fields, events as unknown as readonly NestedRecord[]);
        await store.write(key, bytes, 'any');
        for (const beside of lakeKeysBeside(first, hour)) if (!files.has(beside)) stale.add(beside);
      }
      for (const key of stale) await store.remove(key);
    },
    finish: async () => {},
    close: async () => {},
  };
}
