import type { ReportDay, ReportHour } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Manifest, ReportFormat } from '../../record/manifest.js';
import { liveEvidence } from '../../tree/evidence/evidence-view.js';
import { eachSlice } from '../../tree/evidence/hour-evidence.js';
import { pinTimezone } from '../../tree/settings.js';
import type { Collector, DaySources } from '../collector.js';
import { buildHour } from '../hour/build-hour.js';
import { openEnrichment } from '../hour/open-enrichment.js';
import { collectRange } from './collect-range.js';

/** An hour by itself, cut out of its day. */
export function dayOfHour(day: ReportDay, hour: ReportHour): ReportDay {
  return { ...day, window: hour.window, hours: [hour] };
}

/**
 * Collects one hour. Where a scan has already brought its evidence it is only written; else the hour does its whole job by
 * itself, with a scan of its own window.
 */
export async function collectHour(
  collector: Collector,
  sources: DaySources,
  task: {
    readonly day: ReportDay;
    readonly hour: ReportHour;
    readonly format: ReportFormat;
    readonly isScanned: boolean;
  },
): Promise<Manifest> {
  const { day, hour, format, isScanned } = task;
  await pinTimezone(collector.store, day.timezone, collector.clock.now());
  if (isScanned && (await isScannedHour(collector.store, hour))) {
    const enrichment = await openEnrichment(collector, day.reportDate, { hours: [hour.hour] });
    return buildHour(collector, { hour, timezone: day.timezone, format, enrichment });
  }
  const scanId = `hour-${hour.reportDate}-h${String(hour.hour).padStart(2, '0')}`;
  const range = { days: [dayOfHour(day, hour)], format, scanId };
  // A run that died before it removed its finished scan has left nothing to write: then the hour is read anew.
  for (let tries = 1; tries <= 2; tries++) {
    let written: Manifest | null = null;
    // To the end: behind the manifest come its seal and the removal of the scan, from which a later call would go on.
    for await (const manifest of collectRange(collector, sources, range)) written = manifest;
    if (written) return written;
  }
  throw new Error(`hour ${hour.hour} of ${hour.reportDate} was scanned and not written`);
}

async function isScannedHour(store: ReportStore, hour: ReportHour): Promise<boolean> {
  for await (const { reading } of eachSlice(liveEvidence(store), hour)) return reading !== null;
  return false;
}
