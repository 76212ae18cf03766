import { createHourIndex } from '../../calendar/hour-index.js';
import { type ReportDay, type ReportHour, reportDateAt } from '../../calendar/report-day.js';
import type { ObservedAnswer } from '../../record/answer.js';
import type { Manifest, ReportFormat } from '../../record/manifest.js';
import { addToHour, type HourLine, type ListedPlace } from '../../tree/evidence/evidence-lines.js';
import type { Collector } from '../collector.js';
import { noteElsewhere } from '../evidence/known-ids.js';
import { buildHour } from '../hour/build-hour.js';
import { fetchAnswers } from '../hour/fetch-answers.js';
import type { DayEnrichment } from '../hour/open-enrichment.js';

/** Executions that Athena listed and CloudTrail never showed, with what Athena says of them. */
interface Found {
  readonly listed: Map<string, ListedPlace>;
  readonly answers: Map<string, ObservedAnswer>;
}

/** The day whose hours may gain rows, and how these are written. */
export interface UnattributedTask {
  readonly day: ReportDay;
  readonly format: ReportFormat;
  readonly enrichment: DayEnrichment;
  /** Called with hours that gained rows and were written again. */
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
    await addToHour(store, hour, linesOf(found));
    // On a line of its own: an absent listener's argument would not even be evaluated.
    const rebuilt = await buildHour(collector, { hour, timezone: day.timezone, format, enrichment });
    task.onRebuilt?.(rebuilt);
  }
  return [...byHour.values()].flatMap(({ listed }) => [...listed.keys()]).sort();
}

function linesOf({ listed, answers }: Found): HourLine[] {
  const byId = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...byId(listed).map(([, place]): HourLine => ({ listed: place })),
    ...byId(answers).map(([, answer]): HourLine => ({ answer })),
  ];
}
