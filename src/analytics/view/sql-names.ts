import type { RunSql } from './scope.js';

/** A view that SQL can be asked of, with its columns in their order. */
export interface NamedView {
  readonly name: string;
  readonly columns: readonly string[];
}

/** The views of the cache, for completing what somebody types. Tables whose names end in `_log` are its own. */
export async function sqlNames(run: RunSql): Promise<NamedView[]> {
  return run<NamedView>(
    `SELECT table_name AS name, list(column_name ORDER BY ordinal_position) AS columns
     FROM information_schema.columns
     WHERE table_name IN (SELECT table_name FROM information_schema.tables WHERE table_type = 'VIEW')
     GROUP BY table_name ORDER BY table_name`,
  );
}

/** Names that what stands before the cursor may become: views, and columns of the views that the text names (of all, when it names none). */
export function completionsOf(sql: string, cursor: number, views: readonly NamedView[]): readonly string[] {
  const before = sql.slice(0, cursor);
  // Nothing is completed inside a text or a comment, or within a word.
  if (/^\w/.test(sql.slice(cursor)) || isInText(before)) return [];
  const typed = /(\w+)$/.exec(before)?.[1]?.toLowerCase();
  if (typed === undefined || typed.length < 2) return [];
  const named = views.filter(({ name }) => new RegExp(`\\b${name}\\b`, 'i').test(sql));
  const columns = (named.length > 0 ? named : views).flatMap((view) => view.columns);
  const all = [...new Set([...views.map(({ name }) => name), ...columns])];
  return all
    .filter((name) => name !== typed && name.includes(typed))
    .sort((a, b) => Number(b.startsWith(typed)) - Number(a.startsWith(typed)) || (a < b ? -1 : 1))
    .slice(0, MOST);
}

const MOST = 8;

/** The text with a name in the place of what was typed of it, and where the cursor stands then. */
export function complete(sql: string, cursor: number, name: string): { readonly sql: string; readonly cursor: number } {
  const before = sql.slice(0, cursor).replace(/\w+$/, name);
  return { sql: before + sql.slice(cursor), cursor: before.length };
}

function isInText(before: string): boolean {
  const quotes = before.replace(/--[^\n]*\n/g, '').match(/'/g)?.length ?? 0;
  return quotes % 2 === 1 || /--[^\n]*$/.test(before);
}
