import { identifier } from '../../analytics/cache/sql-text.js';
import { type GroupName, keySql } from '../../analytics/groups/groups.js';
import { DEFAULT_RANGE } from '../../analytics/time/time-range.js';
import type { Filter } from '../../analytics/view/filters.js';
import { scopeSqlForPeople } from '../../analytics/view/scope.js';
import type { DashboardContext } from '../server/context.js';
import type { ViewRequest } from './view-request.js';

/** The same view as a command line and as SQL for `aqt query`. */
export interface CopyAs {
  readonly cli: string;
  readonly sql: string;
}

/** Where the reports are, and how the program is started there. */
export type CopyPlace = Pick<DashboardContext, 'location' | 'program'>;

/** A list of queries. */
export function copyList(view: ViewRequest, { location, program }: CopyPlace, order: string): CopyAs {
  const columns =
    'start_time, person, workgroup, state, cost_usd, data_scanned_bytes, total_ms, query_execution_id, query';
  return {
    cli: `${program} query ${quoted(location)}${flags(view)}`,
    sql: `SELECT ${columns}\nFROM queries\nWHERE ${scopeSqlForPeople(view.scope)}\nORDER BY ${order}`,
  };
}

/** A table of groups. */
export function copyGroups(view: ViewRequest, { location, program }: CopyPlace, by: GroupName): CopyAs {
  const cli = `${program} report ${quoted(location)} --by ${by}${flags(view)}`;
  const where = scopeSqlForPeople(view.scope);
  if (by === 'table') {
    return {
      cli,
      sql: `SELECT table_name, count(*) FILTER (state <> 'REFUSED') AS queries, max(start_time) AS last_access\nFROM (SELECT *, unnest(list_distinct(list_concat(coalesce(tables_read, []), coalesce(tables_written, [])))) AS table_name FROM queries\n  WHERE ${where})\nGROUP BY table_name\nORDER BY queries DESC`,
    };
  }
  const key = keySql(by).replaceAll('query_log', 'queries');
  return {
    cli,
    sql: `SELECT ${key === by ? by : `${key} AS ${identifier(by)}`}, count(*) FILTER (state <> 'REFUSED') AS queries, sum(cost_nanos) / 1e9 AS cost_usd,\n  sum(data_scanned_bytes) AS bytes\nFROM queries\nWHERE ${where}\nGROUP BY 1\nORDER BY cost_usd DESC`,
  };
}

function flags({ params, filters }: ViewRequest): string {
  const parts: string[] = [];
  for (const name of ['from', 'to'] as const) {
    const value = params.get(name);
    if (value) parts.push(`--${name} ${quoted(value)}`);
  }
  if (parts.length === 0) parts.push(`--range ${quoted(params.get('range') || DEFAULT_RANGE)}`);
  return ` ${[...parts, ...filters.flatMap(filterFlags)].join(' ')}`;
}

function filterFlags({ name, values, isNot }: Filter): string[] {
  return values.map((value) => (isNot ? `--not ${quoted(`${name}=${value}`)}` : `--${name} ${quoted(value)}`));
}

/** Quotes for a POSIX shell. */
export function quoted(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
