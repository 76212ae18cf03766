import type { Row, Value } from '../../analytics/cache/duck.js';
import { maskLiterals, maskMessage } from '../../sql/mask-literals.js';

/** Columns that hold SQL, and columns whose text may quote some. */
const SQL_COLUMNS = new Set(['query', 'sql', 'sample', 'query_lower']);
const MESSAGE_COLUMNS = new Set(['error_message', 'state_reason']);
/** Free text of the SQL comment: nobody can say what it holds. */
const DROPPED_COLUMNS = new Set(['app_context']);

/** Takes the literals out of a row, when that is asked for. */
export function masked(row: Row, isMasked: boolean): Row {
  if (!isMasked) return row;
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, maskedValue(name, value)]));
}

export function maskedRows(rows: readonly Row[], isMasked: boolean): readonly Row[] {
  return isMasked ? rows.map((row) => masked(row, true)) : rows;
}

function maskedValue(name: string, value: Value): Value {
  if (DROPPED_COLUMNS.has(name)) return null;
  if (typeof value !== 'string') return value;
  if (SQL_COLUMNS.has(name)) return maskLiterals(value);
  return MESSAGE_COLUMNS.has(name) ? maskMessage(value) : value;
}
