import { literal } from '../cache/sql-text.js';
import { columnSql, FILTERS, type FilterName, NONE } from './filters.js';
import type { RunSql, Scope } from './scope.js';

/** A value of a filter that no row at all has, and values that rows do have, the most alike first. */
export interface Unmatched {
  readonly name: FilterName;
  readonly value: string;
  readonly existing: readonly string[];
}

const SUGGESTED = 5;

/**
 * Looks for filter values that are nowhere in what is collected, whatever the time: a name that is spelled wrongly, or a table
 * that nobody touched. Patterns, amounts and searches are not looked at.
 */
export async function unmatchedValues(run: RunSql, { filters }: Scope): Promise<Unmatched[]> {
  const found: Unmatched[] = [];
  for (const { name, values, isNot } of filters) {
    const definition = FILTERS.find((filter) => filter.name === name);
    if (isNot || !definition || (definition.kind !== 'text' && definition.kind !== 'list')) continue;
    const { kind } = definition;
    const sql = columnSql(definition.sql);
    for (const value of values.filter((one) => one !== NONE && !one.includes('*'))) {
      const all = kind === 'list' ? `unnest(${sql})` : sql;
      const same =
        kind === 'list'
          ? `value = ${literal(value)} OR ends_with(value, ${literal(`.${value.toLowerCase()}`)})`
          : `value = ${literal(value)}`;
      const alike = `jaro_winkler_similarity(regexp_replace(lower(value), '^awsdatacatalog[.]', ''), ${literal(value.toLowerCase())}) + CASE WHEN contains(lower(value), ${literal(value.toLowerCase())}) THEN 1 ELSE 0 END`;
      const rows = await run<{ value: string; hit: boolean }>(
        `SELECT value, (${same}) AS hit FROM (SELECT DISTINCT ${all} AS value FROM query_log) WHERE value IS NOT NULL
         ORDER BY hit DESC, ${alike} DESC, value LIMIT ${SUGGESTED}`,
      );
      if (rows[0]?.hit !== true) found.push({ name, value, existing: rows.map((row) => row.value) });
    }
  }
  return found;
}

/** `no row has workgroup primry; there are primary, bi`: what a user can do with it. */
export function unmatchedText({ name, value, existing }: Unmatched): string {
  const rest = existing.length === 0 ? 'no row has any' : `there are ${existing.map(shortTable).join(', ')}`;
  return `no row has ${name} ${value}: ${rest}`;
}

function shortTable(name: string): string {
  return name.replace(/^awsdatacatalog\./, '');
}
