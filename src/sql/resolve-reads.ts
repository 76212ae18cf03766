import type { SqlAnalysis, SqlContext } from './analysis.js';
import { expandColumns, withoutDoubt } from './expand-columns.js';
import type { SqlReader } from './reader.js';

/** What is known of a name at the time of a query: the text that defines it, or why there is none. */
export type Known =
  | {
      readonly text: string;
      /** Catalog and database that names in the text are resolved against. */
      readonly catalog: string | null;
      readonly database: string | null;
      /** `tree`: out of the texts collected. `catalog`: AWS was asked. */
      readonly origin: 'tree' | 'catalog';
    }
  | { readonly unknown: string };

/** Answers what names meant when a query began. */
export interface Definitions {
  prepared(name: string): Known;
  /** Null for what nobody knows to be a view. `table` as `resolveName` prints it. */
  view(table: string): Known | null;
  /** The columns of a table or view, in lower case; null where nobody said. */
  columns(table: string): readonly string[] | null;
}

/** What a query read and wrote, through prepared statements and views. */
export interface Reads {
  readonly tablesRead: readonly string[] | null;
  readonly tablesWritten: readonly string[] | null;
  /** Tables behind the views among those read. */
  readonly baseTablesRead: readonly string[] | null;
  /** As `SqlAnalysis` has them; those behind views are inferred, because a query may leave some of them out. */
  readonly columnsRead: readonly string[] | null;
  /** `text`, `prepared`, `view`, `catalog`, or `unknown:<reason>`. */
  readonly basis: string;
}

/** Deeper than any chain of views that a person wrote. */
const MAX_DEPTH = 100;

export function unknownReads(reason: string): Reads {
  const basis = `unknown:${reason}`;
  return { tablesRead: null, tablesWritten: null, baseTablesRead: null, columnsRead: null, basis };
}

/** Follows what a text names to what was read: through the statement that EXECUTE runs, and through views of any depth. */
export function resolveReads(
  analysis: SqlAnalysis,
  context: SqlContext,
  { definitions, read }: { readonly definitions: Definitions; readonly read: SqlReader },
): Reads {
  let named = analysis;
  let basis = 'text';
  if (analysis.executes !== null) {
    const known = definitions.prepared(analysis.executes);
    if ('unknown' in known) return unknownReads(known.unknown);
    // The text is read where it runs; a session without a database can only mean that of the one who prepared it.
    const catalog = context.catalog ?? known.catalog;
    named = read(known.text, { ...context, catalog, database: context.database ?? known.database });
    if (named.executes !== null) return unknownReads('prepared-runs-another');
    basis = known.origin === 'catalog' ? 'catalog' : 'prepared';
  }
  const behind = expandViews(named.tablesRead, { definitions, read });
  const own = expandColumns(named, (table) => definitions.columns(table));
  const columns = behind.columns.length === 0 ? own : withoutDoubt(new Set([...own, ...behind.columns]));
  const { unread } = named;
  // An empty list would say that there is none.
  const known = <T>(names: readonly T[]) => (unread !== null && names.length === 0 ? null : names);
  const tablesRead = known(named.tablesRead);
  return {
    tablesRead,
    tablesWritten: known(named.tablesWritten),
    baseTablesRead: behind.tables ?? tablesRead,
    columnsRead: tablesRead && columns,
    basis: unread === null ? (behind.basis ?? basis) : `unknown:${unread}`,
  };
}

interface Behind {
  /** Null when no view is among them. */
  readonly tables: readonly string[] | null;
  readonly columns: readonly string[];
  readonly basis: string | null;
}

interface Step {
  readonly table: string;
  readonly through: Step | null;
  readonly depth: number;
}

const NOTHING_BEHIND: Behind = { tables: null, columns: [], basis: null };

function expandViews(
  tables: readonly string[],
  { definitions, read }: { readonly definitions: Definitions; readonly read: SqlReader },
): Behind {
  if (!tables.some((table) => definitions.view(table) !== null)) return NOTHING_BEHIND;
  const base = new Set<string>();
  const columns: string[] = [];
  const seen = new Set<string>();
  let reason: string | null = null;
  let isFromCatalog = false;
  const steps: Step[] = tables.map((table) => ({ table, through: null, depth: 0 }));
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { table } = step;
    const isCycle = isThrough(step.through, table);
    if (seen.has(table) && !isCycle) continue;
    seen.add(table);
    const known = definitions.view(table);
    if (isCycle || step.depth > MAX_DEPTH || known === null || 'unknown' in known) {
      base.add(table);
      if (isCycle) reason ??= 'view-of-itself';
      else if (known !== null) reason ??= 'unknown' in known ? known.unknown : 'views-too-deep';
      continue;
    }
    if (known.origin === 'catalog') isFromCatalog = true;
    const inner = read(known.text, { catalog: known.catalog, database: known.database });
    if (inner.unread !== null) reason ??= `view-of-${inner.unread}`;
    for (const column of expandColumns(inner, (name) => definitions.columns(name))) columns.push(inferred(column));
    for (const name of inner.tablesRead) steps.push({ table: name, through: step, depth: step.depth + 1 });
  }
  const basis = reason === null ? (isFromCatalog ? 'catalog' : 'view') : `unknown:${reason}`;
  return { tables: [...base].sort(), columns, basis };
}

function isThrough(step: Step | null, table: string): boolean {
  for (let at = step; at !== null; at = at.through) if (at.table === table) return true;
  return false;
}

/** `a.b.c` as `a.b.~c`. A column whose quoted name holds a dot keeps its quotes together. */
function inferred(column: string): string {
  const start = column.endsWith('"') ? column.search(/~?"(?:[^"]|"")*"$/) : column.lastIndexOf('.') + 1;
  const mark = column.charAt(start) === '~' || column.endsWith('*') ? '' : '~';
  return column.slice(0, start) + mark + column.slice(start);
}
