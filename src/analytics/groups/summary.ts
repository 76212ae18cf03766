import { SCRATCH } from '../cache/cache.js';
import type { RunSql, Scope } from '../view/scope.js';
import { readTotals, type Totals } from '../view/totals.js';
import { EXTRAS, groupsSql, INNER, listedSql, SHARES, splitSql, tablesSql, WEAKEST } from './group-sums.js';
import { type GroupRow, keySql } from './groups.js';

/**
 * The rows of a scope, summed once for many panels: one row for each person, session name, workgroup, pattern and tables. Of a million queries
 * those are a few hundred to a few thousand.
 */
export interface Summary {
  /** Its table in the scratch database. */
  readonly table: string;
}

let made = 0;

/** Sums a scope, lends the sums and drops them. */
export async function withSummary<T>(run: RunSql, scope: Scope, use: (summary: Summary) => Promise<T>): Promise<T> {
  made += 1;
  const table = `${SCRATCH}.summary_${made}`;
  const summed = `SELECT person, username, person_kind, workgroup, fingerprint, ${SHARES}, ${INNER},
      min(kind) AS type, min(team) AS team, min(identity_method) AS method, ${WEAKEST} AS weakest,
      max(row_id) AS sample_row, sum(total_ms) AS total_ms, count(*) FILTER (cost_nanos IS NULL AND state <> 'REFUSED') AS unpriced
    FROM ${splitSql(scope)} GROUP BY person, username, person_kind, workgroup, fingerprint, table_set, rest`;
  await run(`CREATE TABLE ${table} AS ${listedSql(summed)}`);
  try {
    return await use({ table });
  } finally {
    await run(`DROP TABLE ${table}`);
  }
}

/** What `totalsOf` answers of the scope. */
export async function summaryTotals(run: RunSql, { table }: Summary): Promise<Totals> {
  const [row] = await run(
    `SELECT sum(queries)::BIGINT AS queries, sum(nanos)::BIGINT AS nanos, sum(bytes)::BIGINT AS bytes, count(DISTINCT person) AS people,
       sum(failed)::BIGINT AS failed, sum(refused)::BIGINT AS refused, sum(unpriced)::BIGINT AS unpriced FROM ${table}`,
  );
  return readTotals(row);
}

/** What `groupBy` answers of the scope; of a workgroup without what only workgroups show. */
export async function groupSummary(
  run: RunSql,
  { table }: Summary,
  { by, limit }: { readonly by: 'person' | 'workgroup' | 'fingerprint' | 'table'; readonly limit: number },
): Promise<GroupRow[]> {
  if (by === 'table') return run(tablesSql(`SELECT * FROM ${table}`, limit));
  const extra = by === 'workgroup' ? undefined : EXTRAS[by];
  return run(groupsSql(`SELECT *, person_kind AS kind, ${keySql(by)} AS key FROM ${table}`, extra, limit));
}
