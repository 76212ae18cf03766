import { type Month, monthOf } from '../../analytics/time/month.js';
import type { Filter } from '../../analytics/view/filters.js';
import type { Budgets } from '../../tree/budgets.js';
import { needRows } from '../rows/need-rows.js';
import { quoted } from './copy-as.js';
import type { Question } from './question.js';

/** Longer than any month. */
const MONTH_MS = 32 * 86_400_000;

/** The month that is on, against the budget of what is looked at: of everything, or of one workgroup. */
export async function month({
  context,
  run,
  scope,
  snapshot,
}: Question): Promise<Month & { readonly budgetCommand: string | null }> {
  const { collected, timezone } = snapshot.coverage;
  // From the first of the month, and the days that the pace is taken from.
  if (collected) needRows(snapshot, { start: collected.end - MONTH_MS, end: collected.end });
  const workgroup = workgroupOf(scope.filters);
  const budgetUsd = budgetOf(await context.budgets(), scope.filters);
  const { location, program } = context;
  const command = `${program} budget ${quoted(location)}${workgroup === null ? '' : ` --workgroup ${quoted(workgroup)}`} --month <usd>`;
  return {
    ...(await monthOf(run, {
      filters: scope.filters,
      isMasked: scope.isMasked,
      collected: collected ?? { start: 0, end: 1 },
      timezone,
      budgetUsd,
    })),
    // Filters that no budget can be set for have none.
    budgetCommand: scope.filters.length === 0 || workgroup !== null ? command : null,
  };
}

function budgetOf({ all, workgroups }: Budgets, filters: readonly Filter[]): number | null {
  const workgroup = workgroupOf(filters);
  if (workgroup !== null) return workgroups[workgroup] ?? null;
  return filters.length === 0 ? all : null;
}

/** The workgroup that is all that the filters ask for. */
function workgroupOf(filters: readonly Filter[]): string | null {
  const [only, ...others] = filters;
  if (only?.name !== 'workgroup' || only.isNot || others.length > 0 || only.values.length !== 1) return null;
  return only.values[0] ?? null;
}
