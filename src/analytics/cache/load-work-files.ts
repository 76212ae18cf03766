import type { DuckDBConnection } from '@duckdb/node-api';
import { insertRows } from './insert-rows.js';
import { changeValues, reservationValues, workGroupValues } from './settings-values.js';
import { literal } from './sql-text.js';
import type { FetchedWorkFile } from './work-files.js';

/** Tables that hold what the working files say; each row names its file. */
const TABLES = [
  'work_file_log',
  'closing_log',
  'listing_log',
  'unlisted_log',
  'system_table_log',
  'accepted_log',
  'workgroup_log',
  'reservation_log',
  'reservation_change_log',
] as const;

/** Replaces what the cache holds of working files, in one transaction. `copies` null leaves the list of copies as it is. */
export async function replaceWorkFiles(
  connection: DuckDBConnection,
  changes: {
    readonly remove: readonly string[];
    readonly read: readonly FetchedWorkFile[];
    readonly copies: readonly string[] | null;
  },
): Promise<void> {
  const { remove, read, copies } = changes;
  const keys = [...remove, ...read.map(({ file }) => file.key)].map(literal);
  await connection.run('BEGIN');
  try {
    for (const table of keys.length > 0 ? TABLES : [])
      await connection.run(`DELETE FROM ${table} WHERE file IN (${keys.join(', ')})`);
    for (const table of TABLES) await insertRows(connection, table, read.flatMap(VALUES[table]));
    if (copies !== null) {
      await connection.run('DELETE FROM copy_log');
      await insertRows(
        connection,
        'copy_log',
        copies.map((tree) => [literal(tree)]),
      );
    }
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK');
    throw error;
  }
}

type Values = readonly (string | number)[];

/** The rows of each table that a file gives, in the order of its columns. */
const VALUES: Readonly<Record<(typeof TABLES)[number], (fetched: FetchedWorkFile) => readonly Values[]>> = {
  work_file_log: ({ file, tag }) => [[literal(file.key), literal(tag), file.bytes]],
  closing_log: (fetched) =>
    ofDay(fetched, ({ closedAt, unattributed }) => [
      [closedAt === null ? 'NULL' : `(TIMESTAMPTZ ${literal(closedAt)} AT TIME ZONE 'UTC')`, unattributed],
    ]),
  listing_log: (fetched) =>
    ofDay(fetched, ({ listings }) =>
      listings.map(
        (one) =>
          [
            ...placeOf(one),
            ...[one.workGroups, one.listed, one.unlisted, one.narrowed],
            ...[one.events?.seen ?? 'NULL', one.events?.absent ?? 'NULL'],
          ] as const,
      ),
    ),
  unlisted_log: (fetched) =>
    ofDay(fetched, ({ unlisted }) =>
      unlisted.map((one) => [...placeOf(one), literal(one.workGroup), literal(one.failure)] as const),
    ),
  system_table_log: (fetched) =>
    ofDay(fetched, ({ systemTables }) =>
      systemTables.map(
        (one) =>
          [
            ...placeOf(one),
            ...[one.seen, one.absent, one.disagreements],
            `[${one.disagreeing.map(literal).join(', ')}]::VARCHAR[]`,
            one.failure === null ? 'NULL' : literal(one.failure),
          ] as const,
      ),
    ),
  workgroup_log: (fetched) => ofDay(fetched, workGroupValues),
  reservation_log: (fetched) => ofDay(fetched, reservationValues),
  reservation_change_log: (fetched) => ofDay(fetched, changeValues),
  accepted_log: ({ file, accepted }) =>
    accepted.map(({ key, reason, acceptedAt }) => [
      ...[literal(file.key), literal(file.tree), literal(key), literal(reason)],
      `(TIMESTAMPTZ ${literal(acceptedAt)} AT TIME ZONE 'UTC')`,
    ]),
};

function placeOf({ accountId, region }: { readonly accountId: string; readonly region: string }): Values {
  return [literal(accountId), literal(region)];
}

/** Rows of a closing's day, each with its file, tree and date before it. */
function ofDay(
  { file, closing }: FetchedWorkFile,
  rowsOf: (closing: NonNullable<FetchedWorkFile['closing']>) => readonly Values[],
): Values[] {
  if (closing === null) return [];
  const day = [literal(file.key), literal(file.tree), `DATE ${literal(closing.reportDate)}`];
  return rowsOf(closing).map((row) => [...day, ...row]);
}
