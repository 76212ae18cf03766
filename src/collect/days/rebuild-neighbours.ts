import type { ExecutionIds } from '../../athena/execution-ids.js';
import { addDays, type ReportDay, type ReportHour, reportDay } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import { decodeManifest } from '../../record/encode-manifest.js';
import type { Manifest } from '../../record/manifest.js';
import { idsIn, idsInFolders, listParts } from '../../tree/evidence/evidence-log.js';
import { hourEvidence, manifestKey } from '../../tree/layout.js';
import { sealDay } from '../../tree/seals.js';
import type { Collector } from '../collector.js';
import { buildHour } from '../hour/build-hour.js';
import { openEnrichment } from '../hour/open-enrichment.js';

/** A start may be dated that long after a submission that was written in an hour before it. */
const BEFORE_MS = 2 * 3_600_000;
/** A request token that is used again names the same execution; nobody does so days later. */
const AFTER_MS = 24 * 3_600_000;

/**
 * Writes the hours around a day anew that were collected before it and name executions that it names, too: days may be collected
 * in any order, and an execution stands in one row. Hours that are final are no exception. Yields those that changed.
 */
export async function* rebuildNeighbours(
  collector: Collector,
  day: ReportDay,
  /** Days of the same run, whose hours know each other's evidence. */
  known: readonly ReportDay[] = [day],
): AsyncGenerator<Manifest> {
  const { store, clock } = collector;
  const around = hoursAround(day, known);
  let ids: ExecutionIds | null = null;
  for (const { neighbour, hour } of around) {
    const before = await readManifest(store, hour);
    if (!before) continue;
    ids ??= await idsInFolders(store, day.hours.map(hourEvidence));
    if (!(await namesAny(store, hour, ids))) continue;
    const enrichment = await openEnrichment(collector, hour.reportDate, { hours: [hour.hour] });
    const { format, timezone } = before;
    const after = await buildHour(collector, { hour, timezone, format, enrichment });
    await sealDay({ store, day: neighbour, now: clock.now() });
    if (after.version !== before.version) yield after;
  }
}

function hoursAround(
  day: ReportDay,
  known: readonly ReportDay[],
): { readonly neighbour: ReportDay; readonly hour: ReportHour }[] {
  const own = new Set(known.flatMap(({ hours }) => hours.map(({ window }) => window.start)));
  return [-1, 0, 1].flatMap((days) => {
    const neighbour = reportDay(addDays(day.reportDate, days), day.timezone);
    return neighbour.hours
      .filter(({ window }) => window.end > day.window.start - BEFORE_MS && window.start < day.window.end + AFTER_MS)
      .filter(({ window }) => !own.has(window.start))
      .map((hour) => ({ neighbour, hour }));
  });
}

async function readManifest(store: ReportStore, hour: ReportHour): Promise<Manifest | null> {
  const stored = await store.read(manifestKey(hour));
  const manifest = stored ? decodeManifest(Buffer.from(stored.bytes).toString('utf8')) : null;
  // A damaged one is a matter for `aqt settle --mend`.
  return typeof manifest === 'string' ? null : manifest;
}

async function namesAny(store: ReportStore, hour: ReportHour, ids: ExecutionIds): Promise<boolean> {
  for (const part of await listParts(store, hourEvidence(hour)))
    if ((await idsIn(store, part)).some((id) => ids.has(id))) return true;
  return false;
}
