import { isObject } from '../../cloudtrail/json-access.js';
import type { SqlContext } from '../../sql/analysis.js';

/** A query text as a line of JSON gives it. */
export interface SqlLine {
  readonly sql: string;
  readonly context: SqlContext;
  /** Of a prepared statement or view whose text is given without its PREPARE or CREATE VIEW. */
  readonly name: string | null;
}

/** Names stay as they are written. */
export const NO_CONTEXT: SqlContext = { catalog: null, database: null, defaultCatalog: null };

/** A line that begins with `{"` (or `{}`) is JSON; `{{ … }}` begins a template. */
export function looksLikeJson(line: string): boolean {
  return /^\s*\{\s*["}]/.test(line);
}

/** Reads `{"sql", "catalog"?, "database"?, "name"?}`; a sentence instead when it cannot. Messages never hold SQL. */
export function readSqlLine(line: string): SqlLine | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The parser's message would quote the SQL.
    return 'not JSON';
  }
  if (!isObject(value)) return 'not a JSON object';
  const { sql, catalog, database, name } = value;
  if (typeof sql !== 'string') return '"sql" is not a string';
  if (!isOptionalText(catalog) || !isOptionalText(database)) return '"catalog" and "database" must be strings';
  if (!isOptionalText(name)) return '"name" must be a string';
  const context = { catalog: catalog || null, database: database || null };
  const isGiven = context.catalog !== null || context.database !== null;
  return { sql, context: isGiven ? context : NO_CONTEXT, name: name || null };
}

function isOptionalText(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}
