import { hourName } from '../../calendar/hour-label.js';
import { type ReportDay, reportDay } from '../../calendar/report-day.js';
import { covers, type Window } from '../../calendar/window.js';
import type { Manifest, ReportFormat } from '../../record/manifest.js';
import { sealDay } from '../../tree/seals.js';
import { pinTimezone } from '../../tree/settings.js';
import { closeDay } from '../closing/close-day.js';
import { shareLists } from '../closing/share-lists.js';
import type { Collector, DaySources, SecondWitnesses } from '../collector.js';
import { isEvidenceLost } from '../evidence/evidence-lost.js';
import { storeDay } from '../evidence/store-day.js';
import { buildHour } from '../hour/build-hour.js';
import { openEnrichment } from '../hour/open-enrichment.js';
import { scan } from '../scan/scan.js';
import { openScanLog } from '../scan/scan-log.js';
import { rebuildNeighbours } from './rebuild-neighbours.js';

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
 * Collects a range of days: one scan over all of it; each day's hours are written as soon as the day and its neighbours are
 * completely scanned. A run that stops, however it stops, goes on where its last checkpoint stands. Yields each hour's manifest,
 * and once more the manifest of an hour that gained rows when its day was closed.
 */
export async function* collectRange(
  collector: Collector,
  sources: DaySources,
  { days, format, scanId, resumesSince }: RangeTask,
): AsyncGenerator<Manifest> {
  const { store, clock, progress, signal } = collector;
  const [first] = days;
  if (first) await pinTimezone(store, first.timezone, clock.now());
  const witnesses = { ...sources, listers: shareLists(sources.listers, clock) };
  const log = await openScanLog(store, scanId, resumesSince);
  const done = new Set(log.checkpoint.done);
  const stored = new Set<ReportDay>();
  const total = days.reduce((sum, day) => sum + day.hours.length, 0);
  const seen = new Set<string>();
  const hoursDone = days.filter((day) => done.has(day.reportDate)).reduce((sum, day) => sum + day.hours.length, 0);
  for await (const covered of scan(collector, { source: sources.source, days, log })) {
    for (const [index, day] of days.entries()) {
      const around = days.slice(Math.max(0, index - 1), index + 2);
      if (done.has(day.reportDate) || !isCovered(covered, around)) continue;
      // The day after tells about credentials of this one, and so does what is asked for its sake.
      for (const near of around) {
        signal?.throwIfAborted();
        if (stored.has(near) || done.has(near.reportDate)) continue;
        await storeDay(collector, sources, { day: near, log });
        stored.add(near);
      }
      for await (const manifest of collectDay(collector, witnesses, { day, format, days })) {
        seen.add(hourName(manifest));
        progress({
          kind: 'hour',
          reportDate: manifest.reportDate,
          hour: manifest.hour,
          rows: manifest.report.rows,
          done: Math.min(total, hoursDone + seen.size),
          total,
        });
        yield manifest;
      }
      // What lacks an account or a Region is written, stays open, and is collected again by the same command.
      if (!isCovered(log.checkpoint.covered, around)) continue;
      done.add(day.reportDate);
      await log.commit({ done: [...done] });
    }
  }
  if (log.checkpoint.isComplete) await log.clear();
}

/** A day can be written when no earlier hour can still take one of its executions, and its neighbours' links are known. */
function isCovered(covered: readonly Window[], days: readonly ReportDay[]): boolean {
  const [first, last] = [days[0], days.at(-1)];
  return (
    first !== undefined && last !== undefined && covers(covered, { start: first.window.start, end: last.window.end })
  );
}

async function* collectDay(
  collector: Collector,
  witnesses: SecondWitnesses,
  { day, format, days }: Pick<RangeTask, 'days' | 'format'> & { readonly day: ReportDay },
): AsyncGenerator<Manifest> {
  const { store, clock, signal } = collector;
  const { timezone } = day;
  const enrichment = await openEnrichment(collector, day.reportDate);
  // One hour that would lose what its report says stops no other; the run fails in the end.
  let lost: Error | null = null;
  for (const hour of day.hours) {
    signal?.throwIfAborted();
    try {
      yield await buildHour(collector, { hour, timezone, format, enrichment });
    } catch (error) {
      if (!isEvidenceLost(error)) throw error;
      lost ??= error;
    }
  }
  try {
    for await (const _ of rebuildNeighbours(collector, day, days));
  } catch (error) {
    if (!isEvidenceLost(error)) throw error;
    lost ??= error;
  }
  // Part of a day proves nothing about the day: it is sealed, and closed when all of it is there.
  if (day.hours.length === reportDay(day.reportDate, timezone).hours.length) {
    const rebuilt: Manifest[] = [];
    const onRebuilt = (manifest: Manifest) => void rebuilt.push(manifest);
    await closeDay(collector, witnesses, { day, format, enrichment, onRebuilt });
    yield* rebuilt;
  } else await sealDay({ store, day, now: clock.now() });
  if (lost) throw lost;
}
