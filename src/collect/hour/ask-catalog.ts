import type { CatalogTable, CatalogView, TableName } from '../../ports/execution-source.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Definition } from '../../sql/definition-book.js';
import { splitName } from '../../sql/table-name.js';
import { type CatalogNews, noteCatalogAsked } from '../../tree/catalog-asked.js';
import { type PlacedText, placedTexts } from '../../tree/evidence/evidence-definitions.js';
import type { HourEvidence } from '../../tree/evidence/hour-evidence.js';
import { noteRowNews } from '../../tree/row-news.js';
import type { Collector } from '../collector.js';
import type { DayEnrichment } from './open-enrichment.js';

/** The account's own catalog; others are asked elsewhere, and not by this. */
const OWN_CATALOG = 'awsdatacatalog';
/** Tables asked about at once. */
const IN_FLIGHT = 8;
/** Views in views in views: each round looks behind those that the one before has found. */
const MAX_ROUNDS = 20;

/** A table that queries of an hour read in an account and Region. */
interface WantedTable extends TableName {
  readonly accountId: string;
  readonly region: string;
  /** As rows print it. */
  readonly name: string;
  /** Start of the earliest and the latest query that reads it. */
  since: number;
  until: number;
}

/** What the data catalog said. */
export interface CatalogSaid {
  readonly definitions: readonly Definition[];
  /** To be noted once the definitions are kept. */
  readonly asked: readonly CatalogNews[];
}

/**
 * Asks the data catalog what the tables are that queries of an hour read: what is behind views, and which columns there are. What
 * it says holds from when the table was last changed. A table is asked about again only for queries that began after it was told of.
 */
export async function askCatalog(
  collector: Pick<Collector, 'clock' | 'executions' | 'signal'>,
  { evidence, enrichment }: { readonly evidence: HourEvidence; readonly enrichment: DayEnrichment },
): Promise<CatalogSaid> {
  const { clock } = collector;
  const found: Definition[] = [];
  const asked: CatalogNews[] = [];
  const tried = new Set<string>();
  const texts = placedTexts(evidence, () => true);
  let hasViews = true;
  for (let round = 0; hasViews && round < MAX_ROUNDS; round++) {
    const wanted = wantedTables(texts, enrichment).filter((table) => !tried.has(keyOf(table)));
    hasViews = false;
    const byPlace = new Map<string, WantedTable[]>();
    for (const table of wanted) {
      tried.add(keyOf(table));
      byPlace.set(placeOf(table), [...(byPlace.get(placeOf(table)) ?? []), table]);
    }
    for (const [place, tables] of byPlace) {
      const news = await askPlace(collector, tables);
      enrichment.learn(news.definitions);
      found.push(...news.definitions);
      hasViews ||= news.definitions.some(({ kind }) => kind === 'view');
      const now = clock.now();
      asked.push({ place, told: news.told, lacking: news.lacking, now });
      for (const name of news.told) enrichment.told.set(`${place} ${name}`, now);
    }
  }
  return { definitions: found, asked };
}

/** Notes what was asked: who dies before the definitions are kept must ask again. */
export async function noteAsked(store: ReportStore, asked: readonly CatalogNews[]): Promise<void> {
  for (const news of asked) {
    const since = await noteCatalogAsked(store, news);
    if (since !== null) await noteRowNews(store, since);
  }
}

/** Tables that queries of the hour read, also behind views, and that nobody has told of since. */
function wantedTables(texts: readonly PlacedText[], { read, readsOf, told }: DayEnrichment): WantedTable[] {
  const wanted = new Map<string, WantedTable>();
  for (const { text, context, ...place } of texts) {
    const { tablesRead, baseTablesRead } = readsOf(read(text, context), context, place);
    const { accountId, region, at } = place;
    for (const name of new Set([...(tablesRead ?? []), ...(baseTablesRead ?? [])])) {
      const key = `${accountId} ${region} ${name}`;
      const known = wanted.get(key);
      if (known) {
        known.since = Math.min(known.since, at);
        known.until = Math.max(known.until, at);
        continue;
      }
      const [catalog, database, table, ...rest] = splitName(name);
      const isAsked = catalog === OWN_CATALOG && database !== undefined && table !== undefined && rest.length === 0;
      if (!isAsked || database === 'information_schema' || table.includes('$')) continue;
      wanted.set(key, { accountId, region, name, database, table, since: at, until: at });
    }
  }
  return [...wanted].flatMap(([key, table]) => ((told.get(key) ?? 0) >= table.until ? [] : [table]));
}

interface PlaceNews {
  readonly definitions: Definition[];
  readonly told: string[];
  readonly lacking: Map<string, number>;
}

async function askPlace(
  { executions, clock, signal }: Pick<Collector, 'executions' | 'clock' | 'signal'>,
  tables: readonly WantedTable[],
): Promise<PlaceNews> {
  const news: PlaceNews = { definitions: [], told: [], lacking: new Map() };
  const open = [...tables];
  const work = async () => {
    for (let table = open.pop(); table; table = open.pop()) {
      const { accountId, region, database, name } = table;
      const said = await executions({ accountId, region })?.table?.({ database, table: table.table }, signal);
      if (!said) {
        news.lacking.set(name, table.since);
        continue;
      }
      news.told.push(name);
      if (said.kind !== 'absent') news.definitions.push(...definitionsOf(table, said, clock.now()));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return news;
}

function definitionsOf(
  { accountId, region, name }: WantedTable,
  said: CatalogTable | CatalogView,
  askedAt: number,
): Definition[] {
  const { changedAt: at, columns } = said;
  const common = { origin: 'catalog', accountId, region, workGroup: '', name, at, askedAt } as const;
  const nothing = { text: null, catalog: null, database: null };
  const table: Definition = { ...common, ...nothing, kind: 'table', columns };
  if (said.kind === 'table') return [table];
  const view = said.definition ?? { ...nothing, unreadable: 'view-text-not-readable' };
  return [table, { ...common, ...view, kind: 'view' }];
}

function placeOf({ accountId, region }: WantedTable): string {
  return `${accountId} ${region}`;
}

function keyOf(table: WantedTable): string {
  return `${placeOf(table)} ${table.name}`;
}
