import { type ReportDay, reportDateAt, reportDay } from '../../calendar/report-day.js';
import { EVENT_HISTORY_MS, LATE_EVENT_BOUND_MS } from '../../cloudtrail/limits.js';
import type { ReportStore } from '../../ports/report-store.js';
import { isMissingPlaces, type Manifest } from '../../record/manifest.js';
import { readManifests } from '../../tree/read-manifests.js';
import { readSettleState, writeSettleState } from '../../tree/settle-state.js';
import type { Collector, DaySources } from '../collector.js';
import { collectRange } from './collect-range.js';
import { deepReason } from './deep-due.js';
import type { Settled } from './settle.js';

const DAY_MS = 86_400_000;
/** A rescan that was cut off goes on where it stopped for so long; later it begins anew, for more may have come meanwhile. */
const RESUME_MS = 3_600_000;
/** Events come late by hours, seldom by more than two days. */
const RECENT_MS = 2 * DAY_MS;

/**
 * Reads collected days again for events that came late: those of the last 48 hours, once a week those of the last 31 days; and
 * hours of any age that lack an account or a Region. Hours that were never collected stay so. Yields every hour of those days, changed or not, as it was and as it is.
 */
export async function* rescan(
  collector: Collector,
  sources: DaySources,
  /** `auto` is `deep` when that is due, else `recent`. */
  depth: 'recent' | 'deep' | 'auto',
): AsyncGenerator<Settled> {
  const { store, clock } = collector;
  const now = clock.now();
  const isDeep = depth === 'auto' ? (await deepReason(store, now)) !== null : depth === 'deep';
  const from = now - (isDeep ? LATE_EVENT_BOUND_MS : RECENT_MS);
  const before = await readCollected(store, from, now);
  for (const { days, format } of groupsOf([...before.values()])) {
    const [first, last] = [days[0], days.at(-1)];
    if (!first || !last) continue;
    const scanId = `settle-${first.window.start}-${last.window.end}`;
    const resumesSince = now - RESUME_MS;
    for await (const after of collectRange(collector, sources, { days, format, scanId, resumesSince })) {
      const old = before.get(nameOf(after));
      if (old) yield { before: old, after };
    }
  }
  if (isDeep) await writeSettleState(store, { deepScanAt: now });
}

async function readCollected(store: ReportStore, from: number, now: number): Promise<Map<string, Manifest>> {
  const collected = new Map<string, Manifest>();
  // Dates of zones lie up to 14 hours from UTC's.
  const recent = reportDateAt(from - DAY_MS, 'UTC');
  const first = await firstMissingDate(store, now);
  for await (const { manifest } of readManifests(store, {
    from: first !== null && first < recent ? first : recent,
    now,
  })) {
    if (typeof manifest === 'string') continue;
    const day = reportDay(manifest.reportDate, manifest.timezone);
    const isRecent = day.window.end > from && day.window.start < now;
    if (isRecent || isMissingPlaces(manifest)) collected.set(nameOf(manifest), manifest);
  }
  return collected;
}

/** Where hours that lack an account or a Region may begin; before the first settling nobody knows. */
async function firstMissingDate(store: ReportStore, now: number): Promise<string | null> {
  const { settledAt, missingSince } = await readSettleState(store);
  return settledAt === null ? reportDateAt(now - EVENT_HISTORY_MS, 'UTC') : missingSince;
}

/** Days that touch and share a format are read in one scan; of a day only the hours that were collected, where these touch. */
function groupsOf(
  manifests: readonly Manifest[],
): { readonly days: ReportDay[]; readonly format: Manifest['format'] }[] {
  const groups: { days: ReportDay[]; format: Manifest['format'] }[] = [];
  for (const { reportDate, hour: label, timezone, format } of manifests) {
    const hour = reportDay(reportDate, timezone).hours.find((candidate) => candidate.hour === label);
    if (!hour) continue;
    const group = groups.at(-1);
    const last = group?.days.at(-1);
    if (
      !group ||
      !last ||
      group.format !== format ||
      last.timezone !== timezone ||
      last.window.end !== hour.window.start
    ) {
      groups.push({ days: [{ reportDate, timezone, window: hour.window, hours: [hour] }], format });
    } else if (last.reportDate !== reportDate) {
      group.days.push({ reportDate, timezone, window: hour.window, hours: [hour] });
    } else {
      const window = { start: last.window.start, end: hour.window.end };
      group.days[group.days.length - 1] = { ...last, window, hours: [...last.hours, hour] };
    }
  }
  return groups;
}

function nameOf({ reportDate, hour }: Manifest): string {
  return `${reportDate} ${hour}`;
}
