import { isOneOf, literal } from '../cache/sql-text.js';
import { type RunSql, type Scope, scopeSql } from '../view/scope.js';
import { EXTRAS, groupsSql, INNER, listedSql, SHARES, splitSql, tablesSql } from './group-sums.js';

/** What rows can be grouped by, and the SQL of the key. `table` stands apart: a query may have many. */
export const GROUP_KEYS = {
  person: 'person',
  username: 'username',
  team: 'team',
  workgroup: 'workgroup',
  app: 'app',
  client: 'client',
  database: 'database',
  account: 'account_id',
  region: 'region',
  type: 'kind',
  state: 'state',
  error: 'error_code',
  kind: 'person_kind',
  method: 'identity_method',
  role: 'role_arn',
  ip: 'source_ip',
  fingerprint: 'fingerprint',
  day: "strftime(report_date, '%Y-%m-%d')",
} as const;
export type GroupName = keyof typeof GROUP_KEYS | 'table' | TagName;
/** A tag of the workgroup, as it is now. */
export type TagName = `tag:${string}`;

/** Every name that rows can be grouped by. */
export const GROUP_NAMES: readonly Exclude<GroupName, TagName>[] = [
  ...(Object.keys(GROUP_KEYS) as (keyof typeof GROUP_KEYS)[]),
  'table',
];

/** The tags of a query's workgroup, each `key=value`. */
export const TAGS_SQL = `(SELECT any_value(w.tags) FROM workgroups w WHERE w.account_id = query_log.account_id
  AND w.region = query_log.region AND w.workgroup = coalesce(query_log.workgroup, 'primary'))`;

export function isTagName(name: string): name is TagName {
  return /^tag:./s.test(name);
}

/** The SQL of what a row is grouped by. */
export function keySql(by: Exclude<GroupName, 'table'>): string {
  if (!isTagName(by)) return GROUP_KEYS[by];
  const start = `${by.slice('tag:'.length)}=`;
  return `substr(list_filter(${TAGS_SQL}, lambda t: starts_with(t, ${literal(start)}))[1], ${[...start].length + 1})`;
}

/** Sums of the rows of one key; null is the key of those without. Money is in billionths of a dollar (text beyond 2^53). */
export interface GroupRow {
  readonly key: string | null;
  readonly queries: number;
  readonly refused: number;
  readonly failed: number;
  readonly nanos: number | string | null;
  readonly bytes: number | null;
  readonly people: number;
  /** Epoch milliseconds. */
  readonly first: number;
  readonly last: number;
  /** How many groups there are, whatever the limit. */
  readonly groups: number;
  /** The same sums of another period, where the view is compared with one. */
  readonly before_queries?: number;
  readonly before_nanos?: number | string | null;
  /** Of a person. */
  readonly kind?: string | null;
  readonly team?: string | null;
  readonly method?: string | null;
  /** The weakest of its rows. */
  readonly confidence?: string | null;
  /** Of a pattern. */
  readonly type?: string | null;
  readonly mean_ms?: number | null;
  /** The row that stands for it, and its text, where asked for (`withSamples`). */
  readonly sample_row?: number | null;
  readonly sample?: string | null;
  readonly tables_read?: readonly string[] | null;
  readonly tables_written?: readonly string[] | null;
  /** Of a workgroup. */
  readonly cancelled?: number;
  /** Queries that ran on reserved capacity, which are not charged by what they scan. */
  readonly reserved?: number;
  readonly largest_bytes?: number | null;
  readonly engine?: string | null;
  /** Of a table. */
  readonly reads?: number;
  readonly writes?: number;
  readonly last_read?: number | null;
  readonly last_write?: number | null;
}

/**
 * Groups a scope, the most expensive first. By table, a query counts for every table it touches, while its cost is split evenly over the tables it
 * reads (over those it writes when it reads none; to the last billionth of a dollar), so that costs add up to the total.
 */
export async function groupBy(
  run: RunSql,
  scope: Scope,
  {
    by,
    limit,
    isBare = false,
  }: {
    readonly by: GroupName;
    readonly limit: number;
    /** Without what only rows of one kind of group show: a third of the time, by workgroup. */
    readonly isBare?: boolean;
  },
): Promise<GroupRow[]> {
  if (by === 'table') {
    // Queries that touch the same tables are summed before the lists are taken apart.
    const summed = `SELECT person, ${SHARES}, ${INNER} FROM ${splitSql(scope)} GROUP BY person, table_set, rest`;
    return run(tablesSql(listedSql(summed), limit));
  }
  const extra = isBare || isTagName(by) ? undefined : EXTRAS[by];
  const summed = `SELECT ${keySql(by)} AS key, person, ${INNER}${extra ? `, ${extra.inner}` : ''}
    FROM query_log WHERE ${scopeSql(scope)} GROUP BY ALL`;
  return run(groupsSql(summed, extra, limit));
}

/** How much of a text stands for its pattern. */
const SAMPLE_CHARS = 400;

/** Adds the text that stands for a pattern. */
export async function withSamples(run: RunSql, rows: readonly GroupRow[]): Promise<GroupRow[]> {
  const ids = rows.flatMap(({ sample_row }) => sample_row ?? []);
  if (ids.length === 0) return [...rows];
  const texts = await run<Pick<GroupRow, 'sample' | 'tables_read' | 'tables_written'> & { readonly id: number }>(
    `SELECT rowid AS id, left(query, ${SAMPLE_CHARS}) AS sample, tables_read, tables_written FROM query_log WHERE ${isOneOf('rowid', ids)}`,
  );
  const known = new Map(texts.map(({ id, ...text }) => [id, text]));
  return rows.map((row) => ({ ...row, ...(known.get(row.sample_row ?? -1) ?? { sample: null }) }));
}

/** Keeps the patterns in whose text, with its literals masked, every word stands, in any case. */
export async function searchPatterns(
  run: RunSql,
  rows: readonly GroupRow[],
  text: string,
): Promise<readonly GroupRow[]> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  const holds = words.map((word) => `contains(masked_lower, ${literal(word)})`).join(' AND ');
  const found = await run<{ readonly fingerprint: string }>(`SELECT DISTINCT fingerprint FROM patterns WHERE ${holds}`);
  const known = new Set(found.map(({ fingerprint }) => fingerprint));
  return rows.filter(({ key }) => key !== null && known.has(key));
}
