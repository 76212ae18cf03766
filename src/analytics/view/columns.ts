import { literal } from '../cache/sql-text.js';
import { type RunSql, type Scope, scopeSql } from './scope.js';

/** Who read a column of a table: queries, people, how sure it is, and through which views. */
export interface ColumnReaders {
  /** `*` where the columns of the table are not known. */
  readonly column: string;
  readonly queries: number;
  /** Of these, those in which the column is named, or all are read, for certain. */
  readonly exact: number;
  /** Those that name the table itself; the others came through a view. */
  readonly direct: number;
  readonly people: number;
  /** Epoch milliseconds. */
  readonly last: number;
}

/** The columns of a table that a scope reads, directly and through views; the most read first. */
export async function columnsOfTable(run: RunSql, scope: Scope, table: string): Promise<ColumnReaders[]> {
  const start = literal(`${table}.`);
  return run(
    `SELECT ltrim(substr(named, ${[...table].length + 2}), '~') AS "column", count(DISTINCT id)::BIGINT AS queries,
       count(DISTINCT id) FILTER (NOT contains(named, '.~') AND NOT ends_with(named, '.*'))::BIGINT AS exact,
       count(DISTINCT id) FILTER (is_direct)::BIGINT AS direct, count(DISTINCT person) AS people, epoch_ms(max(start_time)) AS last
     FROM (SELECT coalesce(query_execution_id, event_id) AS id, person, start_time,
             coalesce(list_contains(tables_read, ${literal(table)}), false) AS is_direct,
             unnest(list_filter(columns_read, lambda c: starts_with(c, ${start}))) AS named
           FROM query_log WHERE ${scopeSql(scope)})
     GROUP BY ALL ORDER BY queries DESC, "column" LIMIT 2000`,
  );
}
