import type { DuckDBConnection } from '@duckdb/node-api';

/** Rows a statement inserts. */
const BATCH = 1000;

/** Inserts rows whose values are SQL, in batches. */
export async function insertRows(
  connection: DuckDBConnection,
  table: string,
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += BATCH) {
    const values = rows.slice(start, start + BATCH).map((row) => `(${row.join(', ')})`);
    await connection.run(`INSERT INTO ${table} VALUES ${values.join(', ')}`);
  }
}
