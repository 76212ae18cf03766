import { hourName } from '../../calendar/hour-label.js';
import { type ReportDay, reportDay } from '../../calendar/report-day.js';
import type { Manifest, ReportFormat } from '../../record/manifest.js';
import { pinTimezone } from '../../tree/settings.js';
import { shareLists } from '../closing/share-lists.js';
import type { Collector, DaySources, SecondWitnesses } from '../collector.js';
import { isEvidenceLost } from '../evidence/evidence-lost.js';
import { buildHour } from '../hour/build-hour.js';
import { openEnrichment } from '../hour/open-enrichment.js';
import { openScanLog } from '../scan/scan-log.js';
import { finishDay, finishPart } from './finish-day.js';
import { scanDays } from './scan-days.js';

/** Days to collect as one piece of work. */
export interface RangeTask {
  /** Touching each other, oldest first. A day may hold some of its hours only. */
  readonly days: readonly ReportDay[];
  readonly format: ReportFormat;
  /** Names this piece of work: the same command again finds where it stopped. */
  readonly scanId: string;
  /** A checkpoint written before this instant is not gone on from; 0, the default, takes any. */
  readonly resumesSince?: number;
}

/**
 * Collects a range of days, every step to its end: one scan over all of it; each day's hours are written as soon as the day and
 * its neighbours are completely scanned, and then the day is finished. A run that stops, however it stops, goes on where its last
 * checkpoint stands. Yields each hour's manifest, and once more the manifest of an hour that gained rows when its day was closed.
 */
export async function* collectRange(
  collector: Collector,
  sources: DaySources,
  { days, format, scanId, resumesSince }: RangeTask,
): AsyncGenerator<Manifest> {
  const { store, clock, progress } = collector;
  const [first] = days;
  if (first) await pinTimezone(store, first.timezone, clock.now());
  const witnesses = { ...sources, listers: shareLists(sources.listers, clock) };
  const log = await openScanLog(store, scanId, { since: resumesSince });
  const hoursOf = (some: readonly ReportDay[]) => some.reduce((sum, day) => sum + day.hours.length, 0);
  const total = hoursOf(days);
  const before = hoursOf(days.filter(({ reportDate }) => log.checkpoint.done.includes(reportDate)));
  const seen = new Set<string>();
  for await (const day of scanDays(collector, sources, { days, log })) {
    if (day === null) continue;
    for await (const manifest of collectDay(collector, witnesses, { day, format, days })) {
      seen.add(hourName(manifest));
      const { reportDate, hour, report } = manifest;
      progress({ kind: 'hour', reportDate, hour, rows: report.rows, done: Math.min(total, before + seen.size), total });
      yield manifest;
    }
  }
  if (log.checkpoint.isComplete) await log.clear();
}

async function* collectDay(
  collector: Collector,
  witnesses: SecondWitnesses,
  { day, format, days }: Pick<RangeTask, 'days' | 'format'> & { readonly day: ReportDay },
): AsyncGenerator<Manifest> {
  const enrichment = await openEnrichment(collector, day.reportDate, { hours: day.hours.map(({ hour }) => hour) });
  // One hour that would lose what its report says stops no other; the run fails in the end.
  const lost: Error[] = [];
  const noteLost = (error: unknown) => {
    if (!isEvidenceLost(error)) throw error;
    lost.push(error);
  };
  for (const hour of day.hours) {
    collector.signal?.throwIfAborted();
    try {
      yield await buildHour(collector, { hour, timezone: day.timezone, format, enrichment });
    } catch (error) {
      noteLost(error);
    }
  }
  const rebuilt: Manifest[] = [];
  const onRebuilt = (manifest: Manifest) => void rebuilt.push(manifest);
  const task = { day, format, enrichment, known: days, onRebuilt };
  const isWhole = day.hours.length === reportDay(day.reportDate, day.timezone).hours.length;
  await (isWhole ? finishDay(collector, witnesses, task) : finishPart(collector, task)).catch(noteLost);
  yield* rebuilt;
  if (lost[0]) throw lost[0];
}
