import { type DuckDBConnection, type DuckDBResult, DuckDBTypeId } from '@duckdb/node-api';
import { interruptible } from '../cache/cache.js';
import type { Value } from '../cache/duck.js';
import { checkedStatement } from './checked-statement.js';
import { ConsoleError } from './console-error.js';

export interface ConsoleResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Value[])[];
  /** There were more rows than asked for. */
  readonly isTruncated: boolean;
}

/** How much of an answer is read. */
export interface AnswerLimits {
  readonly maxRows: number;
  /** Characters of a cell; a longer text is cut and ends in `…`. */
  readonly maxCell?: number;
  /** Characters of the whole answer. */
  readonly maxAnswer?: number;
  /** The connection uses masked views, and nothing else may be named. */
  readonly isMasked?: boolean;
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
  { maxRows, maxCell, maxAnswer = Number.POSITIVE_INFINITY, isMasked = false, signal }: AnswerLimits,
): Promise<ConsoleResult> {
  const statement = await checkedStatement(connection, sql, isMasked);
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
  { isMasked, signal }: { readonly isMasked: boolean; readonly signal: AbortSignal },
): AsyncGenerator<ConsoleResult> {
  const statement = await checkedStatement(connection, sql, isMasked);
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
