import type { SqlContext } from './analysis.js';
import type { SqlReader } from './reader.js';
import type { Definitions, Known } from './resolve-reads.js';

/** A text that gave a name its meaning, or took it away, at an instant. */
export interface Definition {
  /** `table`: the columns of a table or view. `reservation`: the workgroups whose queries run on a capacity reservation. */
  readonly kind: 'prepared' | 'view' | 'table' | 'reservation';
  readonly accountId: string;
  readonly region: string;
  /** Prepared statements belong to a workgroup; empty for the others. */
  readonly workGroup: string;
  /** Of a prepared statement, in lower case; of a view or table as `resolveName` prints it; of a reservation as AWS has it. */
  readonly name: string;
  /** Null where the name ends (DEALLOCATE, DROP VIEW), for tables, reservations, and views that cannot be looked into. */
  readonly text: string | null;
  /** Why nobody can look into a view. */
  readonly unreadable?: string;
  /** Of a table or view, in lower case, in its order. */
  readonly columns?: readonly string[];
  /** Of a reservation, from then on, sorted. */
  readonly workGroups?: readonly string[];
  readonly catalog: string | null;
  readonly database: string | null;
  /** `tree`: a query said so. `catalog`: AWS was asked. */
  readonly origin: 'tree' | 'catalog';
  /** Start of the query that defined it, or when AWS says it was changed; epoch milliseconds. */
  readonly at: number;
  /** When AWS said so. */
  readonly askedAt?: number;
}

/** Where and when a query ran. */
export interface QueryPlace {
  readonly accountId: string;
  readonly region: string;
  readonly workGroup: string;
  readonly at: number;
}

/** What the tree knows of names over time. */
export interface DefinitionBook {
  /** Order and repetition change nothing. */
  add(definitions: Iterable<Definition>): void;
  /** What names meant to a query: the latest definition before it, by time of start. */
  at(place: QueryPlace): Definitions;
  /** The capacity reservation that a query's workgroup was assigned to when it began; null where nothing says so. */
  reservationOf(place: QueryPlace): string | null;
  /** The definitions that were looked up and found since this was asked last, each once: with them alone the answers are the same. */
  takeUsed(): readonly Definition[];
}

/** Reads what a succeeded query defines; an empty list for most. */
export function definitionsOf(
  query: { readonly text: string; readonly context: SqlContext } & QueryPlace,
  read: SqlReader,
): readonly Definition[] {
  const { text, context, accountId, region, workGroup, at } = query;
  if (!mayDefine(text)) return [];
  const { kind, preparedName, tablesWritten } = read(text, context);
  const { catalog, database } = context;
  const place = { accountId, region, catalog, database, at, origin: 'tree' as const };
  if ((kind === 'PREPARE' || kind === 'DEALLOCATE') && preparedName !== null) {
    const prepared = kind === 'PREPARE' ? text : null;
    return [{ ...place, kind: 'prepared', workGroup, name: preparedName, text: prepared }];
  }
  if (kind !== 'CREATE_VIEW' && kind !== 'DROP_VIEW') return [];
  const view = kind === 'CREATE_VIEW' ? text : null;
  return tablesWritten.map((name) => ({ ...place, kind: 'view' as const, workGroup: '', name, text: view }));
}

/** Tells most texts that define nothing without reading them. */
export function mayDefine(text: string): boolean {
  return /\b(?:prepare|view)\b/i.test(text);
}

/** What a name meant over time: each different meaning once, and the instants at which it was given. */
interface History {
  readonly meanings: Meaning[];
  /** In order of time once sorted. */
  given: Given[];
  isSorted: boolean;
}

interface Meaning {
  readonly definition: Definition;
  /** Null where the name means nothing any more. */
  readonly known: Known | null;
}

interface Given {
  readonly at: number;
  readonly meaning: number;
  /** It was looked up and found since the used ones were taken last. */
  isUsed: boolean;
}

/** What names meant in one account and Region, by kind and name; that of a prepared statement comes after its workgroup. */
type PlaceBook = Readonly<Record<Definition['kind'], Map<string, History>>>;

/** Opens an empty book. Memory grows with the number of different definitions, and a little with each repetition. */
export function createDefinitionBook(): DefinitionBook {
  const places = new Map<string, PlaceBook>();
  let used: { readonly history: History; readonly given: Given }[] = [];
  const note = (history: History, given: Given) => {
    if (given.isUsed) return;
    given.isUsed = true;
    used.push({ history, given });
  };
  // Most queries run where the one before them did.
  let last: { readonly accountId: string; readonly region: string; readonly book: PlaceBook | undefined } | null = null;
  const bookOf = ({ accountId, region }: QueryPlace): PlaceBook | undefined => {
    if (last === null || last.accountId !== accountId || last.region !== region)
      last = { accountId, region, book: places.get(placeKey({ accountId, region })) };
    return last.book;
  };
  const find = (histories: ReadonlyMap<string, History>, name: string, at: number): Meaning | undefined => {
    const history = histories.get(name);
    const given = history === undefined ? undefined : latestBefore(history, at);
    if (history === undefined || given === undefined) return undefined;
    note(history, given);
    return history.meanings[given.meaning];
  };
  return {
    add(definitions) {
      last = null;
      for (const definition of definitions) {
        const { kind, workGroup, name, at } = definition;
        const book = places.get(placeKey(definition)) ?? emptyBook();
        places.set(placeKey(definition), book);
        const key = kind === 'prepared' ? preparedKey(workGroup, name) : name;
        const history = book[kind].get(key) ?? { meanings: [], given: [], isSorted: true };
        book[kind].set(key, history);
        history.given.push({ at, meaning: meaningOf(history.meanings, definition), isUsed: false });
        history.isSorted = false;
      }
    },
    at(place) {
      const book = bookOf(place);
      if (book === undefined) return NOTHING_KNOWN;
      return new DefinitionsOfPlace(book, place, find);
    },
    reservationOf(place) {
      const { workGroup, at } = place;
      let assigned: string | null = null;
      for (const [name, history] of bookOf(place)?.reservation ?? []) {
        if (!history.meanings.some(({ definition }) => definition.workGroups?.includes(workGroup))) continue;
        const given = latestBefore(history, at + 1);
        if (given === undefined) continue;
        // Also one that says it was not assigned any more: without it the one before would decide.
        note(history, given);
        const isAssigned = history.meanings[given.meaning]?.definition.workGroups?.includes(workGroup);
        if (isAssigned && (assigned === null || name < assigned)) assigned = name;
      }
      return assigned;
    },
    takeUsed() {
      const taken = used.flatMap(({ history, given }) => {
        given.isUsed = false;
        const meaning = history.meanings[given.meaning];
        return meaning === undefined ? [] : [{ ...meaning.definition, at: given.at }];
      });
      used = [];
      return taken;
    },
  };
}

type Find = (histories: ReadonlyMap<string, History>, name: string, at: number) => Meaning | undefined;

/** What names meant at an instant: a class, because one is made for each row and most are asked two or three times. */
class DefinitionsOfPlace implements Definitions {
  private readonly book: PlaceBook;
  private readonly place: QueryPlace;
  private readonly find: Find;

  constructor(book: PlaceBook, place: QueryPlace, find: Find) {
    this.book = book;
    this.place = place;
    this.find = find;
  }

  prepared(name: string): Known {
    const { workGroup, at } = this.place;
    const found = this.find(this.book.prepared, preparedKey(workGroup, name), at);
    return found === undefined ? NOT_KNOWN : (found.known ?? DEALLOCATED);
  }

  view(table: string): Known | null {
    return this.find(this.book.view, table, this.place.at)?.known ?? null;
  }

  columns(table: string): readonly string[] | null {
    return this.find(this.book.table, table, this.place.at)?.definition.columns ?? null;
  }
}

const NOT_KNOWN: Known = { unknown: 'prepared-text-not-known' };
const DEALLOCATED: Known = { unknown: 'prepared-deallocated' };
const NOTHING_KNOWN: Definitions = { prepared: () => NOT_KNOWN, view: () => null, columns: () => null };

function emptyBook(): PlaceBook {
  return { prepared: new Map(), view: new Map(), table: new Map(), reservation: new Map() };
}

function placeKey({ accountId, region }: Pick<QueryPlace, 'accountId' | 'region'>): string {
  return `${accountId}\n${region}`;
}

function preparedKey(workGroup: string, name: string): string {
  return `${workGroup}\n${name}`;
}

function knownOf({ text, catalog, database, origin, unreadable }: Definition): Known | null {
  if (unreadable !== undefined) return { unknown: unreadable };
  return text === null ? null : { text, catalog, database, origin };
}

function meaningOf(meanings: Meaning[], definition: Definition): number {
  const known = meanings.findIndex((one) => saysTheSame(one.definition, definition));
  return known >= 0 ? known : meanings.push({ definition, known: knownOf(definition) }) - 1;
}

function saysTheSame(a: Definition, b: Definition): boolean {
  return (
    a.text === b.text &&
    a.catalog === b.catalog &&
    a.database === b.database &&
    a.origin === b.origin &&
    a.unreadable === b.unreadable &&
    a.columns?.join('\n') === b.columns?.join('\n') &&
    a.workGroups?.join('\n') === b.workGroups?.join('\n')
  );
}

/** Two definitions of one instant are told apart by what they say, so that the order of arrival decides nothing. */
function sort(history: History): void {
  const keys = history.meanings.map(({ definition }) => {
    const { text, catalog, database, origin, unreadable, columns, workGroups } = definition;
    return JSON.stringify([text, catalog, database, origin, unreadable, columns, workGroups]);
  });
  const keyAt = (meaning: number) => keys[meaning] ?? '';
  history.given.sort((a, b) => a.at - b.at || (keyAt(a.meaning) < keyAt(b.meaning) ? -1 : 1));
  history.given = history.given.filter((one, index, all) => {
    const before = all[index - 1];
    if (before === undefined || before.at !== one.at || before.meaning !== one.meaning) return true;
    before.isUsed ||= one.isUsed;
    return false;
  });
  history.isSorted = true;
}

function latestBefore(history: History, at: number): Given | undefined {
  if (!history.isSorted) sort(history);
  const { given, meanings } = history;
  let low = 0;
  let high = given.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((given[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  let found = low - 1;
  // What is said of a reservation each day is said since it was said first: so more of the same changes nothing.
  if (meanings[0]?.definition.kind === 'reservation')
    while (found > 0 && given[found - 1]?.meaning === given[found]?.meaning) found--;
  return given[found];
}
