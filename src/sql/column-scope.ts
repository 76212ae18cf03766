import type { AmbiguousNames } from './analysis.js';
import { sortNames } from './sorted-names.js';
import { printPart } from './table-name.js';

/** One SELECT (or the statement around it): its tables by alias, and the names that wait for them; null while there are none. */
export interface Scope {
  readonly parent: Scope | null;
  /** Resolved table by alias or dotted name; null for what is no table (a subquery, UNNEST, a common table). */
  tables: ReadonlyMap<string, string | null>;
  qualified: { readonly parts: readonly string[]; readonly hops: number }[] | null;
  /** Names without a qualifier; those of ORDER BY apart, because there an output alias comes first. */
  bare: Set<string> | null;
  ordered: Set<string> | null;
  aliases: Set<string> | null;
  /** Lambda parameters, and the columns that `AS u (x, y)` names. */
  given: Set<string> | null;
  /** Columns of JOIN … USING: both sides have them. */
  shared: Set<string> | null;
  /** `t.*` by qualifier; the empty one is a plain `*`. */
  stars: Set<string> | null;
  /** Relations that an unqualified name may belong to. */
  relations: number;
  /** Through how many queries without a relation its names have come. */
  handed: number;
}

/** What a text uses of its tables. */
export interface Uses {
  /** The columns by table and name; true for exact ones. */
  readonly columns: Map<string, Map<string, boolean>>;
  /** Tables of which a star reads every column; `NO_TABLES` while there are none. */
  whole: ReadonlySet<string>;
  /** Names whose owner is not certain, those of a query together. */
  readonly ambiguous: AmbiguousNames[];
}

/** How far out a correlated name is looked for; bounds the work on nested text. */
const MAX_HOPS = 16;
const MAX_SHARED = 10_000;

export const NO_TABLES: ReadonlySet<string> = new Set();
const NO_ALIASES: ReadonlyMap<string, string | null> = new Map();

export function newUses(): Uses {
  return { columns: new Map(), whole: NO_TABLES, ambiguous: [] };
}

export function newScope(parent: Scope | null): Scope {
  return {
    parent,
    tables: NO_ALIASES,
    qualified: null,
    bare: null,
    ordered: null,
    aliases: null,
    given: null,
    shared: null,
    stars: null,
    relations: 0,
    handed: 0,
  };
}

/** Names a relation of a scope; the last one of a name counts. */
export function addTable(scope: Scope, alias: string, table: string | null): void {
  if (scope.tables === NO_ALIASES) scope.tables = new Map([[alias, table]]);
  else (scope.tables as Map<string, string | null>).set(alias, table);
}

/** Adds a name to one of a scope's sets. */
export function addName(
  scope: Scope,
  to: 'bare' | 'ordered' | 'aliases' | 'given' | 'shared' | 'stars',
  name: string,
): void {
  const names = scope[to];
  if (names === null) scope[to] = new Set([name]);
  else names.add(name);
}

/** Adds a qualified name that came from so many queries further in. */
export function addQualified(scope: Scope, parts: readonly string[], hops: number): void {
  const names = scope.qualified;
  if (names === null) scope.qualified = [{ parts, hops }];
  else names.push({ parts, hops });
}

/** Gives every name its table, or hands it to the query outside. */
export function finish(uses: Uses, done: Scope): void {
  const { parent, tables } = done;
  const isOutermost = parent === null || (parent.parent === null && parent.relations === 0);
  for (const { parts, hops } of done.qualified ?? []) {
    const length = qualifierLength(parts, tables);
    if (length === 1) note(uses, tables.get(parts[0] ?? ''), parts[1], true);
    else if (length > 0) note(uses, tables.get(parts.slice(0, length).join('.')), parts[length], true);
    else if (done.given?.has(parts[0] ?? '')) continue;
    // Without a query outside, `useridentity.arn` is a field of a column.
    else if (isOutermost) addName(done, 'bare', parts[0] ?? '');
    else if (parent !== null && hops < MAX_HOPS) addQualified(parent, parts, hops + 1);
  }
  for (const name of done.ordered ?? []) if (!done.aliases?.has(name)) addName(done, 'bare', name);
  for (const name of done.stars ?? []) noteStar(uses, tables.get(name));
  noteShared(uses, done);
  noteBare(uses, done);
  if (done.stars?.has('')) for (const table of tables.values()) noteStar(uses, table);
}

function noteStar(uses: Uses, table: string | null | undefined): void {
  note(uses, table, '*', true);
  if (table === null || table === undefined) return;
  if (uses.whole === NO_TABLES) uses.whole = new Set([table]);
  else (uses.whole as Set<string>).add(table);
}

/** Columns of USING are exact where two tables are joined; the work is bounded on texts made to hurt. */
function noteShared(uses: Uses, done: Scope): void {
  const { shared, tables, relations } = done;
  if (shared === null) return;
  if (shared.size * tables.size > MAX_SHARED) noteAll(uses, done);
  else for (const name of shared) for (const table of tables.values()) note(uses, table, name, relations === 2);
}

function noteBare(uses: Uses, done: Scope): void {
  const { parent, bare, given, relations } = done;
  if (bare === null) return;
  const isHanded = relations === 0 && parent !== null && done.handed < MAX_HOPS;
  if (isHanded) parent.handed = Math.max(parent.handed, done.handed + 1);
  const table = relations === 1 ? firstTable(done.tables) : null;
  for (const name of bare) {
    if (given?.has(name)) continue;
    if (relations > 1) {
      noteAmbiguous(uses, done, bare);
      return;
    }
    if (isHanded) addName(parent, 'bare', name);
    else note(uses, table, name, false);
  }
}

function firstTable(tables: ReadonlyMap<string, string | null>): string | null {
  for (const table of tables.values()) if (table !== null) return table;
  return null;
}

function noteAmbiguous(uses: Uses, { tables, given }: Scope, bare: ReadonlySet<string>): void {
  const owners = [...tables.values()].filter((table) => table !== null);
  for (const table of owners) note(uses, table, '*', true);
  const names = given === null ? [...bare] : [...bare].filter((name) => !given.has(name));
  if (owners.length > 0) uses.ambiguous.push({ tables: owners, names });
}

function noteAll(uses: Uses, { tables }: Scope): void {
  for (const table of tables.values()) noteAny(uses, table);
}

/** Any column of a table may be meant. */
export function noteAny(uses: Uses, table: string | null): void {
  if (table === null) return;
  note(uses, table, '*', true);
  uses.ambiguous.push({ tables: [table], names: null });
}

export function note(uses: Uses, table: string | null | undefined, column: string | undefined, isExact: boolean): void {
  if (table === null || table === undefined || column === undefined) return;
  const known = uses.columns.get(table);
  if (known === undefined) uses.columns.set(table, new Map([[column, isExact]]));
  else if (isExact || !known.has(column)) known.set(column, isExact);
}

export function printUses(uses: Uses): readonly string[] {
  const printed: string[] = [];
  for (const [table, columns] of uses.columns) {
    for (const [name, isExact] of columns)
      printed.push(`${table}.${isExact ? '' : '~'}${name === '*' ? name : printPart(name)}`);
  }
  return sortNames(printed);
}

/** How many parts at the front name a table of the query: `t.c`, `db.t.c`, `catalog.db.t.c`. */
function qualifierLength(parts: readonly string[], tables: ReadonlyMap<string, string | null>): number {
  if (parts.length > 1 && tables.has(parts[0] ?? '')) return 1;
  for (let length = 2; length < Math.min(parts.length, 4); length++) {
    if (tables.has(parts.slice(0, length).join('.'))) return length;
  }
  return 0;
}
