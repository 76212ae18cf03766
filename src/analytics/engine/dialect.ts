import { literal } from '../cache/sql-text.js';

/**
 * How an engine says in SQL what filters and groups ask for. Lists are SQL texts of lists of text, conditions on an element are made
 * from the name that stands for it; regular expressions are of RE2, without flags.
 */
export interface Dialect {
  /** The lists as one; one that is null is empty. */
  readonly joined: (lists: readonly string[]) => string;
  readonly isEmpty: (list: string) => string;
  readonly holds: (list: string, value: string) => string;
  readonly someHolds: (list: string, condition: (element: string) => string) => string;
  /** The whole text matches. */
  readonly fits: (text: string, regex: string) => string;
  /** A part of the text matches, in any case; `.` also matches the end of a line. */
  readonly hasMatch: (text: string, regex: string) => string;
  readonly hasText: (text: string, part: string) => string;
  readonly endsWith: (text: string, end: string) => string;
}

/** DuckDB, over the cache. */
export const DUCKDB: Dialect = {
  joined: (lists) => `list_concat(${lists.map((list) => `coalesce(${list}, [])`).join(', ')})`,
  isEmpty: (list) => `len(coalesce(${list}, [])) = 0`,
  holds: (list, value) => `list_contains(${list}, ${literal(value)})`,
  someHolds: (list, condition) => `len(list_filter(${list}, lambda t: ${condition('t')})) > 0`,
  fits: (text, regex) => `regexp_full_match(${text}, ${literal(regex)})`,
  hasMatch: (text, regex) => `regexp_matches(${text}, ${literal(regex)}, 'is')`,
  hasText: (text, part) => `contains(${text}, ${part})`,
  endsWith: (text, end) => `ends_with(${text}, ${literal(end)})`,
};

/** Athena, over the deployed table: functions of Trino (athena user guide, "functions-env3"). */
export const ATHENA: Dialect = {
  joined: (lists) => lists.map((list) => `coalesce(${list}, ARRAY[])`).join(' || '),
  isEmpty: (list) => `cardinality(coalesce(${list}, ARRAY[])) = 0`,
  holds: (list, value) => `contains(${list}, ${literal(value)})`,
  someHolds: (list, condition) => `cardinality(filter(${list}, t -> ${condition('t')})) > 0`,
  // `$` would also stand before a last line break.
  fits: (text, regex) => `regexp_like(${text}, ${literal(`\\A(?:${regex})\\z`)})`,
  hasMatch: (text, regex) => `regexp_like(${text}, ${literal(`(?is)${regex}`)})`,
  hasText: (text, part) => `strpos(${text}, ${part}) > 0`,
  endsWith: (text, end) => `substr(${text}, -${[...end].length}) = ${literal(end)}`,
};
