import type { SummedDay } from '../../analytics/groups/day-sums.js';
import { FilterError } from '../../analytics/view/filters.js';
import type { Scope } from '../../analytics/view/scope.js';
import { addDays, reportDateAt, reportDay } from '../../calendar/report-day.js';
import { asStarted } from '../../findings/as-started.js';
import type { DashboardContext } from '../server/context.js';
import type { Question } from './question.js';
import { readView } from './view-request.js';

/** Two years: of each day every manifest is compared. */
const MOST_DAYS = 732;

/**
 * A view by its whole report days, from the sums that are kept of closed days, whether their rows are here or not. What there is no sum
 * of is named, and in no number.
 * @throws FilterError for a view with filters, or of too many days
 */
export function sums({ context, scope, snapshot }: Question) {
  return sumsOf(context, { ...scope, ...snapshot.coverage });
}

/** The same before the first rows are here: of what is listed, whose last day is the end of relative ranges; null where nothing is. */
export async function sumsOfListed(context: DashboardContext, params: URLSearchParams) {
  const listed = context.listed();
  const timezone = listed && (await context.timezoneOf(listed.trees[0] ?? ''));
  if (!timezone) return null;
  const held = {
    start: reportDay(listed.from, timezone).window.start,
    end: reportDay(listed.to, timezone).window.end,
  };
  const view = readView(params, { coverage: { timezone, started: null }, held, isAuditor: context.isAuditor });
  return sumsOf(context, { ...view.scope, timezone, trees: listed.trees });
}

async function sumsOf(
  context: DashboardContext,
  {
    window,
    filters,
    timezone,
    trees,
  }: Pick<Scope, 'window' | 'filters'> & { readonly timezone: string; readonly trees: readonly string[] },
) {
  if (filters.length > 0) throw new FilterError('sums of days take no filters: they need the rows');
  const from = reportDateAt(window.start, timezone);
  const to = reportDateAt(window.end - 1, timezone);
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
