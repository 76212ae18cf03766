import { COLUMNS, type ReportRow } from '../columns.js';
import type { Cell } from './cell-text.js';

/** The row's values in the order of the columns. */
export function cellsOf(row: ReportRow): readonly Cell[] {
  return isInOrder(row) ? Object.values(row) : NAMES.map((name) => row[name]);
}

/** The row with its keys in the order of the columns. */
export function inColumnOrder(row: ReportRow): ReportRow {
  if (isInOrder(row)) return row;
  return Object.fromEntries(NAMES.map((name) => [name, row[name]])) as unknown as ReportRow;
}

const NAMES: readonly (keyof ReportRow)[] = COLUMNS.map((column) => column.name);

/** Rows are built with their keys in order, and then need not be looked up key by key: half the cost of encoding. */
function isInOrder(row: ReportRow): boolean {
  const keys = Object.keys(row);
  if (keys.length !== NAMES.length) return false;
  for (let i = 0; i < NAMES.length; i++) if (keys[i] !== NAMES[i]) return false;
  return true;
}
