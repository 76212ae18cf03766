import type { ReportRow } from './columns.js';

/** The columns that order rows; unique within a report. */
export type RowKey = Pick<ReportRow, 'start_time' | 'query_execution_id' | 'event_id'>;

/**
 * Orders the rows of a report: by `start_time`, then `query_execution_id`, then `event_id`.
 * A null id comes after every id, so that a refused start follows the executions of its millisecond. Strings compare by
 * UTF-16 code unit, whatever the locale.
 */
export function compareRows(a: RowKey, b: RowKey): number {
  return (
    a.start_time - b.start_time ||
    compareNullable(a.query_execution_id, b.query_execution_id) ||
    compareNullable(a.event_id, b.event_id)
  );
}

function compareNullable(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}
