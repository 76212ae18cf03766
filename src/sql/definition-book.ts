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
  readonly meanings: Definition[];
  /** Index into `meanings` by instant, in order of time once sorted. */
  given: { readonly at: number; readonly meaning: number }[];
  isSorted: boolean;
}

/** Opens an empty book. Memory grows with the number of different definitions, and a little with each repetition. */
export function createDefinitionBook(): DefinitionBook {
  const byName = new Map<string, History>();
  /** Histories of reservations, by account and Region, then by name. */
  const reserved = new Map<string, Map<string, History>>();
  let used = new Map<string, Definition>();
  return {
    add(definitions) {
      for (const definition of definitions) {
        const key = keyOf(definition, definition);
        const history = byName.get(key) ?? { meanings: [], given: [], isSorted: true };
        byName.set(key, history);
        history.given.push({ at: definition.at, meaning: meaningOf(history.meanings, definition) });
        history.isSorted = false;
        if (definition.kind === 'reservation') {
          const { accountId, region, name } = definition;
          const ofPlace = reserved.get(`${accountId}\n${region}`) ?? new Map<string, History>();
          reserved.set(`${accountId}\n${region}`, ofPlace.set(name, history));
        }
      }
    },
    at(place) {
      const find = (kind: Definition['kind'], name: string) => {
        const history = byName.get(keyOf(place, { kind, name, workGroup: kind === 'prepared' ? place.workGroup : '' }));
        const found = history === undefined ? undefined : latestBefore(history, place.at);
        if (found !== undefined) used.set(`${keyOf(found, found)}\n${found.at}`, found);
        return found;
      };
      return {
        prepared(name) {
          const found = find('prepared', name);
          if (found === undefined) return { unknown: 'prepared-text-not-known' };
          return knownOf(found) ?? { unknown: 'prepared-deallocated' };
        },
        view(table) {
          const found = byName.size === 0 ? undefined : find('view', table);
          return found === undefined ? null : knownOf(found);
        },
        columns: (table) => (byName.size === 0 ? null : (find('table', table)?.columns ?? null)),
      };
    },
    reservationOf({ accountId, region, workGroup, at }) {
      const ofPlace = reserved.size === 0 ? undefined : reserved.get(`${accountId}\n${region}`);
      let assigned: string | null = null;
      for (const [name, history] of ofPlace ?? []) {
        if (!history.meanings.some(({ workGroups }) => workGroups?.includes(workGroup))) continue;
        const found = latestBefore(history, at + 1);
        if (found === undefined) continue;
        // Also one that says it was not assigned any more: without it the one before would decide.
        used.set(`${keyOf(found, found)}\n${found.at}`, found);
        if (found.workGroups?.includes(workGroup) && (assigned === null || name < assigned)) assigned = name;
      }
      return assigned;
    },
    takeUsed() {
      const taken = [...used.values()];
      used = new Map();
      return taken;
    },
  };
}

function keyOf(
  { accountId, region }: Pick<Definition, 'accountId' | 'region'>,
  { kind, workGroup, name }: Pick<Definition, 'kind' | 'workGroup' | 'name'>,
): string {
  return `${kind}\n${accountId}\n${region}\n${workGroup}\n${name}`;
}

function knownOf({ text, catalog, database, origin, unreadable }: Definition): Known | null {
  if (unreadable !== undefined) return { unknown: unreadable };
  return text === null ? null : { text, catalog, database, origin };
}

function meaningOf(meanings: Definition[], definition: Definition): number {
  const known = meanings.findIndex((one) => saysTheSame(one, definition));
  return known >= 0 ? known : meanings.push(definition) - 1;
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
  const keys = history.meanings.map(({ text, catalog, database, origin, unreadable, columns, workGroups }) =>
    JSON.stringify([text, catalog, database, origin, unreadable, columns, workGroups]),
  );
  const keyAt = (meaning: number) => keys[meaning] ?? '';
  history.given.sort((a, b) => a.at - b.at || (keyAt(a.meaning) < keyAt(b.meaning) ? -1 : 1));
  history.given = history.given.filter((one, index, all) => {
    const before = all[index - 1];
    return before === undefined || before.at !== one.at || before.meaning !== one.meaning;
  });
  history.isSorted = true;
}

function latestBefore(history: History, at: number): Definition | undefined {
  if (!history.isSorted) sort(history);
  const { given, meanings } = history;
  let low = 0;
  let high = given.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((given[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  let first = low - 1;
  // What is said of a reservation each day is said since it was said first: so more of the same changes nothing.
  while (meanings[0]?.kind === 'reservation' && given[first - 1]?.meaning === given[first]?.meaning && first > 0)
    first--;
  const found = given[first];
  const meaning = found === undefined ? undefined : meanings[found.meaning];
  return found && meaning ? { ...meaning, at: found.at } : undefined;
}
