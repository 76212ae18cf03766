import { type DuckDBConnection, DuckDBScalarFunction, VARCHAR } from '@duckdb/node-api';
import { type MaskLiteral, maskLiterals, maskMessage } from '../../sql/mask-literals.js';
import { ConsoleError } from '../view/console.js';
import { identifier, literal } from './sql-text.js';

/** In-memory database that holds the masked views. */
export const MASKED = 'masked';

/** Views of the cache that people ask; `queries` is the one that holds texts. */
const VIEWS = [
  'hours',
  'people',
  'tables',
  'table_access',
  'column_access',
  'unnamed_tables',
  'place_days',
  'closings',
  'unlisted_workgroups',
  'system_tables',
  'accepted_findings',
] as const;

/**
 * Lays masked views over the cache database that is attached as `source`: the same names and columns, without the literals of SQL texts,
 * the quoted parts of messages and the free text of comments. Statements must be checked with `checkMaskedStatement`, and a connection
 * must `USE` this database, so that names mean these views and nothing else.
 */
export async function createMaskedViews(
  connection: DuckDBConnection,
  { source, mask }: { readonly source: string; readonly mask?: MaskLiteral },
): Promise<void> {
  connection.registerScalarFunction(textFunction('mask_sql', (text) => maskLiterals(text, mask)));
  connection.registerScalarFunction(textFunction('mask_message', (text) => maskMessage(text, mask)));
  await connection.run(`ATTACH ':memory:' AS ${MASKED} (READ_WRITE)`);
  const from = `${identifier(source)}.main`;
  await connection.run(
    `CREATE VIEW ${MASKED}.main.queries AS SELECT * REPLACE (
       mask_sql(query) AS query, lower(mask_sql(query)) AS query_lower, mask_message(error_message) AS error_message,
       mask_message(state_reason) AS state_reason, NULL::VARCHAR AS app_context) FROM ${from}.queries`,
  );
  for (const view of VIEWS) await connection.run(`CREATE VIEW ${MASKED}.main.${view} AS SELECT * FROM ${from}.${view}`);
}

function textFunction(name: string, mask: (text: string) => string): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name,
    returnType: VARCHAR,
    parameterTypes: [VARCHAR],
    mainFunction(_, input, output) {
      const texts = input.getColumnVector(0);
      for (let row = 0; row < input.rowCount; row++) {
        const text = texts.getItem(row);
        output.setItem(row, typeof text === 'string' ? mask(text) : null);
      }
      output.flush();
    },
  });
}

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
