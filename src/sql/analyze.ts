import type { SqlAnalysis, SqlContext } from './analysis.js';
import { fingerprintOf } from './fingerprint.js';
import type { Findings } from './query.js';
import { readStatement } from './statement.js';
import { resolveName, tableBehind } from './table-name.js';
import { TEMPLATE, type Tokens, tokenize } from './tokens.js';

/** Athena refuses longer query texts (fact sheet 2.3: Query 1..262144), so nothing longer can have run. */
export const MAX_QUERY_BYTES = 262_144;

/**
 * Says what an Athena SQL text reads and writes, from the text alone: views, connectors and functions may touch more.
 * Always answers, whatever the text; takes time in proportion to its length, of which at most `MAX_QUERY_BYTES` of
 * UTF-8 are looked at.
 */
export function analyzeSql(text: string, context: SqlContext): SqlAnalysis {
  const source = cutToBytes(text, MAX_QUERY_BYTES);
  const tokens = tokenize(source);
  const findings = newFindings();
  const kinds = readStatements(tokens, findings);
  const inner = [...findings.immediate];
  const prepared = kinds.includes('EXECUTE') ? context.prepared?.get(findings.preparedName ?? '') : undefined;
  if (prepared !== undefined) inner.push(cutToBytes(prepared, MAX_QUERY_BYTES));
  for (const each of inner) readStatements(tokenize(each), findings);
  const isWhole = source.length === text.length && tokens.closed && !tokens.kinds.includes(TEMPLATE);
  return {
    kind: kinds[0] ?? 'UNKNOWN',
    tablesRead: resolveAll(findings.reads, context),
    tablesWritten: sorted([...resolveAll(findings.writes, context), ...findings.objects]),
    metadataTables: resolveAll([...findings.metadata, ...behind(findings.reads)], context),
    locations: sorted(findings.locations),
    fingerprint: fingerprintOf(tokens),
    ...outerComments(tokens),
    statements: kinds.length,
    preparedName: findings.preparedName,
    complete: isWhole,
  };
}

/** Splits a text at the `;` between its statements; comments stay with the statement that follows them. */
export function splitStatements(text: string): readonly string[] {
  const tokens = tokenize(text);
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < tokens.kinds.length; at++) {
    if (tokens.texts[at] !== ';') {
      at = readStatement(tokens, at, newFindings()).end;
      pieces.push(text.slice(from, tokens.starts[at] ?? text.length).trim());
    }
    from = tokens.ends[at] ?? text.length;
  }
  return pieces;
}

/** Reads every statement; returns their kinds in order. */
export function readStatements(tokens: Tokens, findings: Findings): readonly string[] {
  const kinds: string[] = [];
  for (let at = 0; at < tokens.kinds.length; at++) {
    if (tokens.texts[at] === ';') continue;
    const { kind, end } = readStatement(tokens, at, findings);
    kinds.push(kind);
    at = end;
  }
  return kinds;
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

/** Cuts at a whole character so that at most `limit` bytes of UTF-8 remain. */
function cutToBytes(text: string, limit: number): string {
  if (text.length * 3 <= limit) return text;
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isPair = code >= 0xd800 && code < 0xdc00 && at + 1 < text.length;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : isPair ? 4 : 3;
    if (bytes > limit) return text.slice(0, at);
    if (isPair) at++;
  }
  return text;
}

function resolveAll(names: readonly (readonly string[])[], context: SqlContext): readonly string[] {
  return sorted(names.map((parts) => resolveName(parts, context)));
}

function behind(names: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return names.map(tableBehind).filter((parts) => parts !== null);
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

/** A last `;` belongs to neither side: tools append their comment before it or after it. */
function outerComments(tokens: Tokens): Pick<SqlAnalysis, 'leadingComments' | 'trailingComments'> {
  const { texts, comments, source } = tokens;
  let first = 0;
  let last = texts.length;
  while (first < last && texts[first] === ';') first++;
  while (last > first && texts[last - 1] === ';') last--;
  const raw = ({ start, end }: { start: number; end: number }): string => source.slice(start, end);
  return {
    leadingComments: comments.filter(({ before }) => before <= first).map(raw),
    trailingComments: comments.filter(({ before }) => before >= last && before > first).map(raw),
  };
}
