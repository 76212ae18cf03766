import { cteBody, endOfRoutines } from './common-tables.js';
import { add, addLocation, type Findings, readChangedTarget, readInsertTarget, stringValue } from './findings.js';
import { type Frame, newFrame } from './frame.js';
import { readName } from './table-name.js';
import { isName, KEYWORD, MARK, NUMBER, nameAt, QUOTED, STRING, type Tokens } from './tokens.js';

export type QueryShape = 'query' | 'update' | 'merge' | 'unload' | 'ddl';

export interface Scan {
  /** Index of the `;` that ends the statement, or the number of tokens. */
  readonly end: number;
  readonly hasQuery: boolean;
  /** The writing statement that was met after common tables or after a leading FROM. */
  readonly verb: 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE' | null;
}

/** Keywords that mean what they say even where a relation is expected. */
const NEVER_A_RELATION = new Set(
  (
    'as cross except from full group having inner intersect join lateral left natural not on order right ' +
    'select table union unnest using values when where with'
  ).split(' '),
);
/** What may stand before the query `TABLE name`. */
const BEFORE_TABLE_QUERY = new Set(['(', ')', 'union', 'intersect', 'except', 'all', 'distinct', 'as']);
const QUERY_STARTS = new Set(['select', 'with', 'values', 'table', 'from']);

/**
 * Scans a statement after its head, one step a token, with one frame for each open parenthesis: no recursion and no
 * going back. Adds what it finds.
 */
export function scanQuery(tokens: Tokens, start: number, begunAs: QueryShape, findings: Findings): Scan {
  const { kinds, texts } = tokens;
  const count = kinds.length;
  const outer: Frame[] = [];
  /** How many open frames make the name a common table expression. */
  const visible = new Map<string, number>();
  let frame = newFrame();
  let shape = begunAs;
  let verb: Scan['verb'] = null;
  let hasQuery = false;
  let usingSeen = false;
  let at = start;

  while (at < count) {
    const kind = kinds[at];
    const text = texts[at];
    if (kind === MARK) {
      if (text === ';') break;
      if (text === '(') openFrame(null);
      else if (text === ')') closeFrame();
      else if (text === ',') {
        if (frame.inFrom && !frame.lateralView && frame.brackets === 0) frame.expectsRelation = true;
      } else if (text === '.' && isName(kinds[at + 1])) at++;
      else {
        frame.expectsRelation = false;
        if (text === '[') frame.brackets++;
        else if (text === ']') frame.brackets--;
      }
    } else if (frame.expectsRelation && isName(kind) && !(kind === KEYWORD && isClause(text ?? ''))) {
      relation();
      continue;
    } else if (kind === KEYWORD) keyword(text ?? '');
    else if (shape === 'ddl' && (kind === STRING || kind === QUOTED)) addLocation(tokens, at, findings);
    // A string, a parameter or `%s` stands where a relation should.
    else frame.expectsRelation = false;
    at++;
  }
  return { end: at, hasQuery, verb };

  function keyword(text: string): void {
    switch (text) {
      case 'select':
        hasQuery = true;
        startQuery();
        frame.select = true;
        break;
      case 'from':
        if (frame.fromSeen || !mayStartFrom()) break;
        frame.fromSeen = true;
        frame.inFrom = true;
        frame.expectsRelation = true;
        break;
      case 'join':
        // Reserved, so it goes on with the from-clause even after a column that is called `offset`.
        if (!frame.inFrom && !frame.fromSeen) break;
        frame.inFrom = true;
        frame.expectsRelation = true;
        break;
      case 'group':
        if (texts[at - 1] !== 'within') endFrom();
        break;
      case 'where':
      case 'having':
      case 'order':
      case 'by':
        endFrom();
        break;
      case 'window':
      case 'qualify':
      case 'limit':
      case 'offset':
      case 'fetch':
      case 'set':
        // Not reserved, so it may be the alias in `FROM a offset, b` or `FROM a offset (x), b`.
        if (texts[at + 1] !== ',' && texts[at + 1] !== '(') endFrom();
        break;
      case 'when':
        if (shape === 'merge' && outer.length === 0) endFrom();
        break;
      case 'except':
        // `SELECT * EXCEPT (a)` leaves columns out.
        if (texts[at - 1] === '*' && texts[at + 1] === '(') break;
        startQuery();
        break;
      case 'union':
      case 'intersect':
        startQuery();
        break;
      case 'values':
        hasQuery = true;
        endFrom();
        break;
      case 'unnest':
        frame.expectsRelation = false;
        break;
      case 'lateral':
        if (texts[at + 1] === 'view') frame.lateralView = true;
        break;
      case 'with':
        commonTables();
        break;
      case 'table':
        tableKeyword();
        break;
      case 'as':
        // A word that is no reserved one may be an alias: `x AS location`.
        if (kinds[at + 1] === KEYWORD && !QUERY_STARTS.has(texts[at + 1] ?? '')) at++;
        break;
      case 'using':
        if (shape !== 'merge' || outer.length > 0 || usingSeen) break;
        usingSeen = true;
        frame.inFrom = true;
        frame.expectsRelation = true;
        break;
      case 'insert':
        if (outer.length === 0 && shape === 'query') insertTarget();
        break;
      case 'update':
      case 'delete':
      case 'merge':
        // Other dialects put their common tables before it.
        if (outer.length === 0 && shape === 'query' && frame.ctes !== null && texts[at - 1] === ')')
          changedTarget(text);
        break;
      case 'like':
        if (shape === 'ddl' && !hasQuery && (texts[at - 1] === '(' || texts[at - 1] === ',' || at === start)) {
          add(findings.reads, readName(tokens, at + 1));
        }
        break;
      case 'rename':
        if (shape === 'ddl' && outer.length === 0 && texts[at + 1] === 'to' && texts[at + 2] !== 'partition') {
          add(findings.writes, readName(tokens, at + 2));
        }
        break;
      case 'to':
        if (shape === 'unload' && outer.length === 0 && kinds[at + 1] === STRING) {
          findings.objects.push(stringValue(tokens, at + 1));
        }
        break;
    }
  }

  /** FROM belongs to a SELECT or to IS DISTINCT; Hive may begin with it, and UPDATE of other dialects has its own. */
  function mayStartFrom(): boolean {
    if (texts[at - 1] === 'distinct' && (texts[at - 2] === 'is' || texts[at - 2] === 'not')) return false;
    return frame.select || at === start || (shape === 'update' && outer.length === 0);
  }

  /** `FROM LIMIT 5` lacks its table. */
  function isClause(text: string): boolean {
    return NEVER_A_RELATION.has(text) || (text === 'limit' && (kinds[at + 1] ?? 0) >= NUMBER);
  }

  function relation(): void {
    const first = at;
    const name = readName(tokens, at);
    if (name === null) return;
    at = name.next;
    frame.expectsRelation = false;
    // A name before a parenthesis is a table function.
    if (texts[at] === '(') return;
    const isCte = name.parts.length === 1 && (visible.get(name.parts[0] ?? '') ?? 0) > 0;
    findings.relations.set(first, { parts: isCte ? null : name.parts, next: name.next });
    if (!isCte) add(findings.reads, name);
  }

  function tableKeyword(): void {
    if (texts[at + 1] === '(') {
      // TABLE(name) hands a table to a function; TABLE(f(…)) is a function's result.
      frame.expectsRelation = true;
      return;
    }
    frame.expectsRelation = false;
    const before = texts[at - 1] ?? '';
    // `EXCHANGE PARTITION (…) WITH TABLE name` is DDL of Hive.
    if (at !== start && !BEFORE_TABLE_QUERY.has(before) && (shape !== 'ddl' || before !== 'with')) return;
    if (!isName(kinds[at + 1])) return;
    hasQuery = true;
    at++;
    relation();
    at--;
  }

  function insertTarget(): void {
    const target = readInsertTarget(tokens, at + 1, findings);
    if (target === null) return;
    verb = 'INSERT';
    at = target - 1;
  }

  function changedTarget(word: 'update' | 'delete' | 'merge'): void {
    if (word !== 'delete') shape = word;
    verb = word === 'update' ? 'UPDATE' : word === 'merge' ? 'MERGE' : 'DELETE';
    const isPreposition = texts[at + 1] === 'from' || texts[at + 1] === 'into';
    at = readChangedTarget(tokens, isPreposition ? at + 2 : at + 1, findings) - 1;
  }

  /** `WITH [RECURSIVE] name [(columns)] AS (`; `WITH (…)`, WITH ORDINALITY, WITH TIES and the rest do not read like it. */
  function commonTables(): void {
    if (texts[at + 1] === 'function' && isName(kinds[at + 2]) && texts[at + 2] !== 'as') {
      at = endOfRoutines(tokens, at + 3) - 1;
      return;
    }
    frame.recursive = false;
    if (texts[at + 1] === 'recursive' && cteBody(tokens, at + 2) !== -1) {
      frame.recursive = true;
      at++;
    }
    openCte(at + 1);
  }

  /** Goes on inside the parentheses of the common table that begins at the token, if one does. */
  function openCte(first: number): void {
    const body = cteBody(tokens, first);
    if (body === -1) return;
    startQuery();
    const name = nameAt(tokens, first);
    at = body;
    if (frame.recursive) {
      declare(name);
      openFrame(null);
    } else openFrame(name);
  }

  function openFrame(cteName: string | null): void {
    const inner = newFrame();
    inner.cteName = cteName;
    if (frame.expectsRelation && cteName === null) {
      frame.expectsRelation = false;
      inner.expectsRelation = true;
      inner.inFrom = true;
      inner.fromSeen = true;
    }
    outer.push(frame);
    frame = inner;
  }

  function closeFrame(): void {
    const parent = outer.pop();
    if (parent === undefined) return;
    for (const name of frame.ctes ?? []) visible.set(name, (visible.get(name) ?? 1) - 1);
    const { cteName } = frame;
    frame = parent;
    if (cteName !== null) declare(cteName);
    // Only a common table can stand between a closed parenthesis and `, name AS (`.
    if (frame.ctes !== null && texts[at + 1] === ',' && !frame.select) openCte(at + 2);
  }

  function declare(name: string): void {
    frame.ctes ??= [];
    frame.ctes.push(name);
    visible.set(name, (visible.get(name) ?? 0) + 1);
  }

  function startQuery(): void {
    frame.select = false;
    frame.fromSeen = false;
    frame.brackets = 0;
    endFrom();
  }

  function endFrom(): void {
    frame.inFrom = false;
    frame.expectsRelation = false;
    frame.lateralView = false;
  }
}
