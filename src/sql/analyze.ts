import type { SqlAnalysis, SqlContext } from './analysis.js';
import { NO_TABLES } from './column-scope.js';
import { type ColumnsRead, columnsOf } from './columns.js';
import { type Findings, newFindings } from './findings.js';
import { fingerprintOf, type TextHash } from './fingerprint.js';
import { outerComments } from './outer-comments.js';
import { uniqueNames } from './sorted-names.js';
import { endsEarly } from './statement/ends-early.js';
import { readStatement } from './statement/statement.js';
import { resolveName, tableBehind } from './table-name.js';
import { type Tokens, tokenize } from './tokens.js';

/** Athena refuses longer query texts (aws-facts 2.3: Query 1..262144), so nothing longer can have run. */
export const MAX_QUERY_BYTES = 262_144;

const NONE: readonly string[] = [];
const NO_COLUMNS: ColumnsRead = { columns: NONE, whole: NO_TABLES, ambiguous: [] };

/**
 * Says what an Athena SQL text reads and writes, from the text alone: views, connectors and functions may touch more.
 * Always answers, whatever the text; takes time in proportion to its length, of which at most `MAX_QUERY_BYTES` of
 * UTF-8 are looked at.
 */
export function analyzeSql(text: string, context: SqlContext, sha1: TextHash): SqlAnalysis {
  const source = cutToBytes(text, MAX_QUERY_BYTES);
  const tokens = tokenize(source);
  const findings = newFindings();
  const kinds = readStatements(tokens, findings);
  const own = findings.relations.length === 0 ? NO_COLUMNS : columnsOf(tokens, findings, context);
  const immediate = findings.immediate.map((executed) => readImmediate(executed, findings, context));
  const { columns, whole, ambiguous } = immediate.length === 0 ? own : joinColumns([own, ...immediate]);
  const { leadingComments, trailingComments } = outerComments(tokens);
  const tables = resolveAll(findings.writes, context);
  const complete = tokens.isWhole && source.length === text.length && !findings.lacksRelation && !endsEarly(tokens);
  return {
    kind: kinds[0] ?? 'UNKNOWN',
    tablesRead: resolveAll(findings.reads, context),
    tablesWritten: findings.objects.length === 0 ? tables : uniqueNames([...tables, ...findings.objects]),
    columnsRead: columns,
    wholeTables: whole,
    ambiguousNames: ambiguous,
    metadataTables: resolveAll(withBehind(findings), context),
    locations: uniqueNames(findings.locations),
    fingerprint: fingerprintOf(tokens, sha1),
    leadingComments,
    trailingComments,
    statements: kinds.length,
    preparedName: findings.preparedName,
    executes: findings.executes,
    unread: unreadOf(kinds, findings, complete),
    complete,
  };
}

function unreadOf(kinds: readonly string[], findings: Findings, complete: boolean): string | null {
  if (kinds.length === 0 || kinds.includes('UNKNOWN')) return 'statement-not-known';
  if (!complete) return 'text-not-complete';
  return findings.unnamed;
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

/** Adds the tables that the text of EXECUTE IMMEDIATE names, and returns its columns; what it executes is not followed. */
function readImmediate(text: string, findings: Findings, context: SqlContext): ColumnsRead {
  const tokens = tokenize(text);
  const own = newFindings();
  readStatements(tokens, own);
  findings.reads.push(...own.reads);
  findings.writes.push(...own.writes);
  findings.metadata.push(...own.metadata);
  findings.objects.push(...own.objects);
  findings.locations.push(...own.locations);
  findings.executes ??= own.executes;
  findings.unnamed ??= own.unnamed;
  if (own.lacksRelation || endsEarly(tokens)) findings.lacksRelation = true;
  return columnsOf(tokens, own, context);
}

function joinColumns(all: readonly ColumnsRead[]): ColumnsRead {
  return {
    columns: uniqueNames(all.flatMap(({ columns }) => columns)),
    whole: new Set(all.flatMap(({ whole }) => [...whole])),
    ambiguous: all.flatMap(({ ambiguous }) => ambiguous),
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
  return names.length === 0 ? NONE : uniqueNames(names.map((parts) => resolveName(parts, context)));
}

/** Tables whose metadata was asked, and those whose partitions, files or snapshots were read. */
function withBehind({ metadata, reads }: Findings): readonly (readonly string[])[] {
  const behind: (readonly string[])[] = [];
  for (const parts of reads) {
    const table = tableBehind(parts);
    if (table !== null) behind.push(table);
  }
  return behind.length === 0 ? metadata : [...metadata, ...behind];
}
