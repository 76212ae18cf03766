import type { HourLabel } from '../../calendar/hour-label.js';
import type { ReportDay } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import { decodeManifest } from '../../record/encode-manifest.js';
import { partsAround } from '../../tree/evidence/day-evidence.js';
import { listParts } from '../../tree/evidence/evidence-log.js';
import { liveEvidence, untoldParts } from '../../tree/evidence/evidence-view.js';
import { hourEvidence, manifestKey } from '../../tree/layout.js';

/** An hour as the state machine names it. */
export interface NamedHour {
  readonly report_date: string;
  readonly hour: number;
}

/**
 * Finds the hours whose evidence, or that of the days around them, has parts that their report was not made from. Hours that were
 * never collected stay so. It compares what lies in the store and remembers nothing: an hour that a run stored and did not live
 * to write is found by the next.
 */
export async function grownHours(store: ReportStore, days: readonly ReportDay[]): Promise<NamedHour[]> {
  const grown: NamedHour[] = [];
  for (const { reportDate, hours } of days) {
    const around = await partsAround(liveEvidence(store), reportDate);
    for (const hour of hours) {
      const named = await namedParts(store, hour);
      if (named === null) continue;
      const parts = [...around, ...(await listParts(store, hourEvidence(hour)))];
      if ((await untoldParts(store, parts, named)).length > 0)
        grown.push({ report_date: hour.reportDate, hour: hour.hour });
    }
  }
  return grown;
}

async function namedParts(store: ReportStore, hour: HourLabel): Promise<ReadonlySet<string> | null> {
  const stored = await store.read(manifestKey(hour));
  if (!stored) return null;
  const manifest = decodeManifest(Buffer.from(stored.bytes).toString('utf8'));
  // A damaged manifest is a matter for `aqt settle --mend`; writing over it would hide the damage.
  return typeof manifest === 'string' ? null : new Set(manifest.evidence);
}
