import type { Window } from '../../calendar/window.js';
import { SCRATCH } from '../cache/cache.js';
import type { Row } from '../cache/duck.js';
import { identifier, literal } from '../cache/sql-text.js';
import { type Dialect, DUCKDB } from '../engine/dialect.js';
import { type Filter, FilterError, type FilterName, filterSql, searchTerms } from './filters.js';
import { likeOfRegex } from './required-texts.js';

/** Runs one statement of ours; `Cache.rows` is one. The caller names the shape of the rows: its own SELECT list. */
export type RunSql = <T = Row>(sql: string) => Promise<T[]>;

/** The rows a view is about. */
export interface Scope {
  readonly window: Window;
  /** Of all rows there are, where that is known: from the first start to behind the last. */
  readonly started?: Window | null;
  readonly filters: readonly Filter[];
  /** Searches may see no literals: they look at the masked text of the pattern. */
  readonly isMasked: boolean;
}

/** The condition of a scope on `query_log`, without the filters named in `except`. */
export function scopeSql(scope: Scope, except: readonly FilterName[] = []): string {
  const conditions = scope.filters
    .filter(({ name }) => !except.includes(name))
    .map((filter) => conditionOf(scope, filter));
  return [insideSql(scope), ...conditions].join(' AND ');
}

/**
 * That a row lies in the window. Where the window holds all rows nothing is compared: DuckDB guesses that a comparison leaves a fifth of them, and
 * then orders all of them to find the first few.
 */
function insideSql({ window, started }: Scope): string {
  const isAll = started && window.start <= started.start && started.end <= window.end;
  return isAll ? 'true' : timeSql(window);
}

/** The same condition for people to read and run, and for Athena: over the view `queries`. */
export function scopeSqlForPeople(scope: Scope, dialect: Dialect = DUCKDB): string {
  return [timeSql(scope.window), ...scope.filters.map((filter) => filterSql(filter, dialect))].join('\n  AND ');
}

export function timeSql({ start, end }: Window): string {
  return `start_time >= ${timestamp(start)} AND start_time < ${timestamp(end)}`;
}

export function timestamp(instant: number): string {
  return `TIMESTAMP '${new Date(instant).toISOString().slice(0, -1).replace('T', ' ')}'`;
}

function conditionOf(scope: Scope, filter: Filter): string {
  if (filter.name !== 'q') return filterSql(filter);
  if (found.has(filter)) return `${filter.isNot ? 'NOT ' : ''}rowid IN (SELECT id FROM ${found.get(filter)})`;
  return scope.isMasked ? maskedSearch(filter) : filterSql(filter);
}

/** What every row fits that a regular expression of the search finds, and few others: quicker to see than whether it does. */
function quickly({ isMasked }: Scope, { values }: Filter): string[] {
  if (isMasked) return [];
  return values.flatMap(searchTerms).flatMap(({ kind, text }) => {
    const like = kind === 'regex' ? likeOfRegex(text) : null;
    return like === null ? [] : [`query_lower LIKE ${literal(like)}`];
  });
}

function maskedSearch(filter: Filter): string {
  const condition = filterSql({ ...filter, isNot: false }).replaceAll('query_lower', 'masked_lower');
  const matching = `fingerprint IN (SELECT fingerprint FROM patterns WHERE ${condition})`;
  return filter.isNot ? `NOT coalesce(${matching}, false)` : matching;
}

/** Filters whose matches stand in a table of the scratch database, by that table's name. */
const found = new WeakMap<Filter, string>();

/** Remembers searches of one generation of the cache, so that all panels of a page share one scan. */
export interface SearchMemory {
  /** Returns the scope with its text search done. */
  prepare(run: RunSql, scope: Scope): Promise<Scope>;
}

const REMEMBERED = 12;

export function createSearchMemory(): SearchMemory {
  const tables = new Map<string, Promise<string>>();
  let made = 0;
  const search = async (run: RunSql, scope: Scope, filter: Filter): Promise<string> => {
    made += 1;
    const table = `${SCRATCH}.${identifier(`search_${made}`)}`;
    try {
      await run(
        `CREATE TABLE ${table} AS SELECT rowid AS id FROM query_log
         WHERE ${[insideSql(scope), ...quickly(scope, filter), conditionOf(scope, { ...filter, isNot: false })].join(' AND ')}`,
      );
    } catch (error) {
      const hasRegex = filter.values.flatMap(searchTerms).some(({ kind }) => kind === 'regex');
      if (hasRegex && error instanceof Error && /Invalid Input/.test(error.message)) {
        throw new FilterError('the regular expression of the search cannot be used: see the syntax of RE2', {
          cause: error,
        });
      }
      throw error;
    }
    return table;
  };
  return {
    async prepare(run, scope) {
      const filters: Filter[] = [];
      for (const filter of scope.filters) {
        if (filter.name !== 'q') {
          filters.push(filter);
          continue;
        }
        const key = JSON.stringify([scope.window, scope.isMasked, filter.values]);
        const table = tables.get(key) ?? search(run, scope, filter);
        tables.delete(key);
        tables.set(key, table);
        const prepared = { ...filter };
        try {
          found.set(prepared, await table);
        } catch (error) {
          tables.delete(key);
          throw error;
        }
        filters.push(prepared);
      }
      await forgetOldest(run, tables);
      return { ...scope, filters };
    },
  };
}

async function forgetOldest(run: RunSql, tables: Map<string, Promise<string>>): Promise<void> {
  const [oldest] = tables;
  if (tables.size <= REMEMBERED || !oldest) return;
  tables.delete(oldest[0]);
  await run(`DROP TABLE IF EXISTS ${await oldest[1]}`);
}
