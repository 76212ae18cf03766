import type { SqlContext } from './analysis.js';
import { readStatements } from './analyze.js';
import { newFindings } from './findings.js';
import { readName, resolveName } from './table-name.js';
import { isName, KEYWORD, MARK, nameAt, QUOTED, type Tokens, tokenize, WORD } from './tokens.js';

/** A column that a text uses. `exact`: qualified by a table of its query. `inferred`: the query has that one table only. */
export interface ColumnUse {
  readonly table: string;
  readonly column: string;
  readonly source: 'exact' | 'inferred';
}

/** One SELECT (or the statement around it): its tables by alias, and the names that wait for them. */
interface Scope {
  readonly parent: Scope | null;
  /** Resolved table by alias or dotted name; null for what is no table (a subquery, UNNEST, a common table). */
  readonly tables: Map<string, string | null>;
  readonly qualified: { readonly parts: readonly string[]; readonly hops: number }[];
  readonly bare: Set<string>;
  /** Names the query gives away itself: output aliases and lambda parameters. */
  readonly ownNames: Set<string>;
  relations: number;
}

interface Frame {
  readonly outerScope: Scope;
  hasSelect: boolean;
  inFrom: boolean;
}

/** How far out a correlated name is looked for; bounds the work on nested text. */
const MAX_HOPS = 16;
const FROM_ENDS = new Set('where group having window order limit offset fetch union intersect except set'.split(' '));
const NO_ALIAS = new Set(['tablesample', 'match_recognize', 'for', 'unpivot', 'pivot', 'rewrite']);
/** Words of expressions that are no columns though they are no keywords of the scanner either. */
const EXPRESSION_WORDS = new Set(
  (
    'asc both cube current current_catalog current_date current_role current_schema current_time current_timestamp ' +
    'current_user day days first following format grouping groups hour interval last leading localtime localtimestamp ' +
    'matched minute month next nulls only ordinality preceding quarter range rollup row rows second sets some ties time ' +
    'timestamp trailing unbounded week within without year zone date decimal json case'
  ).split(' '),
);

/** Lists the columns that can be told from the text alone, without the tables' definitions; sorted, unique. */
export function readColumns(text: string, context: SqlContext): readonly ColumnUse[] {
  const tokens = tokenize(text);
  const findings = newFindings();
  readStatements(tokens, findings);
  const uses = new Map<string, ColumnUse>();
  const { kinds, texts } = tokens;
  const frames: Frame[] = [];
  let scope = newScope(null);
  let frame: Frame = { outerScope: scope, hasSelect: false, inFrom: false };

  for (let at = 0; at < kinds.length; at++) {
    const kind = kinds[at];
    const text = texts[at] ?? '';
    const relation = findings.relations.get(at);
    if (relation !== undefined) {
      at = addRelation(relation.parts, relation.next) - 1;
    } else if (kind === MARK) {
      if (text === '(') {
        frames.push(frame);
        frame = { outerScope: scope, hasSelect: false, inFrom: false };
      } else if (text === ')') {
        at = closeFrame(at);
      } else if (text === ';') endStatement();
    } else if (kind === KEYWORD) keyword(text, at);
    else if (isName(kind)) at = column(at) - 1;
  }
  endStatement();
  return [...uses.values()].sort((a, b) => compare(a.table, b.table) || compare(a.column, b.column));

  function keyword(text: string, at: number): void {
    if (text === 'select') openQuery();
    else if (text === 'from') frame.inFrom ||= frame.hasSelect && texts[at - 1] !== 'distinct';
    else if (FROM_ENDS.has(text)) frame.inFrom = false;
  }

  function openQuery(): void {
    if (frame.hasSelect) finish(scope);
    scope = newScope(frame.outerScope);
    frame.hasSelect = true;
    frame.inFrom = false;
  }

  function endStatement(): void {
    while (frames.length > 0) closeFrame(-1);
    if (frame.hasSelect) finish(scope);
    finish(frame.outerScope);
    scope = newScope(null);
    frame = { outerScope: scope, hasSelect: false, inFrom: false };
  }

  /** Leaves a parenthesis; what is named after it in a from-clause is a subquery or UNNEST, no table. */
  function closeFrame(at: number): number {
    const outer = frames.pop();
    if (outer === undefined) return at;
    if (frame.hasSelect) finish(scope);
    scope = frame.outerScope;
    frame = outer;
    if (at === -1 || !frame.inFrom) return at;
    const alias = aliasAt(tokens, at + 1);
    if (alias === null) return at;
    scope.relations++;
    scope.tables.set(alias.name, null);
    return alias.at;
  }

  function addRelation(parts: readonly string[] | null, next: number): number {
    const alias = aliasAt(tokens, next);
    const after = alias === null ? next : alias.at + 1;
    const isRenamed = texts[after] === '(' && kinds[after] === MARK;
    const table = parts === null || parts.length === 0 || isRenamed ? null : resolveName(parts, context);
    scope.relations++;
    if (alias !== null) scope.tables.set(alias.name, table);
    else for (const name of ownNames(parts ?? [])) scope.tables.set(name, table);
    return after;
  }

  /** Reads the name at the token; returns the index after it. */
  function column(at: number): number {
    const name = readName(tokens, at);
    if (name === null) return at + 1;
    const { parts, next } = name;
    const isCall = texts[next] === '(' && kinds[next] === MARK;
    if (parts.length > 1 && !isCall) scope.qualified.push({ parts, hops: 0 });
    const single = parts.length === 1 && !isCall ? parts[0] : undefined;
    if (single !== undefined) bareName(single, at, next);
    return next;
  }

  function bareName(name: string, at: number, next: number): void {
    if (kinds[at] === WORD && EXPRESSION_WORDS.has(name)) return;
    const before = kinds[at - 1];
    const isGiven = texts[at - 1] === 'as' || (texts[next] === '-' && texts[next + 1] === '>');
    const followsValue =
      before !== undefined && before !== KEYWORD && (before !== MARK || /^[)\]]$/.test(texts[at - 1] ?? ''));
    if (isGiven || followsValue) scope.ownNames.add(name);
    else if (frame.hasSelect ? !frame.inFrom || texts[at - 1] !== ',' : texts[next] !== 'from') {
      if (!(texts[next] === '=' && texts[next + 1] === '>')) scope.bare.add(name);
    }
  }

  /** Gives every name its table, or hands it to the query outside. */
  function finish(done: Scope): void {
    const { parent, tables, relations } = done;
    const isOutermost = parent === null || (parent.parent === null && parent.relations === 0);
    for (const { parts, hops } of done.qualified) {
      const length = qualifierLength(parts, tables);
      if (length > 0) use(tables.get(parts.slice(0, length).join('.')), parts[length], 'exact');
      // With one table and no query outside, `useridentity.arn` is a field of a column.
      else if (isOutermost && relations === 1) addBare(parts[0] ?? '', done);
      else if (parent !== null && hops < MAX_HOPS) parent.qualified.push({ parts, hops: hops + 1 });
    }
    for (const name of done.bare) addBare(name, done);
  }

  function addBare(name: string, { relations, tables, ownNames }: Scope): void {
    if (relations === 1 && !ownNames.has(name)) use([...tables.values()][0], name, 'inferred');
  }

  function use(table: string | null | undefined, column: string | undefined, source: ColumnUse['source']): void {
    if (table === null || table === undefined || column === undefined) return;
    const key = `${table}\n${column}`;
    if (source === 'exact' || !uses.has(key)) uses.set(key, { table, column, source });
  }
}

/** How many parts at the front name a table of the query: `t.c`, `db.t.c`, `catalog.db.t.c`. */
function qualifierLength(parts: readonly string[], tables: ReadonlyMap<string, string | null>): number {
  for (let length = 1; length < Math.min(parts.length, 4); length++) {
    if (tables.has(parts.slice(0, length).join('.'))) return length;
  }
  return 0;
}

function aliasAt(tokens: Tokens, from: number): { readonly name: string; readonly at: number } | null {
  const { kinds, texts } = tokens;
  const at = texts[from] === 'as' && kinds[from] === KEYWORD ? from + 1 : from;
  const name = nameAt(tokens, at);
  if (kinds[at] !== QUOTED && (kinds[at] !== WORD || NO_ALIAS.has(name))) return null;
  return { name, at };
}

/** What a table without an alias may be called: `t`, `db.t`, `catalog.db.t`. */
function ownNames(parts: readonly string[]): readonly string[] {
  return [1, 2, 3].filter((length) => length <= parts.length).map((length) => parts.slice(-length).join('.'));
}

function newScope(parent: Scope | null): Scope {
  return { parent, tables: new Map(), qualified: [], bare: new Set(), ownNames: new Set(), relations: 0 };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
