import type { SummedDay } from '../../analytics/groups/day-sums.js';
import { FilterError } from '../../analytics/view/filters.js';
import { addDays, reportDateAt } from '../../calendar/report-day.js';
import { asStarted } from '../../findings/as-started.js';
import type { Question } from './question.js';

/** Two years: of each day every manifest is compared. */
const MOST_DAYS = 732;

/**
 * A view by its whole report days, from the sums that are kept of closed days, whether their rows are here or not. What there is no sum
 * of is named, and in no number.
 * @throws FilterError for a view with filters, or of too many days
 */
export async function sums({ context, scope, snapshot }: Question) {
  if (scope.filters.length > 0) throw new FilterError('sums of days take no filters: they need the rows');
  const { timezone, trees } = snapshot.coverage;
  const from = reportDateAt(scope.window.start, timezone);
  const to = reportDateAt(scope.window.end - 1, timezone);
  const dates: string[] = [];
  for (let date = from; date <= to && dates.length <= MOST_DAYS; date = addDays(date, 1)) dates.push(date);
  if (dates.length > MOST_DAYS)
    throw new FilterError(`${from} to ${to} are more than ${MOST_DAYS} days: sums of so many are asked of Athena`);
  const { sums, without } = await context.sums(trees, dates);
  const known = new Map(sums.days.map((day) => [day.date, day]));
  const unknown = new Set(without.map(({ date }) => date));
  return {
    ...{ from, to },
    without: without.map((day) => ({ ...day, why: asStarted(day.why, context.program) })),
    totals: sums.totals,
    people: sums.people,
    workgroups: sums.workgroups,
    tables: sums.tables,
    /** All days but those of which a tree has no sums. */
    days: dates.filter((date) => !unknown.has(date)).map((date) => known.get(date) ?? nothing(date)),
    /** Epoch milliseconds: reports may be written anew since. */
    read: context.now(),
  };
}

function nothing(date: string): SummedDay {
  return { date, queries: 0, refused: 0, failed: 0, costUsd: 0, scannedBytes: 0 };
}
