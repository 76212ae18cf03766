import { type DuckDBConnection, type DuckDBResult, DuckDBTypeId, StatementType } from '@duckdb/node-api';
import { interruptible } from '../cache/cache.js';
import type { Value } from '../cache/duck.js';

export interface ConsoleResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Value[])[];
  /** There were more rows than asked for. */
  readonly isTruncated: boolean;
}

/** SQL of a user that cannot be run; the message is DuckDB's or says what is allowed. */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
}

/** Statements that only read. SHOW, DESCRIBE, SUMMARIZE, FROM and VALUES are SELECT to DuckDB. */
const ALLOWED: ReadonlySet<StatementType> = new Set([StatementType.SELECT, StatementType.EXPLAIN]);

/** Checks that a text is one statement that reads, and returns it without its semicolon. @throws ConsoleError */
export async function checkedStatement(connection: DuckDBConnection, sql: string): Promise<string> {
  const text = sql.trim().replace(/(?:\s*;)+\s*$/, '');
  if (text === '') throw new ConsoleError('there is no statement: write for example SELECT * FROM queries LIMIT 10');
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

/** How much of an answer is read. */
export interface AnswerLimits {
  readonly maxRows: number;
  /** Characters of a cell; a longer text is cut and ends in `…`. */
  readonly maxCell?: number;
  /** Characters of the whole answer. */
  readonly maxAnswer?: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs a statement of a user on a read-only, locked instance and reads rows up to the limits; what lies beyond is never
 * computed where DuckDB can stop early. A signal interrupts it, once it is prepared: DuckDB computes constants while it prepares,
 * without end and without its limit of memory, so who must hold limits runs this in a process of its own.
 * @throws ConsoleError when DuckDB refuses it
 */
export async function runConsole(
  connection: DuckDBConnection,
  sql: string,
  { maxRows, maxCell, maxAnswer = Number.POSITIVE_INFINITY, signal }: AnswerLimits,
): Promise<ConsoleResult> {
  const statement = await checkedStatement(connection, sql);
  try {
    return await interruptible(connection, signal, async () => {
      const result = await connection.stream(statement);
      const columns = columnsOf(result);
      const types = columns.map((_, index) => result.columnTypeId(index));
      const rows: Value[][] = [];
      let size = 0;
      for await (const batch of result.yieldRowsJson()) {
        for (const row of batch) {
          if (rows.length === maxRows || size > maxAnswer) return { columns, rows, isTruncated: true };
          const cells = row.map((value, index) => shortened(cell(value as Value, types[index]), maxCell));
          if (maxAnswer < Number.POSITIVE_INFINITY) size += JSON.stringify(cells).length;
          rows.push(cells);
        }
      }
      return { columns, rows, isTruncated: false };
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ConsoleError(error instanceof Error ? error.message : String(error));
  }
}

function columnsOf(result: DuckDBResult): ConsoleResult['columns'] {
  return result.deduplicatedColumnNames().map((name, index) => ({ name, type: String(result.columnType(index)) }));
}

/** Lists and structures are cut as their text. */
function shortened(value: Value, most = Number.POSITIVE_INFINITY): Value {
  if (most === Number.POSITIVE_INFINITY || value === null || typeof value === 'number' || typeof value === 'boolean')
    return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= most ? value : `${text.slice(0, most)}…`;
}

/** Reads rows in pieces, for output of any length. */
export async function* streamConsole(
  connection: DuckDBConnection,
  sql: string,
  signal: AbortSignal,
): AsyncGenerator<ConsoleResult> {
  const statement = await checkedStatement(connection, sql);
  const result = await connection.stream(statement);
  const columns = columnsOf(result);
  const types = columns.map((_, index) => result.columnTypeId(index));
  yield { columns, rows: [], isTruncated: false };
  for await (const rows of result.yieldRowsJson()) {
    signal.throwIfAborted();
    yield {
      columns,
      rows: rows.map((row) => row.map((value, index) => cell(value as Value, types[index]))),
      isTruncated: false,
    };
  }
}

/** Whole numbers become numbers while they are exact, instants ISO 8601. */
function cell(value: Value, type: DuckDBTypeId | undefined): Value {
  if (typeof value !== 'string') return value;
  switch (type) {
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.HUGEINT:
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    case DuckDBTypeId.TIMESTAMP:
      return `${value.replace(' ', 'T')}Z`;
    default:
      return value;
  }
}
