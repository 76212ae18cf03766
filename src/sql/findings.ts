import { type DottedName, readName } from './table-name.js';
import { isName, KEYWORD, QUOTED, STRING, type Tokens } from './tokens.js';

/** What the statements of a text were found to name; names as parts, unresolved. */
export interface Findings {
  readonly reads: (readonly string[])[];
  readonly writes: (readonly string[])[];
  readonly metadata: (readonly string[])[];
  /** `s3://…` targets of UNLOAD and INSERT OVERWRITE DIRECTORY. */
  readonly objects: string[];
  readonly locations: string[];
  /** Names in from-clauses, from left to right; the columns of a query hang on them. */
  readonly relations: Relation[];
  /** Texts of EXECUTE IMMEDIATE. */
  readonly immediate: string[];
  preparedName: string | null;
  /** The prepared statement that is run. */
  executes: string | null;
  /** What touches tables that the text does not name; null where nothing does. */
  unnamed: Unnamed | null;
  /** FROM, JOIN or a comma between relations has none behind it: the text was cut, or its place was not filled. */
  lacksRelation: boolean;
}

/**
 * `table-function`: one stands where a table may, and is none that makes its rows of its arguments alone: a connector may read
 * anything. `procedure`: CALL runs one. `cascade`: a database is dropped with whatever tables it has.
 */
export type Unnamed = 'table-function' | 'procedure' | 'cascade';

export interface Relation {
  /** Index of its first token. */
  readonly first: number;
  /** Null for the name of a common table expression. */
  readonly parts: readonly string[] | null;
  readonly next: number;
}

export function newFindings(): Findings {
  return {
    reads: [],
    writes: [],
    metadata: [],
    objects: [],
    locations: [],
    relations: [],
    immediate: [],
    preparedName: null,
    executes: null,
    unnamed: null,
    lacksRelation: false,
  };
}

const AFTER_BARE_TARGET = new Set(['select', 'values', 'with', 'table', '(']);

/**
 * Reads `[INTO|OVERWRITE] [TABLE] name` or `OVERWRITE [LOCAL] DIRECTORY '…'` as written; returns the index after it.
 * Some dialects leave INTO out, which is believed where the rest reads like an INSERT.
 */
export function readInsertTarget(tokens: Tokens, start: number, findings: Findings): number | null {
  const { kinds, texts } = tokens;
  if (texts[start] !== 'into' && texts[start] !== 'overwrite') {
    const bare = kinds[start] === KEYWORD ? null : readName(tokens, start);
    if (bare === null || !AFTER_BARE_TARGET.has(texts[bare.next] ?? '')) return null;
    add(findings.writes, bare);
    return bare.next;
  }
  let at = start + 1;
  if (texts[at] === 'local' && texts[at + 1] === 'directory') at++;
  if (texts[at] === 'directory' && (kinds[at + 1] === STRING || kinds[at + 1] === QUOTED)) {
    const path = stringValue(tokens, at + 1);
    if (path.includes('/')) findings.objects.push(path);
    return at + 2;
  }
  if (texts[at] === 'table' && isName(kinds[at + 1])) at++;
  const name = readName(tokens, at);
  add(findings.writes, name);
  return name?.next ?? at;
}

/** Reads the target of UPDATE, DELETE and MERGE, whose columns the statement goes on to use; returns the index after it. */
export function readChangedTarget(tokens: Tokens, from: number, findings: Findings): number {
  const name = readName(tokens, from);
  if (name === null || name.parts.length === 0) return name?.next ?? from;
  findings.writes.push(name.parts);
  findings.relations.push({ first: from, parts: name.parts, next: name.next });
  return name.next;
}

/** Adds the string at the token when DDL names it as a place: LOCATION '…', `external_location = '…'`. */
export function addLocation(tokens: Tokens, at: number, findings: Findings): void {
  const { texts } = tokens;
  const before = texts[texts[at - 1] === '=' ? at - 2 : at - 1];
  if (before !== 'location' && before !== 'external_location') return;
  const value = stringValue(tokens, at);
  if (value.includes('/')) findings.locations.push(value);
}

/** Adds a name that was read in full; unfilled templates name nothing. */
export function add(names: (readonly string[])[], name: DottedName | null): void {
  if (name !== null && name.parts.length > 0) names.push(name.parts);
}

/** The value of a string token, or of a name quoted like one. */
export function stringValue(tokens: Tokens, at: number): string {
  const { source, starts, ends } = tokens;
  const start = starts[at] ?? 0;
  const quote = source[start] ?? "'";
  return source.slice(start + 1, (ends[at] ?? start + 1) - 1).replaceAll(quote + quote, quote);
}
