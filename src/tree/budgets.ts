import type { ReportStore } from '../ports/report-store.js';
import { workKey } from './layout.js';
import { readDocument, type TreeDocument, updateDocument } from './update.js';

/** What may be spent in a calendar month, in US dollars. It changes no row, so no seal covers it. */
export interface Budgets {
  readonly schema: 1;
  /** On everything; null where nobody set one. */
  readonly all: number | null;
  /** By workgroup, sorted. */
  readonly workgroups: Readonly<Record<string, number>>;
}

const BUDGETS: TreeDocument<Budgets> = {
  key: workKey.budgets,
  absent: { schema: 1, all: null, workgroups: {} },
  parse(value) {
    const { schema, all, workgroups } = (value ?? {}) as Partial<Budgets>;
    const isRight = schema === 1 && (all === null || isAmount(all)) && Object.values(workgroups ?? {}).every(isAmount);
    return isRight && all !== undefined && workgroups ? { schema, all, workgroups } : null;
  },
  whenDamaged: 'throw',
};

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

/** Reads the budgets kept at a root. @throws DamagedWorkingFile */
export function readBudgets(store: ReportStore): Promise<Budgets> {
  return readDocument(store, BUDGETS);
}

/** Sets a budget, of a workgroup or (null) of everything; an amount of null removes it. Returns all of them. @throws DamagedWorkingFile */
export function setBudget(
  store: ReportStore,
  { workgroup, usd }: { readonly workgroup: string | null; readonly usd: number | null },
): Promise<Budgets> {
  return updateDocument(store, BUDGETS, (budgets) => {
    if (workgroup === null) return budgets.all === usd ? budgets : { ...budgets, all: usd };
    if ((budgets.workgroups[workgroup] ?? null) === usd) return budgets;
    const others = Object.entries(budgets.workgroups).filter(([name]) => name !== workgroup);
    const all = usd === null ? others : [...others, [workgroup, usd] as const];
    return { ...budgets, workgroups: Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))) };
  });
}
