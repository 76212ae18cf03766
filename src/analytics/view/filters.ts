import { literal } from '../cache/sql-text.js';
import { type Dialect, DUCKDB } from '../engine/dialect.js';

/**
 * A filter on the rows of `queries`. The same names serve the URL of the dashboard, its API and the command line:
 * `?person=a&person=b&-state=FAILED` is `--person a --person b --not state=FAILED`.
 */
export interface Filter {
  readonly name: FilterName;
  readonly values: readonly string[];
  /** Keeps what does not match. */
  readonly isNot: boolean;
}

/** Stands for "no value" in a filter: `person=(none)` finds the unresolved. */
export const NONE = '(none)';

interface FilterDefinition {
  readonly name: string;
  /** Column of a text, or of a list of which any element may match; several lists count as one. */
  readonly sql: string | readonly string[];
  readonly kind: 'text' | 'list' | 'column' | 'minimum' | 'maximum' | 'search';
  readonly meaning: string;
}

/** Every filter there is, in the order of the command line's help. */
export const FILTERS = [
  { name: 'person', sql: 'person', kind: 'text', meaning: 'the resolved person or workload' },
  { name: 'username', sql: 'username', kind: 'text', meaning: 'the user as CloudTrail recorded it' },
  { name: 'kind', sql: 'person_kind', kind: 'text', meaning: 'human, agent, workload, service, unknown' },
  { name: 'method', sql: 'identity_method', kind: 'text', meaning: 'how the person was found' },
  { name: 'confidence', sql: 'identity_confidence', kind: 'text', meaning: 'verified, asserted, claimed, none' },
  { name: 'team', sql: 'team', kind: 'text', meaning: 'team of the person' },
  { name: 'workgroup', sql: 'workgroup', kind: 'text', meaning: 'Athena workgroup' },
  { name: 'account', sql: 'account_id', kind: 'text', meaning: 'account in which the query ran' },
  { name: 'region', sql: 'region', kind: 'text', meaning: 'Region in which the query ran' },
  { name: 'database', sql: 'database', kind: 'text', meaning: 'database of the query context' },
  {
    name: 'table',
    sql: ['tables_read', 'base_tables_read', 'tables_written'],
    kind: 'list',
    meaning: 'a table read, directly or through views, or written',
  },
  {
    name: 'reads',
    sql: ['tables_read', 'base_tables_read'],
    kind: 'list',
    meaning: 'a table read, directly or through views',
  },
  {
    name: 'column',
    sql: 'columns_read',
    kind: 'column',
    meaning: 'a column read, directly or through views: database.table.column; queries that may have read it, too',
  },
  { name: 'writes', sql: 'tables_written', kind: 'list', meaning: 'a table written' },
  { name: 'type', sql: 'kind', kind: 'text', meaning: 'statement type: SELECT, INSERT, CREATE_TABLE_AS_SELECT, …' },
  { name: 'state', sql: 'state', kind: 'text', meaning: 'SUCCEEDED, FAILED, CANCELLED, REFUSED, …' },
  { name: 'error', sql: 'error_code', kind: 'text', meaning: 'error code of Athena, or of AWS for a refused attempt' },
  { name: 'client', sql: 'client', kind: 'text', meaning: 'the program: console, boto3, jdbc, …' },
  { name: 'app', sql: 'app', kind: 'text', meaning: 'the tool that the SQL comment names' },
  { name: 'role', sql: 'role_arn', kind: 'text', meaning: 'ARN of the role' },
  { name: 'ip', sql: 'source_ip', kind: 'text', meaning: 'source IP address or service' },
  { name: 'principal', sql: 'principal_type', kind: 'text', meaning: 'userIdentity.type of CloudTrail' },
  { name: 'status', sql: 'query_status', kind: 'text', meaning: 'what became of the SQL text' },
  { name: 'attribution', sql: 'attribution', kind: 'text', meaning: 'attributed, unattributed, conflict, refused' },
  { name: 'fingerprint', sql: 'fingerprint', kind: 'text', meaning: 'queries that differ in literals only' },
  { name: 'min-cost', sql: 'cost_usd', kind: 'minimum', meaning: 'US dollars, at least' },
  { name: 'max-cost', sql: 'cost_usd', kind: 'maximum', meaning: 'US dollars, at most' },
  { name: 'min-bytes', sql: 'data_scanned_bytes', kind: 'minimum', meaning: 'bytes scanned, at least (10GB, 1.5TB)' },
  { name: 'max-bytes', sql: 'data_scanned_bytes', kind: 'maximum', meaning: 'bytes scanned, at most' },
  { name: 'min-ms', sql: 'total_ms', kind: 'minimum', meaning: 'total time in milliseconds, at least' },
  { name: 'max-ms', sql: 'total_ms', kind: 'maximum', meaning: 'total time in milliseconds, at most' },
  {
    name: 'q',
    sql: 'query_lower',
    kind: 'search',
    meaning: 'words in the SQL text, all of them, in any case; "a phrase", or /a regular expression/',
  },
] as const satisfies readonly FilterDefinition[];

export type FilterName = (typeof FILTERS)[number]['name'];

/** A filter that cannot be used: the name or the value is wrong. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

const BY_NAME: ReadonlyMap<string, FilterDefinition & { readonly name: FilterName }> = new Map(
  FILTERS.map((filter) => [filter.name, filter]),
);

/**
 * Reads filters from name and value pairs (of a URL, or of flags). Names that are no filters are left to `other`; `min_cost` is
 * read as `min-cost`.
 * @throws FilterError for a value that cannot be used
 */
export function readFilters(pairs: Iterable<readonly [string, string]>, other: (name: string) => void): Filter[] {
  const groups = new Map<string, { name: FilterName; isNot: boolean; values: string[] }>();
  for (const [key, value] of pairs) {
    const isNot = key.startsWith('-');
    const definition = BY_NAME.get((isNot ? key.slice(1) : key).replace('_', '-'));
    if (!definition) {
      other(key);
      continue;
    }
    if (value === '') continue;
    checkValue(definition, value);
    const name = `${isNot ? '-' : ''}${definition.name}`;
    const group = groups.get(name) ?? { name: definition.name, isNot, values: [] };
    if (!group.values.includes(value)) group.values.push(value);
    groups.set(name, group);
  }
  return [...groups.values()];
}

/** The condition of a filter as SQL; values are quoted, so that the text can be run as it is and shown as it is. */
export function filterSql({ name, values, isNot }: Filter, dialect: Dialect = DUCKDB): string {
  const definition = definitionOf(name);
  const condition = conditionOf(definition, values, dialect);
  return isNot ? `NOT coalesce(${condition}, false)` : condition;
}

/** The words, phrases and regular expressions of a search text. */
export function searchTerms(text: string): { readonly kind: 'word' | 'regex'; readonly text: string }[] {
  const regex = /^\/(.+)\/$/s.exec(text.trim());
  if (regex?.[1]) return [{ kind: 'regex', text: regex[1] }];
  const terms = [...text.matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word]) => phrase ?? word ?? '');
  return terms.filter((term) => term !== '').map((term) => ({ kind: 'word', text: term }));
}

function definitionOf(name: FilterName): FilterDefinition {
  const definition = BY_NAME.get(name);
  if (!definition) throw new FilterError(`there is no filter ${name}`);
  return definition;
}

/** The SQL of what a filter looks at. */
export function columnSql(sql: FilterDefinition['sql'], dialect: Dialect = DUCKDB): string {
  return typeof sql === 'string' ? sql : dialect.joined(sql);
}

function conditionOf({ kind, sql }: FilterDefinition, values: readonly string[], dialect: Dialect): string {
  const column = columnSql(sql, dialect);
  const anyNamed = (condition: (column: string, value: string, dialect: Dialect) => string) => {
    const named = values.filter((value) => value !== NONE).map((value) => condition(column, value, dialect));
    return or(values.includes(NONE) ? [...named, dialect.isEmpty(column)] : named);
  };
  switch (kind) {
    case 'text':
      return anyOf(column, values, dialect);
    case 'list':
      return anyNamed(tableCondition);
    case 'column':
      return anyNamed(columnCondition);
    case 'minimum':
      return `${column} >= ${Math.max(...values.map(amount))}`;
    case 'maximum':
      return `${column} <= ${Math.min(...values.map(amount))}`;
    case 'search':
      return values.flatMap(searchTerms).map(termCondition(column, dialect)).join(' AND ') || 'true';
  }
}

function anyOf(sql: string, values: readonly string[], { fits }: Dialect): string {
  const texts = values.filter((value) => value !== NONE);
  const patterns = texts.filter((value) => value.includes('*'));
  const exact = texts.filter((value) => !value.includes('*')).map(literal);
  const conditions = patterns.map((pattern) => fits(sql, globRegex(pattern)));
  if (exact.length === 1) conditions.push(`${sql} = ${exact[0]}`);
  if (exact.length > 1) conditions.push(`${sql} IN (${exact.join(', ')})`);
  if (values.includes(NONE)) conditions.push(`${sql} IS NULL`);
  return or(conditions);
}

/** A table may be named in full, or without its catalog: `customers.pii`. */
function tableCondition(sql: string, value: string, { someHolds, fits, holds, endsWith }: Dialect): string {
  if (value.includes('*')) {
    const regex = `(?:[^.]+\\.)?${globRegex(value.toLowerCase())}`;
    return someHolds(sql, (table) => fits(table, regex));
  }
  const parts = value.startsWith('s3://') ? 3 : value.split('.').length;
  if (parts >= 3) return holds(sql, value.startsWith('s3://') ? value : value.toLowerCase());
  return someHolds(sql, (table) => endsWith(table, `.${value.toLowerCase()}`));
}

/**
 * A column may be named with its table, its database, its catalog, or alone. `table.*` may have read any of the table; alone it
 * says nothing of a column.
 */
function columnCondition(sql: string, value: string, { someHolds, fits }: Dialect): string {
  const name = value.toLowerCase();
  const pattern = name.includes('*') ? globRegex(name) : escapeRegex(name);
  const table = name.lastIndexOf('.');
  const anyOfTable = table < 0 ? [] : [`${globRegex(name.slice(0, table))}\\.\\*`];
  const regex = `(?:.+\\.)?(?:${[pattern, ...anyOfTable].join('|')})`;
  return someHolds(sql, (column) => fits(`replace(${column}, '.~', '.')`, regex));
}

function termCondition(
  sql: string,
  { hasMatch, hasText }: Dialect,
): (term: { readonly kind: 'word' | 'regex'; readonly text: string }) => string {
  return ({ kind, text }) => (kind === 'regex' ? hasMatch(sql, text) : hasText(sql, `lower(${literal(text)})`));
}

function globRegex(pattern: string): string {
  return escapeRegex(pattern).replaceAll('*', '.*');
}

/** Leaves `*` alone. */
function escapeRegex(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}

function or(conditions: readonly string[]): string {
  return conditions.length === 1 ? (conditions[0] ?? 'true') : `(${conditions.join(' OR ')})`;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** The number of a checked value. */
function amount(text: string): number {
  return parsedAmount(text) ?? Number.NaN;
}

/** A number, with a unit of bytes or without; null for anything else. */
export function parsedAmount(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const unit = UNITS[(match?.[2] ?? '?').toUpperCase()];
  return match && unit !== undefined ? Number(match[1]) * unit : null;
}

function checkValue({ name, kind }: FilterDefinition, value: string): void {
  if (value.length > 4000) throw new FilterError(`the value of ${name} is longer than 4000 characters`);
  if (kind !== 'minimum' && kind !== 'maximum') return;
  if (parsedAmount(value) === null)
    throw new FilterError(
      `${name}: ${JSON.stringify(value)} is no amount: write a number, with a unit for bytes (10GB, 512MiB)`,
    );
}
