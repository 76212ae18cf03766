import { resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { MaskLiteral } from '../../sql/mask-literals.js';
import { checkedStatement } from '../view/checked-statement.js';
import { ConsoleError } from '../view/console-error.js';
import { createMaskedViews, MASKED } from './masked-views.js';
import { literal } from './sql-text.js';

/**
 * Writes the result of a statement that reads as a Parquet file, zstd, and returns how many rows there are. The statement
 * runs in an instance of its own that may write this one file and reach nothing else.
 */
export async function exportParquet(
  connection: DuckDBConnection,
  {
    sql,
    cachePath,
    file,
    mask = null,
  }: {
    readonly sql: string;
    readonly cachePath: string;
    readonly file: string;
    /** What stands in the place of literals; the connection uses masked views then. */
    readonly mask?: MaskLiteral | null;
  },
): Promise<number> {
  const statement = await checkedStatement(connection, sql, mask !== null);
  const target = resolve(file);
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const writer = await instance.connect();
  try {
    await writer.run("SET GLOBAL TimeZone = 'UTC'");
    await writer.run(`ATTACH ${literal(cachePath)} AS reports (READ_ONLY)`);
    if (mask !== null) await createMaskedViews(writer, { source: 'reports', mask });
    await writer.run(mask === null ? 'USE reports' : `USE ${MASKED}`);
    await writer.run(`SET allowed_paths = [${literal(target)}]`);
    await writer.run('SET enable_external_access = false');
    await writer.run('SET lock_configuration = true');
    const result = await writer.run(
      `COPY (${statement}\n) TO ${literal(target)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
    );
    return result.rowsChanged;
  } catch (error) {
    throw new ConsoleError(error instanceof Error ? error.message : String(error));
  } finally {
    writer.closeSync();
    instance.closeSync();
  }
}
