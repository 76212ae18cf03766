import type { ReportStore } from '../ports/report-store.js';
import { hasMembers, isMapOf, isNumber } from '../record/text/shape.js';
import { workKey } from './layout.js';
import { readDocument, type TreeDocument, updateDocument } from './update.js';

/** Instants by table, by account and Region; epoch milliseconds. */
export type InstantsByTable = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What the data catalogs were asked. */
export interface CatalogAsked {
  /** When a table was told of, within the last day. */
  readonly told: InstantsByTable;
  /** Start of the earliest query that reads a table which was not told of. */
  readonly lacking: InstantsByTable;
}

/** Tables that were told of, and those that were not, with the start of the earliest query that reads them. */
export interface CatalogNews {
  readonly place: string;
  readonly told: readonly string[];
  readonly lacking: ReadonlyMap<string, number>;
  readonly now: number;
}

const isInstants = isMapOf(isMapOf(isNumber));
const isAsked = hasMembers({ told: isInstants, lacking: isInstants });

const ASKED: TreeDocument<CatalogAsked> = {
  key: workKey.catalogAsked,
  absent: { told: {}, lacking: {} },
  parse(value) {
    return isAsked(value) ? (value as CatalogAsked) : null;
  },
  whenDamaged: 'throw',
};

const TOLD_FOR_MS = 86_400_000;

export function readCatalogAsked(store: ReportStore): Promise<CatalogAsked> {
  return readDocument(store, ASKED);
}

/**
 * Notes what was asked. Returns the start of the earliest query whose row may read otherwise, because a table is told of that was
 * not before; null when there is none.
 */
export async function noteCatalogAsked(store: ReportStore, news: CatalogNews): Promise<number | null> {
  const { place, now } = news;
  let since: number | null = null;
  await updateDocument(store, ASKED, (asked) => {
    const lacked = asked.lacking[place] ?? {};
    const healed = news.told.flatMap((name) => lacked[name] ?? []);
    since = healed.length === 0 ? null : Math.min(...healed);
    const lacking = new Map(Object.entries(lacked));
    for (const name of news.told) lacking.delete(name);
    for (const [name, at] of news.lacking) lacking.set(name, Math.min(at, lacking.get(name) ?? at));
    const before = Object.entries(asked.told[place] ?? {}).filter(([, at]) => at > now - TOLD_FOR_MS);
    const told = new Map([...before, ...news.told.map((name) => [name, now] as const)]);
    return {
      told: { ...asked.told, [place]: sorted(told) },
      lacking: { ...asked.lacking, [place]: sorted(lacking) },
    };
  });
  return since;
}

function sorted(map: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
