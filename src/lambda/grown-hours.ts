import type { HourLabel } from '../calendar/hour-label.js';
import type { ReportDay } from '../calendar/report-day.js';
import type { ReportStore } from '../ports/report-store.js';
import { decodeManifest } from '../record/encode-manifest.js';
import { eachShard } from '../tree/hour-evidence.js';
import { manifestKey } from '../tree/layout.js';

/** An hour as the state machine names it. */
export interface NamedHour {
  readonly report_date: string;
  readonly hour: number;
}

/**
 * Finds the hours whose evidence has starts that their report has not. Hours that were never collected stay so. It compares what
 * lies in the store and remembers nothing: an hour that a run stored and did not live to write is found by the next.
 */
export async function grownHours(store: ReportStore, days: readonly ReportDay[]): Promise<NamedHour[]> {
  const grown: NamedHour[] = [];
  for (const { hours } of days) {
    for (const hour of hours) {
      const reported = await reportedStarts(store, hour);
      if (reported !== null && (await keptStarts(store, hour)) > reported)
        grown.push({ report_date: hour.reportDate, hour: hour.hour });
    }
  }
  return grown;
}

async function reportedStarts(store: ReportStore, hour: HourLabel): Promise<number | null> {
  const stored = await store.read(manifestKey(hour));
  if (!stored) return null;
  const manifest = decodeManifest(Buffer.from(stored.bytes).toString('utf8'));
  // A damaged manifest is a matter for `aqt settle --mend`; writing over it would hide the damage.
  return typeof manifest === 'string' ? null : manifest.ledger.starts;
}

async function keptStarts(store: ReportStore, hour: HourLabel): Promise<number> {
  let starts = 0;
  for await (const part of eachShard(store, hour)) starts += part.starts.length;
  return starts;
}
