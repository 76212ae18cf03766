import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from '../cache/sql-text.js';
import { ConsoleError } from './console-error.js';

/**
 * Checks that a statement names masked views alone: a SELECT without qualified tables and without functions that read tables by
 * name. Whatever the parser knows and this does not is refused.
 * @throws ConsoleError
 */
export async function checkMaskedStatement(connection: DuckDBConnection, sql: string): Promise<void> {
  const reader = await connection.runAndReadAll(`SELECT json_serialize_sql(${literal(sql)})`);
  const parsed = JSON.parse(String(reader.getRowsJS()[0]?.[0])) as { readonly error: boolean };
  if (parsed.error)
    throw new ConsoleError('where literals are masked, only SELECT, FROM, VALUES, DESCRIBE and SUMMARIZE are allowed');
  checkNode(parsed);
}

/** Table functions that make rows out of their arguments, and reach no table. */
const FUNCTIONS: ReadonlySet<string> = new Set(['range', 'generate_series', 'unnest']);

/** What may stand after FROM, or beside a join; of what is inside the same is asked. */
const TABLES: ReadonlySet<string> = new Set([
  ...['BASE_TABLE', 'TABLE_FUNCTION', 'SHOW_REF', 'JOIN', 'SUBQUERY', 'EXPRESSION_LIST', 'EMPTY'],
]);

/** Looks at every node, wherever it stands: a table with a schema before it is refused in a subquery of an ORDER BY, too. */
function checkNode(node: unknown): void {
  if (Array.isArray(node)) for (const member of node) checkNode(member);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  const { type, catalog_name, schema_name, query, from_table } = node as Readonly<Record<string, unknown>>;
  if ((catalog_name ?? '') !== '' || (schema_name ?? '') !== '')
    throw new ConsoleError(
      'where literals are masked, name a view alone, without a schema before it: queries, hours, …',
    );
  if (type === 'SHOW_REF' && (typeof query !== 'object' || query === null)) throw notAllowed('SHOW');
  if (type === 'TABLE_FUNCTION') checkFunction((node as { readonly function?: unknown }).function);
  if (from_table !== undefined) checkTable(from_table);
  for (const member of Object.values(node)) checkNode(member);
}

function checkTable(table: unknown): void {
  const type = typeof table === 'object' && table !== null && 'type' in table ? table.type : null;
  if (typeof type !== 'string' || !TABLES.has(type)) throw notAllowed(String(type));
}

function checkFunction(called: unknown): void {
  const name = typeof called === 'object' && called !== null && 'function_name' in called ? called.function_name : null;
  if (typeof name !== 'string' || !FUNCTIONS.has(name)) throw notAllowed(`the table function ${name}`);
}

function notAllowed(what: string): ConsoleError {
  return new ConsoleError(`where literals are masked, ${what} is not allowed`);
}
