import type { SqlAnalysis } from './analysis.js';
import { printPart } from './table-name.js';

/** The columns of a table at the time of a query, in lower case; null where nobody said. */
export type ColumnsOf = (table: string) => readonly string[] | null;

/**
 * Writes the columns in the place of `table.*` where they are known: each of them for a star; where a name without a qualifier
 * made it, those of that name, inferred, because another table of the query may own them.
 */
export function expandColumns(
  { columnsRead, wholeTables, ambiguousNames }: SqlAnalysis,
  columnsOf: ColumnsOf,
): readonly string[] {
  if (!columnsRead.some((column) => column.endsWith('.*'))) return columnsRead;
  const all = new Set<string>();
  for (const column of columnsRead) {
    const table = column.endsWith('.*') ? column.slice(0, -2) : null;
    const known = table === null ? null : columnsOf(table);
    if (table === null || known === null) {
      all.add(column);
      continue;
    }
    const isWhole = wholeTables.has(table);
    const names = isWhole ? null : namesThatMayBeOf(table, ambiguousNames);
    for (const name of known)
      if (names === null || names.has(name)) all.add(`${table}.${isWhole ? '' : '~'}${printPart(name)}`);
  }
  return withoutDoubt(all);
}

/** What is known for sure need not be inferred. */
export function withoutDoubt(columns: ReadonlySet<string>): readonly string[] {
  return [...columns].filter((column) => !column.includes('.~') || !columns.has(column.replace('.~', '.'))).sort();
}

/** Null where any column of the table may be meant. */
function namesThatMayBeOf(table: string, ambiguous: SqlAnalysis['ambiguousNames']): ReadonlySet<string> | null {
  const found = new Set<string>();
  for (const { tables, names } of ambiguous) {
    if (!tables.includes(table)) continue;
    if (names === null) return null;
    for (const name of names) found.add(name);
  }
  return found;
}
