import type { Window } from '../../calendar/window.js';
import type { Row } from '../cache/duck.js';
import { type FilterName, NONE } from './filters.js';
import { type RunSql, type Scope, scopeSql, timeSql } from './scope.js';
import { type Buckets, bucketIndex, bucketsOf, type Grain, grainOf } from './time-range.js';

export interface Totals {
  readonly queries: number;
  readonly costUsd: number;
  readonly scannedBytes: number;
  readonly people: number;
  readonly failed: number;
  readonly refused: number;
  readonly unpriced: number;
}

export interface FacetValue {
  readonly value: string;
  readonly queries: number;
  readonly costUsd: number;
}

export interface Facet {
  readonly name: FilterName;
  readonly values: readonly FacetValue[];
  /** Values beyond those listed. */
  readonly more: number;
}

export interface HistogramBar {
  readonly start: number;
  readonly end: number;
  readonly queries: number;
  readonly failed: number;
  readonly refused: number;
  readonly costUsd: number;
  readonly scannedBytes: number;
}

/** Facets over plain columns, in the order of the page; `table` is over lists and stands apart. */
export const FACET_COLUMNS = {
  person: 'person',
  kind: 'person_kind',
  method: 'identity_method',
  team: 'team',
  workgroup: 'workgroup',
  account: 'account_id',
  region: 'region',
  database: 'database',
  type: 'kind',
  state: 'state',
  client: 'client',
  app: 'app',
} as const satisfies Partial<Record<FilterName, string>>;

export type FacetName = keyof typeof FACET_COLUMNS | 'table';

export const FAILED = "count(*) FILTER (state = 'FAILED')";
export const REFUSED = "count(*) FILTER (state = 'REFUSED')";

/** Counts a scope. */
export async function totalsOf(run: RunSql, scope: Scope): Promise<Totals> {
  const [row] = await run(
    `SELECT count(*) AS queries, sum(cost_nanos)::BIGINT AS nanos, sum(data_scanned_bytes)::BIGINT AS bytes,
       count(DISTINCT person) AS people, ${FAILED} AS failed, ${REFUSED} AS refused,
       count(*) FILTER (cost_nanos IS NULL AND state <> 'REFUSED') AS unpriced
     FROM query_log WHERE ${scopeSql(scope)}`,
  );
  return {
    queries: Number(row?.queries ?? 0),
    costUsd: usd(row?.nanos),
    scannedBytes: Number(row?.bytes ?? 0),
    people: Number(row?.people ?? 0),
    failed: Number(row?.failed ?? 0),
    refused: Number(row?.refused ?? 0),
    unpriced: Number(row?.unpriced ?? 0),
  };
}

/** Dollars of a sum in billionths; exact enough to show, sums that must add up stay in billionths. */
export function usd(nanos: unknown): number {
  return Number(nanos ?? 0) / 1e9;
}

/** Draws a scope over time; every bar is there, empty ones too. */
export async function histogramOf(
  run: RunSql,
  scope: Scope,
  timezone: string,
): Promise<{ readonly unit: Buckets['unit']; readonly bars: readonly HistogramBar[] }> {
  const { unit, windows } = bucketsOf(scope.window, timezone);
  const grain = grainOf(windows);
  const rows = await run(
    `SELECT ${slotSql(grain)} AS slot, count(*) AS queries, ${FAILED} AS failed, ${REFUSED} AS refused,
       sum(cost_nanos)::BIGINT AS nanos, sum(data_scanned_bytes)::BIGINT AS bytes
     FROM query_log WHERE ${scopeSql(scope)} GROUP BY slot`,
  );
  return { unit, bars: fold(windows, grain, rows) };
}

/** The step of a row, as SQL. */
export function slotSql({ origin, ms }: Grain): string {
  return `(epoch_ms(start_time) - ${origin}) // ${ms}`;
}

function fold(windows: readonly Window[], grain: Grain, rows: readonly Row[]): HistogramBar[] {
  const bars = windows.map(({ start, end }) => ({
    start,
    end,
    queries: 0,
    failed: 0,
    refused: 0,
    costUsd: 0,
    scannedBytes: 0,
  }));
  for (const row of rows) {
    const bar = bars[bucketIndex(windows, grain.origin + Number(row.slot) * grain.ms)];
    if (!bar) continue;
    bar.queries += Number(row.queries);
    bar.failed += Number(row.failed);
    bar.refused += Number(row.refused);
    bar.costUsd += usd(row.nanos);
    bar.scannedBytes += Number(row.bytes ?? 0);
  }
  return bars;
}

const FACET_LIMIT = 60;

/**
 * Counts each facet's values. A facet ignores its own filter (else a choice could not be widened) and respects the others,
 * so facets without a filter share one scan, those with one need their own.
 */
export async function facetsOf(run: RunSql, scope: Scope, names: readonly FacetName[]): Promise<Facet[]> {
  const filtered = new Set(scope.filters.filter(({ isNot }) => !isNot).map(({ name }) => name));
  const plain = names.filter((name): name is keyof typeof FACET_COLUMNS => name !== 'table');
  const shared = plain.filter((name) => !filtered.has(name));
  const results = new Map<FacetName, Facet>();
  for (const group of [shared, ...plain.filter((name) => filtered.has(name)).map((name) => [name])]) {
    for (const facet of await columnFacets(run, scope, group)) results.set(facet.name as FacetName, facet);
  }
  if (names.includes('table')) results.set('table', await tableFacet(run, scope));
  return names.flatMap((name) => results.get(name) ?? []);
}

async function columnFacets(
  run: RunSql,
  scope: Scope,
  names: readonly (keyof typeof FACET_COLUMNS)[],
): Promise<Facet[]> {
  if (names.length === 0) return [];
  const columns = names.map((name) => FACET_COLUMNS[name]);
  const where = scopeSql(scope, names.length === 1 ? names : []);
  const rows = await run(
    `WITH counted AS (
       SELECT grouping_id(${columns.join(', ')}) AS grouping, coalesce(${columns.join(', ')}) AS value,
         count(*) AS queries, sum(cost_nanos)::BIGINT AS nanos
       FROM query_log WHERE ${where} GROUP BY GROUPING SETS (${columns.map((column) => `(${column})`).join(', ')}))
     SELECT *, count(*) OVER (PARTITION BY grouping) AS distinct_values
     FROM counted
     QUALIFY row_number() OVER (PARTITION BY grouping ORDER BY queries DESC, value) <= ${FACET_LIMIT}
     ORDER BY grouping, queries DESC, value`,
  );
  const all = 2 ** names.length - 1;
  return names.map((name, index) => {
    const grouping = all - 2 ** (names.length - 1 - index);
    return facetOf(
      name,
      rows.filter((row) => row.grouping === grouping),
    );
  });
}

async function tableFacet(run: RunSql, scope: Scope): Promise<Facet> {
  const rows = await run(
    `WITH counted AS (
       SELECT value, sum(queries)::BIGINT AS queries, sum(nanos)::BIGINT AS nanos
       FROM (
         SELECT queries, nanos, unnest(list_distinct(list_concat(coalesce(tables_read, []), coalesce(tables_written, [])))) AS value
         FROM (
           SELECT tables_read, tables_written, count(*) AS queries, sum(cost_nanos) AS nanos
           FROM query_log WHERE ${scopeSql(scope, ['table'])} GROUP BY tables_read, tables_written))
       GROUP BY value)
     SELECT *, count(*) OVER () AS distinct_values FROM counted ORDER BY queries DESC, value LIMIT ${FACET_LIMIT}`,
  );
  return facetOf('table', rows);
}

function facetOf(name: FilterName, rows: readonly Row[]): Facet {
  const values = rows.map((row) => ({
    value: row.value === null || row.value === undefined ? NONE : String(row.value),
    queries: Number(row.queries),
    costUsd: usd(row.nanos),
  }));
  return { name, values, more: Number(rows[0]?.distinct_values ?? 0) - values.length };
}

export const SORTS = {
  time: 'start_time',
  cost: 'cost_nanos',
  bytes: 'data_scanned_bytes',
  duration: 'total_ms',
  person: 'person',
  workgroup: 'workgroup',
  state: 'state',
} as const;
export type SortName = keyof typeof SORTS;

export interface Sort {
  readonly by: SortName;
  readonly isAscending: boolean;
}

/** How much of the SQL text a list shows. */
export const SNIPPET_CHARS = 280;

/** Lists queries; the order is total, so that pages neither repeat nor skip a row. */
export async function listQueries(
  run: RunSql,
  scope: Scope,
  { sort, limit, offset }: { readonly sort: Sort; readonly limit: number; readonly offset: number },
): Promise<Row[]> {
  const direction = sort.isAscending ? 'ASC' : 'DESC';
  const order = (table: string): string =>
    `${table}${SORTS[sort.by]} ${direction} NULLS LAST, ${table}start_time DESC, ${table}rowid`;
  // The rows are chosen by their narrow columns first: reading every SQL text to sort it away takes ten times as long.
  return run(
    `WITH chosen AS (
       SELECT rowid AS id FROM query_log WHERE ${scopeSql(scope)} ORDER BY ${order('')} LIMIT ${limit} OFFSET ${offset})
     SELECT coalesce(query_execution_id, event_id) AS id, epoch_ms(start_time) AS at, person, username, person_kind,
       identity_confidence AS confidence, workgroup, database, state, kind, client,
       left(query, ${SNIPPET_CHARS}) AS sql, query_status, data_scanned_bytes AS bytes, cost_nanos / 1e9 AS cost_usd, total_ms,
       fingerprint
     FROM query_log WHERE rowid IN (SELECT id FROM chosen) ORDER BY ${order('query_log.')}`,
  );
}

/** Counts by hour of the week on the wall clock of a zone: rows of (weekday 1 to 7 from Monday, hour). */
export async function hoursOfWeek(run: RunSql, scope: Scope, timezone: string): Promise<Row[]> {
  const rows = await run(
    `SELECT epoch_ms(start_time) // 900000 AS slot, count(*) AS queries FROM query_log
     WHERE ${scopeSql(scope)} GROUP BY slot`,
  );
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  const cells = new Map<string, number>();
  for (const row of rows) {
    const parts = format.formatToParts(Number(row.slot) * 900_000);
    const part = (type: string): string => parts.find((candidate) => candidate.type === type)?.value ?? '';
    const cell = `${WEEKDAYS.indexOf(part('weekday')) + 1}.${Number(part('hour'))}`;
    cells.set(cell, (cells.get(cell) ?? 0) + Number(row.queries));
  }
  return [...cells].map(([cell, queries]) => {
    const [weekday, hour] = cell.split('.').map(Number);
    return { weekday: weekday ?? 1, hour: hour ?? 0, queries };
  });
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Tables that somebody touched for the first time ever (as far as is collected) within the scope's window. */
export async function firstTouches(run: RunSql, scope: Scope, limit: number): Promise<Row[]> {
  const everBefore = scopeSql({ ...scope, window: { start: 0, end: scope.window.end } });
  return run(
    `SELECT person, table_name, epoch_ms(min(start_time)) AS first, count(*) AS queries, sum(data_scanned_bytes)::BIGINT AS bytes,
       arg_min(id, start_time) AS id
     FROM (SELECT person, start_time, data_scanned_bytes, coalesce(query_execution_id, event_id) AS id,
             unnest(tables_read) AS table_name FROM query_log WHERE ${everBefore} AND person IS NOT NULL)
     GROUP BY person, table_name HAVING ${timeSql(scope.window).replaceAll('start_time', 'min(start_time)')}
     ORDER BY first DESC LIMIT ${limit}`,
  );
}
