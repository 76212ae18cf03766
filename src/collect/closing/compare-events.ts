import type { ExecutionIds } from '../../athena/execution-ids.js';
import type { ReportDay } from '../../calendar/report-day.js';
import { addDays, reportDay } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { EventFinding } from '../../record/closing.js';
import type { ListedPlace, ToldExecution } from '../../tree/evidence/evidence-lines.js';
import { liveEvidence } from '../../tree/evidence/evidence-view.js';
import { eachSlice } from '../../tree/evidence/hour-evidence.js';

/** What events said of a day in one account and Region. */
export interface ComparedEvents {
  readonly finding: EventFinding;
  /** Executions that no other evidence names. */
  readonly unknown: readonly ListedPlace[];
  /** Events were heard before the day began, and told of every execution that CloudTrail shows of it: Athena's lists can say little more. */
  readonly isWhole: boolean;
}

/** Compares a day with the executions that events told of. Null where none was heard. Memory: the ids of the day that nobody else knows. */
export async function compareEvents(request: {
  readonly store: ReportStore;
  readonly day: ReportDay;
  readonly place: { readonly accountId: string; readonly region: string };
  readonly known: Pick<ExecutionIds, 'has'>;
}): Promise<ComparedEvents | null> {
  const { store, day, place, known } = request;
  const { accountId, region } = place;
  const isHere = (one: ToldExecution) => one.accountId === accountId && one.region === region;
  let [seen, absent] = [0, 0];
  const unknown: ListedPlace[] = [];
  for (const hour of day.hours) {
    for await (const { told, starts } of eachSlice(liveEvidence(store), hour)) {
      for (const [queryExecutionId, execution] of told) {
        if (!isHere(execution)) continue;
        seen++;
        if (!known.has(queryExecutionId)) unknown.push({ queryExecutionId, accountId, region });
      }
      const started = new Set(
        starts
          .filter((start) => start.accountId === accountId && start.region === region)
          .flatMap(({ queryExecutionId }) => (queryExecutionId === null ? [] : [queryExecutionId])),
      );
      for (const id of started) if (!told.has(id)) absent++;
    }
  }
  if (seen === 0) return null;
  const isWhole = absent === 0 && (await wasHeardBefore(store, day, isHere));
  return { finding: { accountId, region, seen, absent }, unknown, isWhole };
}

/** Whether an event of the day before was heard: then nobody began to listen in the middle of this one. */
async function wasHeardBefore(
  store: ReportStore,
  day: ReportDay,
  isHere: (one: ToldExecution) => boolean,
): Promise<boolean> {
  for (const hour of reportDay(addDays(day.reportDate, -1), day.timezone).hours) {
    for await (const { told } of eachSlice(liveEvidence(store), hour)) if ([...told.values()].some(isHere)) return true;
  }
  return false;
}
