import { type DuckDBConnection, StatementType } from '@duckdb/node-api';
import { ConsoleError } from './console-error.js';
import { checkMaskedStatement } from './masked-statement.js';

/** Statements that only read. SHOW, DESCRIBE, SUMMARIZE, FROM and VALUES are SELECT to DuckDB. */
const ALLOWED: ReadonlySet<StatementType> = new Set([StatementType.SELECT, StatementType.EXPLAIN]);

/**
 * Checks that a text is one statement that reads, and, where literals are masked, that it names masked views alone; returns it without
 * its semicolon.
 * @throws ConsoleError
 */
export async function checkedStatement(connection: DuckDBConnection, sql: string, isMasked: boolean): Promise<string> {
  const text = sql.trim().replace(/(?:\s*;)+\s*$/, '');
  if (text === '') throw new ConsoleError('there is no statement: write for example SELECT * FROM queries LIMIT 10');
  if (isMasked) await checkMaskedStatement(connection, text);
  try {
    const statements = await connection.extractStatements(text);
    if (statements.count !== 1)
      throw new ConsoleError(`${statements.count} statements were given; run them one by one`);
    const prepared = await statements.prepare(0);
    const type = prepared.statementType;
    prepared.destroySync();
    if (!ALLOWED.has(type))
      throw new ConsoleError('only statements that read are allowed: SELECT, FROM, DESCRIBE, SUMMARIZE, EXPLAIN');
  } catch (error) {
    throw error instanceof ConsoleError
      ? error
      : new ConsoleError(error instanceof Error ? error.message : String(error));
  }
  return text;
}
