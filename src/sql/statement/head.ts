import { add, type Findings } from '../findings.js';
import { readName } from '../table-name.js';
import { KEYWORD, type Tokens, WORD } from '../tokens.js';
import { scanQuery } from './query.js';
import type { QueryShape } from './query-scan.js';

export interface Statement {
  readonly kind: string;
  /** Index of the `;` after it, or the number of tokens. */
  readonly end: number;
}

/** A statement whose first word is to be read. */
export interface Head {
  readonly tokens: Tokens;
  readonly findings: Findings;
  /** Index of its first token. */
  readonly at: number;
}

/** Scans the rest, from the token on, as a query or whatever holds one. */
export function query({ tokens, findings }: Head, kind: string, shape: QueryShape, from: number): Statement {
  return { kind, end: scanQuery(tokens, from, shape, findings).end };
}

/** For what reads like no statement: `FROM t` in it still names a table. */
export function unknown(head: Head): Statement {
  return query(head, 'UNKNOWN', 'query', head.at);
}

/** Ends the statement without looking at the rest. */
export function done({ tokens: { kinds, texts } }: Head, kind: string, from: number): Statement {
  let end = from;
  while (end < kinds.length && texts[end] !== ';') end++;
  return { kind, end };
}

/** Takes the name at the token as one that is written; returns the index after it. */
export function target({ tokens, findings }: Head, from: number): number {
  const name = readName(tokens, skipIfExists(tokens, from));
  add(findings.writes, name);
  return name?.next ?? from;
}

/** Takes the name at the token as one that is read; returns the index after it. */
export function source({ tokens, findings }: Head, from: number): number {
  const name = readName(tokens, from);
  add(findings.reads, name);
  return name?.next ?? from;
}

/** Takes the name at the token as one whose metadata is looked at. */
export function metadata({ tokens, findings }: Head, from: number): void {
  add(findings.metadata, readName(tokens, from));
}

/** The index after those of the words that stand at the token, in their order; each may be left out. */
export function skip({ kinds, texts }: Tokens, from: number, ...words: readonly string[]): number {
  let next = from;
  for (const word of words) {
    if (texts[next] === word && (kinds[next] === KEYWORD || kinds[next] === WORD)) next++;
  }
  return next;
}

function skipIfExists(tokens: Tokens, from: number): number {
  const { texts } = tokens;
  if (texts[from] !== 'if' || (texts[from + 1] !== 'not' && texts[from + 1] !== 'exists')) return from;
  return skip(tokens, from + 1, 'not', 'exists');
}
