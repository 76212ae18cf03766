import { type ReportDay, reportDay } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Closing } from '../../record/closing.js';
import type { Manifest, ReportFormat } from '../../record/manifest.js';
import { sealDay } from '../../tree/seals.js';
import { closeDay } from '../closing/close-day.js';
import type { Collector, SecondWitnesses } from '../collector.js';
import { isEvidenceLost } from '../evidence/evidence-lost.js';
import { type DayEnrichment, openEnrichment } from '../hour/open-enrichment.js';
import { rebuildNeighbours } from './rebuild-neighbours.js';

/** A day whose hours are written. */
export interface FinishTask {
  readonly day: ReportDay;
  readonly format: ReportFormat;
  /** Days of the same run, whose hours know each other's evidence; only the day itself when absent. */
  readonly known?: readonly ReportDay[];
  /** That of the day's hours, where they were written just now. */
  readonly enrichment?: DayEnrichment;
  /** Epoch milliseconds from which it rests; absent to go on to the end. */
  readonly restsAt?: number;
  /** Whether Athena's events are heard, and compared. */
  readonly hearsEvents?: boolean;
  /** Called with hours of the day that gained rows. */
  readonly onRebuilt?: (manifest: Manifest) => void;
}

/**
 * What comes after the hours of a day: the hours around it that name its executions are written anew, the day is compared with the
 * other witnesses, and the manifests are sealed. Returns `more` when it rested before Athena's lists were read: the same call goes on.
 * @throws EvidenceLost when an hour around would lose what its report says; the day is closed all the same
 */
export async function finishDay(
  collector: Collector,
  witnesses: SecondWitnesses,
  task: FinishTask,
): Promise<Closing | 'more'> {
  const { day, known, format, restsAt = Number.POSITIVE_INFINITY, onRebuilt = () => {} } = task;
  const { hearsEvents = false } = task;
  const lost = await rebuildAround(collector, day, known);
  const enrichment = task.enrichment ?? (await openEnrichment(collector, day.reportDate));
  const closing = await closeDay(collector, witnesses, {
    ...{ day, format, enrichment, restsAt, onRebuilt },
    hearsEvents,
  });
  if (closing === null) return 'more';
  if (lost) throw lost;
  return closing;
}

/**
 * The same for part of a day, which proves nothing about the day: it is sealed, and closed when all of the day is there.
 * @throws EvidenceLost as above
 */
export async function finishPart(
  collector: Collector,
  { day, known }: Pick<FinishTask, 'day' | 'known'>,
): Promise<void> {
  const lost = await rebuildAround(collector, day, known);
  await sealDay({ store: collector.store, day, now: collector.clock.now() });
  if (lost) throw lost;
}

/** Returns the error of an hour that would lose what its report says: it stops nothing else. */
async function rebuildAround(
  collector: Collector,
  day: ReportDay,
  known: readonly ReportDay[] | undefined,
): Promise<Error | null> {
  try {
    for await (const _ of rebuildNeighbours(collector, day, known));
    return null;
  } catch (error) {
    if (!isEvidenceLost(error)) throw error;
    return error;
  }
}

/** Seals the manifests of other days, of which hours were written anew for the sake of late events. */
export async function sealOthers(
  { store, now }: { readonly store: ReportStore; readonly now: number },
  day: ReportDay,
  reportDates: Iterable<string>,
): Promise<void> {
  for (const reportDate of new Set(reportDates))
    if (reportDate !== day.reportDate) await sealDay({ store, day: reportDay(reportDate, day.timezone), now });
}
