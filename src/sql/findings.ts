import { type DottedName, readName } from './table-name.js';
import { isName, STRING, type Tokens } from './tokens.js';

/** What the statements of a text were found to name; names as parts, unresolved. */
export interface Findings {
  readonly reads: (readonly string[])[];
  readonly writes: (readonly string[])[];
  readonly metadata: (readonly string[])[];
  /** `s3://…` targets of UNLOAD and INSERT OVERWRITE DIRECTORY. */
  readonly objects: string[];
  readonly locations: string[];
  /** Names in from-clauses by the index of their first token; the columns of a query hang on them. */
  readonly relations: Map<number, Relation>;
  /** Texts of EXECUTE IMMEDIATE. */
  readonly immediate: string[];
  preparedName: string | null;
}

export interface Relation {
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
    relations: new Map(),
    immediate: [],
    preparedName: null,
  };
}

/** Reads `[INTO|OVERWRITE] [TABLE] name` or `OVERWRITE [LOCAL] DIRECTORY '…'` as written; returns the index after it. */
export function readInsertTarget(tokens: Tokens, start: number, findings: Findings): number | null {
  const { kinds, texts } = tokens;
  if (texts[start] !== 'into' && texts[start] !== 'overwrite') return null;
  let at = start + 1;
  if (texts[at] === 'local') at++;
  if (texts[at] === 'directory' && kinds[at + 1] === STRING) {
    findings.objects.push(stringValue(tokens, at + 1));
    return at + 2;
  }
  if (texts[at] === 'table' && isName(kinds[at + 1])) at++;
  const name = readName(tokens, at);
  add(findings.writes, name);
  return name?.next ?? at;
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
