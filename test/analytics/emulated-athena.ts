import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type AthenaTable, athenaStatement } from '../../src/analytics/engine/athena-views.js';
import { COLUMNS } from '../../src/record/columns.js';
import type { QueryCalls } from '../../src/sources/athena/athena-query.js';

/** The table as the stack has it where reports are not text: DuckDB knows the types. CSV's casts are tried by `storage/read-back`. */
export const TABLE: AthenaTable = { database: 'aqt', table: 'queries', format: 'parquet', days: null };

/** What Trino has under another name, or DuckDB for other types. */
const MACROS = [
  'CREATE MACRO cardinality(list) AS len(list)',
  'CREATE MACRO regexp_like(a, b) AS regexp_matches(a, b)',
  'CREATE MACRO to_unixtime(a) AS epoch(a)',
];

export interface EmulatedAthena {
  /** Asks a SELECT over the views. */
  ask(sql: string, days?: AthenaTable['days']): Promise<Record<string, unknown>[]>;
  /** The calls of a client: whole statements, answered as Athena does, every value a text. */
  readonly calls: QueryCalls;
  /** What was started. */
  readonly statements: readonly string[];
  close(): void;
}

/**
 * Asks statements for Athena of DuckDB, over the rows of a cache: both know what the statements use, but for three functions that are
 * given here. Whether Trino parses them is another test.
 */
export async function emulatedAthena(cachePath: string): Promise<EmulatedAthena> {
  const instance = await DuckDBInstance.create();
  const connection: DuckDBConnection = await instance.connect();
  const names = COLUMNS.map(({ name }) => `"${name}"`).join(', ');
  const partitions = [
    ...['Y', 'm', 'd'].map((part, index) => `strftime(report_date, '%${part}') AS ${['year', 'month', 'day'][index]}`),
    "lpad(report_hour::VARCHAR, 2, '0') AS hour",
  ];
  for (const statement of [
    `ATTACH '${cachePath}' AS cache (READ_ONLY)`,
    'CREATE SCHEMA aqt',
    `CREATE TABLE aqt.queries AS SELECT ${names}, ${partitions.join(', ')} FROM cache.query_log`,
    ...MACROS,
  ])
    await connection.run(statement);
  const statements: string[] = [];
  return {
    calls: {
      start: async (sql) => String(statements.push(sql) - 1),
      state: async () => ({ state: 'SUCCEEDED', reason: null, scannedBytes: 2048 }),
      page: async (id) => {
        const read = await connection.runAndReadAll(statements[Number(id)] ?? '');
        const columns = read.columnNames();
        const rows = read.getRowsJson().map((row) => row.map((value) => (value === null ? null : String(value))));
        return { columns, types: read.columnTypes().map(athenaType), rows: [columns, ...rows], nextToken: null };
      },
      stop: async () => {},
    },
    statements,
    ask: async (sql, days = null) => {
      const read = await connection.runAndReadAll(athenaStatement(sql, { ...TABLE, days }));
      return read.getRowObjectsJson() as Record<string, unknown>[];
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

const athenaType = (type: { toString(): string }): string =>
  ({ VARCHAR: 'varchar', BIGINT: 'bigint', HUGEINT: 'bigint', DOUBLE: 'double', BOOLEAN: 'boolean' })[String(type)] ??
  String(type).toLowerCase();
