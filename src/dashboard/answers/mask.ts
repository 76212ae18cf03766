import type { Value } from '../../analytics/cache/duck.js';
import { maskLiterals, maskMessage } from '../../sql/mask-literals.js';

/** Columns that hold SQL, and columns whose text may quote some. */
const SQL_COLUMNS = new Set(['query', 'sql', 'sample', 'query_lower']);
const MESSAGE_COLUMNS = new Set(['error_message', 'state_reason']);
/** Free text of the SQL comment: nobody can say what it holds. */
const DROPPED_COLUMNS = new Set(['app_context']);

/** Takes the literals out of a row, when that is asked for. */
export function masked<T extends object>(row: T, isMasked: boolean): T {
  if (!isMasked) return row;
  const values = Object.entries(row) as [string, Value][];
  return Object.fromEntries(values.map(([name, value]) => [name, maskedValue(name, value)])) as T;
}

export function maskedRows<T extends object>(rows: readonly T[], isMasked: boolean): readonly T[] {
  return isMasked ? rows.map((row) => masked(row, true)) : rows;
}

function maskedValue(name: string, value: Value): Value {
  if (DROPPED_COLUMNS.has(name)) return null;
  if (typeof value !== 'string') return value;
  if (SQL_COLUMNS.has(name)) return maskLiterals(value);
  return MESSAGE_COLUMNS.has(name) ? maskMessage(value) : value;
}
