import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openWriter, type Row, rowsOf } from '../cache/duck.js';
import { literal } from '../cache/sql-text.js';
import { readTotals, type Totals, usd } from '../view/totals.js';
import type { GroupRow } from './groups.js';

/** A day of which there are sums. */
export interface SummedDay {
  readonly date: string;
  readonly queries: number;
  readonly refused: number;
  readonly failed: number;
  readonly costUsd: number;
  readonly scannedBytes: number;
}

/** What the sums of days say together: the same as their rows, by report day. */
export interface DaySums {
  readonly totals: Totals;
  readonly people: readonly GroupRow[];
  readonly workgroups: readonly GroupRow[];
  readonly tables: readonly GroupRow[];
  /** In their order; several files of one day (of several trees) are one. */
  readonly days: readonly SummedDay[];
}

/** Counted once for each query, so that it adds up over tables; a cost is not known where no query has one. */
const ONCE = `sum(queries)::BIGINT AS queries, CASE WHEN sum(priced) > 0 THEN sum(cost_nanos)::BIGINT END AS nanos,
  sum(data_scanned_bytes)::BIGINT AS bytes, sum(failed)::BIGINT AS failed, sum(refused)::BIGINT AS refused`;
const BY_TABLE = `sum(table_queries)::BIGINT AS queries, sum(cost_nanos)::BIGINT AS nanos, sum(table_scanned_bytes)::BIGINT AS bytes,
  sum(table_failed)::BIGINT AS failed, sum(table_refused)::BIGINT AS refused`;
const SEEN = `count(DISTINCT person) AS people, epoch_ms(min(first_start)) AS first, epoch_ms(max(last_start)) AS last`;

const GROUPS = {
  people: `person AS key, ${ONCE}, ${SEEN}, min(person_kind) AS kind, min(team) AS team, min(identity_method) AS method,
    arg_max(identity_confidence, list_position(['verified', 'asserted', 'claimed', 'none'], identity_confidence)) AS confidence`,
  workgroups: `workgroup AS key, ${ONCE}, ${SEEN}`,
  tables: `table_name AS key, ${BY_TABLE}, ${SEEN}, sum(table_reads)::BIGINT AS reads, sum(table_writes)::BIGINT AS writes,
    epoch_ms(max(last_write)) AS last_write, epoch_ms(max(last_read)) AS last_read`,
} as const;

/** Adds up the files of sums of days (`src/tree/daily/`). They are written below `scratch` meanwhile. */
export async function addUpDays(
  files: readonly { readonly reportDate: string; readonly bytes: Uint8Array }[],
  { scratch, limit }: { readonly scratch: string; readonly limit: number },
): Promise<DaySums> {
  if (files.length === 0) return { totals: readTotals(undefined), people: [], workgroups: [], tables: [], days: [] };
  const folder = await mkdtemp(join(scratch, 'sums-'));
  try {
    const paths = files.map(({ reportDate }, index) => join(folder, `${index}-${reportDate}.parquet`));
    for (const [index, path] of paths.entries()) await writeFile(path, files[index]?.bytes ?? '', { mode: 0o600 });
    return await addUp(paths, limit);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function addUp(paths: readonly string[], limit: number): Promise<DaySums> {
  const instance = await openWriter(':memory:', { memoryLimit: '512MB' });
  const connection = await instance.connect();
  const run = <T = Row>(sql: string) => rowsOf(connection, sql) as Promise<T[]>;
  const order = 'nanos DESC NULLS LAST, queries DESC, refused DESC, key';
  const groups = (by: keyof typeof GROUPS) =>
    run<GroupRow>(
      `SELECT ${GROUPS[by]}, count(*) OVER () AS groups FROM sums GROUP BY key ORDER BY ${order} LIMIT ${limit}`,
    );
  try {
    await run(
      `CREATE TABLE sums AS SELECT * EXCLUDE (filename), regexp_extract(filename, '(\\d{4}-\\d{2}-\\d{2})\\.parquet$', 1) AS date
       FROM read_parquet([${paths.map(literal).join(', ')}], filename = true)`,
    );
    const [all] = await run(
      `SELECT ${ONCE}, count(DISTINCT person) AS people, sum(unpriced)::BIGINT AS unpriced FROM sums`,
    );
    const days = await run(`SELECT date, ${ONCE} FROM sums GROUP BY date ORDER BY date`);
    return {
      totals: readTotals(all),
      people: await groups('people'),
      workgroups: await groups('workgroups'),
      tables: await groups('tables'),
      days: days.map((day) => ({
        date: String(day.date),
        queries: Number(day.queries),
        refused: Number(day.refused),
        failed: Number(day.failed),
        costUsd: usd(day.nanos),
        scannedBytes: Number(day.bytes ?? 0),
      })),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
