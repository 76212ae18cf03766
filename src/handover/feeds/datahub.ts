import type { ReportRow } from '../../record/columns.js';
import { compact, type HandedRow, type RowFeed, SKIPPED } from './feed.js';
import { readTablePlace } from './table-place.js';

/**
 * Lines of DataHub's source `sql-queries`. With `given`, the tables that we know are its lineage; where a query reads and writes,
 * DataHub then drops the user. With `parsed` it reads the text itself, with one default database a file, and keeps the user.
 */
export function createDataHubFeed(options: { readonly lineage: 'given' | 'parsed' }): RowFeed {
  return {
    header: null,
    contentType: 'application/x-ndjson',
    extension: 'ndjson',
    encode: (row) => encode(row, options.lineage),
  };
}

function encode(row: ReportRow, lineage: 'given' | 'parsed'): HandedRow {
  if (row.query === null || row.query === '') return { skipped: SKIPPED.noText };
  const tables = lineage === 'given';
  return {
    lines: [
      JSON.stringify(
        compact({
          query: row.query,
          // Seconds: it takes a number of milliseconds for the year 58,000.
          timestamp: row.start_time / 1000,
          user: row.person || row.username || null,
          operation_type: row.substatement_type ?? row.statement_type,
          session_id: row.session_name,
          downstream_tables: tables ? namesOf(row.tables_written) : null,
          upstream_tables: tables ? namesOf(row.tables_read) : null,
        }),
      ),
    ],
  };
}

/** DataHub's Athena source names tables `database.table`: with the catalog nothing links. Null when there is none. */
function namesOf(names: readonly string[] | null): string[] | null {
  const linked = (names ?? []).flatMap((name) => {
    const place = readTablePlace(name);
    return place.kind === 's3' || place.database === null ? [] : [`${place.database}.${place.table}`];
  });
  return linked.length === 0 ? null : linked;
}
