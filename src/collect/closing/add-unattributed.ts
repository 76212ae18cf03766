import { createHourIndex } from '../../calendar/hour-index.js';
import { type ReportDay, type ReportHour, reportDateAt } from '../../calendar/report-day.js';
import { type ReportStore, WriteConflict } from '../../ports/report-store.js';
import type { ObservedAnswer } from '../../record/answer.js';
import type { Enrichment } from '../../record/enrichment.js';
import type { Manifest, ReportFormat } from '../../record/manifest.js';
import { addToShard, type ListedPlace, NO_EVIDENCE, readShards, selectShard } from '../../tree/hour-evidence.js';
import type { Collector } from '../collector.js';
import { noteElsewhere } from '../evidence/day-ids.js';
import { buildHour } from '../hour/build-hour.js';
import { fetchAnswers } from '../hour/fetch-answers.js';

/** Executions that Athena listed and CloudTrail never showed, with what Athena says of them. */
interface Found {
  readonly listed: Map<string, ListedPlace>;
  readonly answers: Map<string, ObservedAnswer>;
}

/** The day whose hours may gain rows, and how these are written. */
export interface UnattributedTask {
  readonly day: ReportDay;
  readonly format: ReportFormat;
  readonly enrichment: Enrichment;
  /** Hears of hours that gained rows and were written again. */
  readonly onRebuilt?: (manifest: Manifest) => void;
}

/**
 * Finds the hours of executions that no start names. Those of this day become rows; those of other days are noted under
 * their day, so that nobody but that day's own closing asks for them again. Returns the ids that became rows, sorted.
 * Memory: the texts of all of them, so give it few at a time.
 */
export async function addUnattributed(
  collector: Collector,
  task: UnattributedTask,
  unattributed: readonly ListedPlace[],
): Promise<string[]> {
  const { store } = collector;
  const { day, format, enrichment } = task;
  const wanted = unattributed.map((listed) => ({ ...listed, startedAt: day.window.start }));
  const answers = await fetchAnswers(collector, wanted);
  const index = createHourIndex([day]);
  const byHour = new Map<ReportHour, Found>();
  const elsewhere = new Map<string, string[]>();
  for (const execution of unattributed) {
    const observed = answers.get(execution.queryExecutionId);
    const submittedAt = observed?.answer.outcome === 'found' ? observed.answer.execution.submittedAt : null;
    if (!observed || submittedAt === null) continue;
    const hour = index.find(submittedAt);
    if (!hour) {
      const reportDate = reportDateAt(submittedAt, day.timezone);
      const ids = elsewhere.get(reportDate) ?? [];
      ids.push(execution.queryExecutionId);
      elsewhere.set(reportDate, ids);
      continue;
    }
    const found = byHour.get(hour) ?? { listed: new Map(), answers: new Map() };
    found.listed.set(execution.queryExecutionId, execution);
    found.answers.set(execution.queryExecutionId, observed);
    byHour.set(hour, found);
  }
  await noteElsewhere(store, elsewhere);
  for (const [hour, found] of byHour) {
    await addEvidence(store, hour, found);
    // On a line of its own: an absent listener's argument would not even be evaluated.
    const rebuilt = await buildHour(collector, { hour, timezone: day.timezone, format, enrichment });
    task.onRebuilt?.(rebuilt);
  }
  return [...byHour.values()].flatMap(({ listed }) => [...listed.keys()]).sort();
}

/** Times to try when other runs write the same hour's evidence. */
const TRIES = 5;

async function addEvidence(store: ReportStore, hour: ReportHour, found: Found): Promise<void> {
  for (const shard of await readShards(store, hour)) {
    const news = selectShard({ ...NO_EVIDENCE, ...found }, shard);
    for (let tries = 1; news.listed.size > 0; tries++) {
      try {
        await addToShard(store, hour, { shard, news });
        break;
      } catch (error) {
        if (!(error instanceof WriteConflict) || tries >= TRIES) throw error;
      }
    }
  }
}
