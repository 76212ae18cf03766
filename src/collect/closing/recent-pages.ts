import type { ReportDay } from '../../calendar/report-day.js';
import type { ExecutionSource, ListedExecutions } from '../../ports/execution-source.js';

/** So many pages in a row whose samples all ran before the day: Athena lists the newest first, and promises no order (aws-facts 2.5). */
const OLDER_PAGES = 2;

/**
 * Tells, page by page, when enough of a workgroup's list was read for a day whose executions Athena's events have told: of each page
 * the first, the middle and the last execution are asked when they were submitted.
 */
export function createRecentCheck(request: {
  readonly source: ExecutionSource;
  readonly day: ReportDay;
  readonly signal: AbortSignal | undefined;
}): (page: Pick<ListedExecutions, 'workGroup' | 'ids'>) => Promise<boolean> {
  const { source, day, signal } = request;
  const older = new Map<string, number>();
  return async ({ workGroup, ids }) => {
    const sample = [...new Set([ids[0], ids[Math.floor(ids.length / 2)], ids.at(-1)])].filter((id) => id !== undefined);
    const answers = sample.length === 0 ? [] : await source.fetch(sample, signal);
    const isOlder =
      answers.length > 0 &&
      answers.every((answer) => {
        const submittedAt = answer.outcome === 'found' ? answer.execution.submittedAt : null;
        return submittedAt !== null && submittedAt < day.window.start;
      });
    const inARow = isOlder ? (older.get(workGroup) ?? 0) + 1 : 0;
    older.set(workGroup, inARow);
    return inARow >= OLDER_PAGES;
  };
}
