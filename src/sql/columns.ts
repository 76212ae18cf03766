import type { SqlContext } from './analysis.js';
import {
  addName,
  addQualified,
  addTable,
  finish,
  newScope,
  newUses,
  noteAny,
  printUses,
  type Scope,
  type Uses,
} from './column-scope.js';
import { aliasAt, behindPeriod, isSyntax, namesWindow } from './column-syntax.js';
import type { Findings, Relation } from './findings.js';
import { readName, resolveName } from './table-name.js';
import { isName, KEYWORD, MARK, nameAt, QUOTED, TEMPLATE, type Tokens, WORD } from './tokens.js';

/** The columns that a text reads, and what those of a table are needed for. */
export interface ColumnsRead extends Pick<Uses, 'whole' | 'ambiguous'> {
  readonly columns: readonly string[];
}

interface Frame {
  readonly outerScope: Scope;
  /** Index of the `)` that closes it when CAST opened it, so that types are not read as columns; else -1. */
  readonly castEnd: number;
  hasSelect: boolean;
  inFrom: boolean;
  inOrder: boolean;
  inSet: boolean;
}

interface Walk {
  readonly tokens: Tokens;
  readonly findings: Findings;
  readonly context: SqlContext;
  readonly frames: Frame[];
  readonly uses: Uses;
  scope: Scope;
  frame: Frame;
}

const FROM_ENDS = new Set('where group having window order limit offset fetch union intersect except set'.split(' '));
const ORDER_ENDS = new Set('limit offset fetch union intersect except'.split(' '));
const BEFORE_STAR = new Set(['select', 'distinct', 'all', ',']);
/**
 * Lists the columns that a text reads, as far as the text alone tells: `table.column` qualified by a table of its query,
 * `table.~column` where the query has that one table only, and `table.*` where every column may be meant: a star, or an
 * unqualified name that one of several tables must own. Sorted, unique.
 */
export function columnsOf(tokens: Tokens, findings: Findings, context: SqlContext): ColumnsRead {
  const root = newScope(null);
  const walk: Walk = { tokens, findings, context, frames: [], uses: newUses(), scope: root, frame: newFrame(root, -1) };
  const { kinds, texts } = tokens;
  // They were found from left to right, as they are met here; what was jumped over is passed by.
  const { relations } = findings;
  let next = 0;
  for (let at = 0; at < kinds.length; at++) {
    const kind = kinds[at];
    while (next < relations.length && (relations[next]?.first ?? at) < at) next++;
    const relation = relations[next];
    if (relation?.first === at) at = addRelation(walk, relation) - 1;
    else if (kind === MARK) at = mark(walk, texts[at] ?? '', at);
    else if (kind === KEYWORD) at = keyword(walk, texts[at] ?? '', at);
    else if (isName(kind)) at = column(walk, at) - 1;
  }
  endStatement(walk);
  const { uses } = walk;
  return { columns: printUses(uses), whole: uses.whole, ambiguous: uses.ambiguous };
}

function mark(walk: Walk, text: string, at: number): number {
  const { tokens, frames, scope, frame } = walk;
  const { kinds, texts, partners } = tokens;
  switch (text) {
    case '(': {
      const end = partners.get(at) ?? -1;
      // `(x, y) -> …` names the parameters of a lambda.
      if (end !== -1 && texts[end + 1] === '-' && texts[end + 2] === '>') return giveNames(walk, at, end);
      frames.push(frame);
      const isCast = end !== -1 && (texts[at - 1] === 'cast' || texts[at - 1] === 'try_cast');
      walk.frame = newFrame(scope, isCast ? end : -1);
      return at;
    }
    case ')':
      return closeFrame(walk, at);
    case ';':
      endStatement(walk);
      return at;
    case '*':
      if (frame.hasSelect && !frame.inFrom && kinds[at - 1] !== QUOTED && BEFORE_STAR.has(texts[at - 1] ?? ''))
        addName(scope, 'stars', '');
      return at;
    default:
      return at;
  }
}

/** Returns the index to go on behind. */
function keyword(walk: Walk, text: string, at: number): number {
  const { tokens, frame } = walk;
  const { texts, partners, kinds } = tokens;
  if (text === 'as' && frame.castEnd > at) return frame.castEnd - 1;
  if (text === 'select') openQuery(walk);
  else if (text === 'from') frame.inFrom ||= frame.hasSelect && texts[at - 1] !== 'distinct';
  else if (text === 'using' && frame.inFrom && texts[at + 1] === '(' && kinds[at + 1] === MARK) {
    const end = partners.get(at + 1) ?? at + 1;
    for (let next = at + 2; next < end; next++)
      if (isName(kinds[next])) addName(walk.scope, 'shared', nameAt(tokens, next));
    return end;
  } else if (text === 'insert' && !frame.hasSelect && texts[at + 1] === '(') return partners.get(at + 1) ?? at;
  else if (FROM_ENDS.has(text)) {
    frame.inFrom = false;
    frame.inSet = text === 'set';
    if (text === 'order') frame.inOrder = frame.hasSelect;
    else if (ORDER_ENDS.has(text)) frame.inOrder = false;
  }
  return at;
}

function openQuery(walk: Walk): void {
  const { frame } = walk;
  if (frame.hasSelect) finish(walk.uses, walk.scope);
  walk.scope = newScope(frame.outerScope);
  frame.hasSelect = true;
  frame.inFrom = false;
  frame.inOrder = false;
}

function endStatement(walk: Walk): void {
  while (walk.frames.length > 0) closeFrame(walk, -1);
  if (walk.frame.hasSelect) finish(walk.uses, walk.scope);
  finish(walk.uses, walk.frame.outerScope);
  walk.scope = newScope(null);
  walk.frame = newFrame(walk.scope, -1);
}

/** Leaves a parenthesis; what is named after it in a from-clause is a subquery or UNNEST, no table. */
function closeFrame(walk: Walk, at: number): number {
  const outer = walk.frames.pop();
  if (outer === undefined) return at;
  if (walk.frame.hasSelect) finish(walk.uses, walk.scope);
  walk.scope = walk.frame.outerScope;
  walk.frame = outer;
  if (at === -1 || !outer.inFrom) return at;
  const { texts } = walk.tokens;
  const alias = aliasAt(walk.tokens, texts[at + 1] === 'with' && texts[at + 2] === 'ordinality' ? at + 3 : at + 1);
  if (alias === null) return at;
  addTable(walk.scope, alias.name, null);
  const list = columnList(walk, alias.at + 1);
  if (list !== null) return giveNames(walk, alias.at + 1, list);
  walk.scope.relations++;
  return alias.at;
}

function addRelation(walk: Walk, { first, parts, next }: Relation): number {
  const { tokens, context, scope } = walk;
  const behind = behindPeriod(tokens, next);
  const alias = aliasAt(tokens, behind);
  const after = alias === null ? behind : alias.at + 1;
  const table = parts === null || parts.length === 0 ? null : resolveName(parts, context);
  const list = columnList(walk, after);
  if (list !== null) {
    // `t AS x (p, q)` gives the columns other names: which of the table's they are, only its definition tells.
    noteAny(walk.uses, table);
    if (alias !== null) addTable(scope, alias.name, null);
    return giveNames(walk, after, list) + 1;
  }
  scope.relations++;
  if (alias !== null) addTable(scope, alias.name, table);
  else for (const name of ownNames(parts ?? [nameAt(tokens, first)])) addTable(scope, name, table);
  return after;
}

/** Index of the `)` when a list of column names begins at the token, as behind an alias; else null. */
function columnList({ tokens }: Walk, at: number): number | null {
  if (tokens.texts[at] !== '(' || tokens.kinds[at] !== MARK) return null;
  return tokens.partners.get(at) ?? null;
}

/** Takes the names between two parentheses as the query's own; returns the index of the closing one. */
function giveNames({ tokens, scope }: Walk, open: number, close: number): number {
  for (let at = open + 1; at < close; at++) if (isName(tokens.kinds[at])) addName(scope, 'given', nameAt(tokens, at));
  return close;
}

/** Reads the name at the token; returns the index after it. */
function column(walk: Walk, at: number): number {
  const { tokens, scope } = walk;
  const { kinds, texts } = tokens;
  // Most names are a word, and nothing belongs to them.
  if (kinds[at] === WORD && texts[at + 1] !== '.' && kinds[at + 1] !== TEMPLATE) {
    if (texts[at + 1] !== '(' || kinds[at + 1] !== MARK) bareName(walk, texts[at] ?? '', { at, next: at + 1 });
    return at + 1;
  }
  const name = readName(tokens, at);
  if (name === null) return at + 1;
  const { parts, next } = name;
  if (texts[next] === '.' && texts[next + 1] === '*' && kinds[next + 1] === MARK) {
    if (parts.length > 0) addName(scope, 'stars', parts.join('.'));
    return next + 2;
  }
  if (texts[next] === '(' && kinds[next] === MARK) return next;
  if (parts.length > 1) addQualified(scope, parts, 0);
  else if (parts[0] !== undefined) bareName(walk, parts[0], { at, next });
  return next;
}

function bareName(walk: Walk, name: string, { at, next }: { readonly at: number; readonly next: number }): void {
  const { tokens, scope, frame } = walk;
  const { kinds, texts } = tokens;
  if (kinds[at] === WORD && isSyntax(tokens, at, next)) return;
  const before = kinds[at - 1];
  if (namesWindow(tokens, at, next)) return;
  if (texts[next] === '-' && texts[next + 1] === '>') addName(scope, 'given', name);
  else if (isNewName(tokens, at)) addName(scope, 'aliases', name);
  // `SET a = …` writes the column.
  else if (frame.inSet && texts[next] === '=' && (texts[at - 1] === 'set' || texts[at - 1] === ',')) return;
  else if (texts[next] === '=' && texts[next + 1] === '>') return;
  else if (frame.hasSelect && frame.inFrom && texts[at - 1] === ',' && before === MARK) return;
  // The unit in `EXTRACT(dow FROM a)`.
  else if (texts[next] === 'from' && texts[at - 1] === '(' && texts[at - 2] === 'extract') return;
  else if (frame.hasSelect && frame.inOrder) addName(scope, 'ordered', name);
  else addName(scope, 'bare', name);
}

/** `x AS name`, and `x name` without the word. */
function isNewName({ kinds, texts }: Tokens, at: number): boolean {
  const before = kinds[at - 1];
  if (texts[at - 1] === 'as' && before === KEYWORD) return true;
  // `a AT TIME ZONE b`
  if (texts[at - 1] === 'zone' && texts[at - 2] === 'time') return false;
  if (before === undefined || before === KEYWORD) return texts[at - 1] === 'end';
  return before !== MARK || texts[at - 1] === ')' || texts[at - 1] === ']';
}

/** What a table without an alias may be called: `t`, `db.t`, `catalog.db.t`. */
function ownNames(parts: readonly string[]): readonly string[] {
  let name = '';
  const names: string[] = [];
  for (let at = parts.length - 1; at >= 0 && names.length < 3; at--) {
    name = name === '' ? (parts[at] ?? '') : `${parts[at]}.${name}`;
    names.push(name);
  }
  return names;
}

function newFrame(outerScope: Scope, castEnd: number): Frame {
  return { outerScope, castEnd, hasSelect: false, inFrom: false, inOrder: false, inSet: false };
}
