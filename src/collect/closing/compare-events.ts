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
  /** Events were heard before the day began, and told of every execution that CloudTrail shows of it: Athena's lists can say little more. */
  readonly isWhole: boolean;
}

/** Compares a day with the executions that events told of, and hands them on. Null where none was heard. */
export async function compareEvents(request: {
  readonly store: ReportStore;
  readonly day: ReportDay;
  readonly place: { readonly accountId: string; readonly region: string };
  readonly onTold: (told: ListedPlace) => void;
}): Promise<ComparedEvents | null> {
  const { store, day, place, onTold } = request;
  const { accountId, region } = place;
  const isHere = (one: ToldExecution) => one.accountId === accountId && one.region === region;
  let [seen, absent] = [0, 0];
  for (const hour of day.hours) {
    for await (const { told, starts } of eachSlice(liveEvidence(store), hour)) {
      for (const [queryExecutionId, execution] of told) {
        if (!isHere(execution)) continue;
        seen++;
        onTold({ queryExecutionId, accountId, region });
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
  return { finding: { accountId, region, seen, absent }, isWhole };
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
