import { type DuckDBConnection, type DuckDBInstance, DuckDBScalarFunction, VARCHAR } from '@duckdb/node-api';
import { type MaskLiteral, maskLiterals, maskMessage } from '../../sql/mask-literals.js';
import { openReader } from './duck.js';
import { identifier } from './sql-text.js';

/** In-memory database that holds the masked views. */
export const MASKED = 'masked';

/** Views of the cache that people ask; `queries` is the one that holds texts. */
const VIEWS = [
  'hours',
  'people',
  'tables',
  'table_access',
  'column_access',
  'unnamed_tables',
  'unpriced_queries',
  'place_days',
  'closings',
  'unlisted_workgroups',
  'system_tables',
  'accepted_findings',
  'workgroups',
  'reservations',
  'reservation_changes',
  'reservation_hours',
] as const;

/**
 * Lays masked views over the cache database that is attached as `source`: the same names and columns, without the literals of SQL texts,
 * the quoted parts of messages and the free text of comments. Statements must be checked as masked ones, and a connection must
 * `USE` this database, so that names mean these views and nothing else.
 */
export async function createMaskedViews(
  connection: DuckDBConnection,
  { source, mask }: { readonly source: string; readonly mask?: MaskLiteral },
): Promise<void> {
  connection.registerScalarFunction(textFunction('mask_sql', (text) => maskLiterals(text, mask)));
  connection.registerScalarFunction(textFunction('mask_message', (text) => maskMessage(text, mask)));
  await connection.run(`ATTACH ':memory:' AS ${MASKED} (READ_WRITE)`);
  const from = `${identifier(source)}.main`;
  await connection.run(
    `CREATE VIEW ${MASKED}.main.queries AS SELECT * REPLACE (
       mask_sql(query) AS query, lower(mask_sql(query)) AS query_lower, mask_message(error_message) AS error_message,
       mask_message(state_reason) AS state_reason, NULL::VARCHAR AS app_context) FROM ${from}.queries`,
  );
  for (const view of VIEWS) await connection.run(`CREATE VIEW ${MASKED}.main.${view} AS SELECT * FROM ${from}.${view}`);
}

function textFunction(name: string, mask: (text: string) => string): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name,
    returnType: VARCHAR,
    parameterTypes: [VARCHAR],
    mainFunction(_, input, output) {
      const texts = input.getColumnVector(0);
      for (let row = 0; row < input.rowCount; row++) {
        const text = texts.getItem(row);
        output.setItem(row, typeof text === 'string' ? mask(text) : null);
      }
      output.flush();
    },
  });
}

/** Opens a database file of the cache to read through masked views. */
export async function openMaskedReader(
  path: string,
  options: { readonly memoryLimit: string; readonly threads?: number; readonly mask?: MaskLiteral },
): Promise<DuckDBInstance> {
  const { mask, ...limits } = options;
  return openReader(path, {
    ...limits,
    async prepare(connection) {
      const [row] = (await connection.runAndReadAll('SELECT current_database()')).getRowsJS();
      await createMaskedViews(connection, { source: String(row?.[0]), ...(mask === undefined ? {} : { mask }) });
    },
  });
}

/** A connection on which names mean masked views. */
export async function connectMasked(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await connection.run(`USE ${MASKED}`);
  return connection;
}
