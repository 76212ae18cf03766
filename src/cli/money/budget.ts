import { UsageError } from '../../compose/usage-error.js';
import { type Budgets, readBudgets, setBudget } from '../../tree/budgets.js';
import type { addBudget } from '../look/commands-explore.js';
import { openTree } from '../look/open-tree.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { formatTable } from '../terminal/table.js';

export type BudgetArguments = OptionsOf<typeof addBudget> & TreeArgument;

/** `aqt budget`: what may be spent in a month, kept with the reports for everybody who looks at them. Without an amount it says what is kept. */
export async function runBudget(options: BudgetArguments, io: Io): Promise<number> {
  const { month, remove = false, workgroup = null } = options;
  if (month !== undefined && remove) throw new UsageError('--month and --remove: give one of them');
  const usd = month === undefined ? null : amountOf(month);
  if (workgroup !== null && usd === null && !remove)
    throw new UsageError(`--workgroup ${workgroup} needs --month <usd>, or --remove`);
  const store = await openTree(options, io);
  const budgets = usd !== null || remove ? await setBudget(store, { workgroup, usd }) : await readBudgets(store);
  io.stdout(options.json ? `${JSON.stringify(budgets, null, 2)}\n` : budgetsText(budgets));
  return EXIT.done;
}

/** @throws UsageError */
function amountOf(text: string): number {
  const usd = /^\d{1,12}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(usd > 0)) throw new UsageError(`--month ${text}: write US dollars a month, for example --month 1200`);
  return usd;
}

function budgetsText({ all, workgroups }: Budgets): string {
  const rows = [
    ...(all === null ? [] : [['everything', money(all)]]),
    ...Object.entries(workgroups).map(([name, usd]) => [`workgroup ${name}`, money(usd)]),
  ];
  if (rows.length === 0) return 'No budget is set: aqt budget <output> --month <usd> sets one.\n';
  return formatTable({ columns: [{ title: 'budget of' }, { title: '$ a month', align: 'right' }], rows });
}

function money(usd: number): string {
  return usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
