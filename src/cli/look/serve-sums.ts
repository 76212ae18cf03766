import { CONCURRENCY, inParallel } from '../../analytics/cache/in-parallel.js';
import { addUpDays } from '../../analytics/groups/day-sums.js';
import type { DashboardContext, DayWithout } from '../../dashboard/server/context.js';
import type { ReportStore } from '../../ports/report-store.js';
import { type ReadSums, readSums } from '../../tree/daily/read-sums.js';
import { treeView } from '../../tree/tree-view.js';

/** Rows of a panel. */
const SHOWN = 6;

/** Adds up days from their sums: of each, manifests and file are read and compared. Files lie in `scratch` meanwhile. */
export function sumsMaker(store: ReportStore, scratch: string): DashboardContext['sums'] {
  return async (trees, dates) => {
    const days = trees.flatMap((tree) => dates.map((date) => ({ tree, date })));
    const read: (ReadSums | null)[] = days.map(() => null);
    await inParallel([...days.entries()], CONCURRENCY, async ([index, { tree, date }]) => {
      read[index] = await readSums(treeView(store, tree), date);
    });
    const without: DayWithout[] = [];
    for (const [index, day] of days.entries()) {
      const found = read[index];
      if (found?.kind === 'none') without.push({ ...day, why: found.why });
    }
    const files = read.filter((one) => one?.kind === 'sums');
    return { sums: await addUpDays(files, { scratch, limit: SHOWN }), without };
  };
}
