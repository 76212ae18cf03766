import type { ReportDay, ReportHour } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Manifest } from '../../record/manifest.js';
import { readShards } from '../../tree/hour-evidence.js';
import { workKey } from '../../tree/layout.js';
import { type CollectRequest, collectRange, openEnrichment } from '../days/collect-range.js';
import { buildHour } from './build-hour.js';

/** An hour by itself, cut out of its day. */
export function dayOfHour(day: ReportDay, hour: ReportHour): ReportDay {
  return { ...day, window: hour.window, hours: [hour] };
}

/**
 * Collects one hour. Where a scan has already brought its evidence it is only written; else the hour does its whole job by
 * itself, with a scan of its own window.
 */
export async function collectHour(
  request: Omit<CollectRequest, 'days' | 'scanId'> & {
    readonly day: ReportDay;
    readonly hour: ReportHour;
    readonly isScanned: boolean;
  },
): Promise<Manifest> {
  const { day, hour, isScanned, store } = request;
  if (isScanned && (await isScannedHour(store, hour))) {
    const freshEnrichment = () => openEnrichment({ ...request, reportDate: day.reportDate });
    return buildHour({ ...request, timezone: day.timezone, enrichment: await freshEnrichment(), freshEnrichment });
  }
  const scanId = `hour-${hour.reportDate}-h${String(hour.hour).padStart(2, '0')}`;
  // A run that died before it removed its finished scan has left nothing to write: then the hour is read anew.
  for (let tries = 1; tries <= 2; tries++) {
    let written: Manifest | null = null;
    // To the end: behind the manifest come its seal and the removal of the scan, from which a later call would go on.
    for await (const manifest of collectRange({ ...request, days: [dayOfHour(day, hour)], scanId })) written = manifest;
    if (written) return written;
  }
  throw new Error(`hour ${hour.hour} of ${hour.reportDate} was scanned and not written`);
}

async function isScannedHour(store: ReportStore, hour: ReportHour): Promise<boolean> {
  const [first = null] = await readShards(store, hour);
  return (await store.tagOf(workKey.evidence(hour, first))) !== null;
}
