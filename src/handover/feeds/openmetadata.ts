import type { ReportRow } from '../../record/columns.js';
import { type HandedRow, instantText, type RowFeed, SKIPPED } from './feed.js';

const HEADER = ['query_text', 'user_name', 'start_time', 'end_time', 'aborted', 'database_name', 'schema_name'];

/** Python's csv module refuses a longer field, and with it the rest of the file and every file after it. */
export const LONGEST_FIELD = 131_072;

/**
 * OpenMetadata's query log (CSV, real line breaks inside quotes). There the catalog is the database and the database is the
 * schema; `databaseName` says what the service calls the catalog. Times always carry a fraction: one without drops every file.
 */
export function createOpenMetadataFeed(options: { readonly databaseName: string | null }): RowFeed {
  return {
    header: HEADER.join(','),
    contentType: 'text/csv; charset=utf-8',
    extension: 'csv',
    encode: (row) => encode(row, options.databaseName),
  };
}

function encode(row: ReportRow, databaseName: string | null): HandedRow {
  const { query } = row;
  if (query === null || query === '') return { skipped: SKIPPED.noText };
  if (query.length > LONGEST_FIELD)
    return { skipped: `the text is longer than ${LONGEST_FIELD} characters, which its CSV reader refuses` };
  const cells = [
    query,
    row.person ?? '',
    timeText(row.start_time),
    row.end_time === null ? '' : timeText(row.end_time),
    row.state === 'CANCELLED' || row.state === 'FAILED' ? 'true' : 'false',
    databaseName ?? row.catalog?.toLowerCase() ?? 'awsdatacatalog',
    row.database?.toLowerCase() ?? '',
  ];
  return { lines: [cells.map(csvCell).join(',')] };
}

function timeText(epochMs: number): string {
  return instantText(epochMs).slice(0, -1).replace('T', ' ');
}

/** RFC 4180. A NUL is left out: the reader breaks off at it. */
export function csvCell(text: string): string {
  const clean = text.replaceAll('\0', '');
  return /[",\r\n]/.test(clean) ? `"${clean.replaceAll('"', '""')}"` : clean;
}
