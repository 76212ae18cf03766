import type { ExecutionIds } from '../../athena/execution-ids.js';
import { type ReportDay, type ReportHour, reportHourAt } from '../../calendar/report-day.js';
import type { ExecutionWitness } from '../../ports/execution-source.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { ListedPlace } from '../../tree/evidence/evidence-lines.js';
import { idsInFolders } from '../../tree/evidence/evidence-log.js';
import { hourEvidence } from '../../tree/layout.js';

/** After so many executions that nobody knows they get their rows: their texts wait in memory. */
const AT_ONCE = 5000;

/**
 * Compares a day with exported executions, and hands on those that no start names, as closing does with Athena's own list. The
 * event of a start may be dated in the hour before or after the submission. Memory: the ids of three hours.
 */
export async function compareExport(request: {
  readonly exported: ExecutionWitness;
  readonly day: ReportDay;
  readonly store: ReportStore;
  readonly place: (unattributed: readonly ListedPlace[]) => Promise<readonly string[]>;
  readonly signal?: AbortSignal;
}): Promise<string[]> {
  const { exported, day, store, signal } = request;
  const unattributed: string[] = [];
  const around = hoursAround(day);
  const near: ExecutionIds[] = [];
  for (const [at, hour] of around.entries()) {
    near.push(await idsInFolders(store, [hourEvidence(hour)]));
    const middle = around[at - 1];
    if (at < 2 || !middle) continue;
    let waiting: ListedPlace[] = [];
    for await (const seen of exported.witness(middle.window, signal)) {
      for (const { queryExecutionId } of seen) {
        if (near.some((ids) => ids.has(queryExecutionId))) continue;
        // An export does not say where its executions ran: where the day's starts ran is a guess, and no proof.
        waiting.push({ queryExecutionId, accountId: 'unknown', region: 'unknown' });
      }
      if (waiting.length < AT_ONCE) continue;
      unattributed.push(...(await request.place(waiting)));
      waiting = [];
    }
    if (waiting.length > 0) unattributed.push(...(await request.place(waiting)));
    near.shift();
  }
  return unattributed;
}

/** The hours of a day, with the one before and the one after. */
function hoursAround({ window, timezone, hours }: ReportDay): ReportHour[] {
  return [reportHourAt(window.start - 1, timezone), ...hours, reportHourAt(window.end, timezone)];
}
