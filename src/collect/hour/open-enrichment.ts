import { addDays } from '../../calendar/report-day.js';
import { createCredentialGraph } from '../../identity/chain/credential-graph.js';
import type { ReportStore } from '../../ports/report-store.js';
import { createEnrichment, type Enrichment } from '../../record/enrichment.js';
import { createDefinitionBook } from '../../sql/definition-book.js';
import { createSqlReader } from '../../sql/reader.js';
import { readCatalogAsked } from '../../tree/catalog-asked.js';
import { readDefinitions } from '../../tree/definitions.js';
import { type EvidenceView, liveEvidence } from '../../tree/evidence/evidence-view.js';
import { openLastingLinks } from '../../tree/evidence/lasting-links.js';
import { sha1 } from '../../tree/sha1.js';
import type { RowInputs } from '../collector.js';

/** An enrichment, and the parts of the evidence that it was made from. */
export interface DayEnrichment extends Enrichment {
  readonly parts: readonly string[];
  /** When the data catalog told of a table, by `<account> <Region> <table>`; epoch milliseconds. */
  readonly told: Map<string, number>;
}

/** The texts of one day are those of the next. */
const read = createSqlReader(2000, sha1);
const readDefined = createSqlReader(2000, sha1);

/** The enrichment for one day's rows: identity as its links and its neighbours' tell it, names as earlier texts define them. */
export async function openEnrichment(
  {
    store,
    directory,
    prices,
    signal,
  }: Omit<RowInputs, 'inputs'> & { readonly store: ReportStore; readonly signal?: AbortSignal },
  reportDate: string,
  {
    pinned = null,
    hours = HOURS,
  }: {
    /** Exactly what a report was made from: what names meant is among it. By default all that the tree knows. */
    readonly pinned?: EvidenceView | null;
    /** The hours of the date whose rows are made, so far as one knows; by default all. What others need is looked for when they come. */
    readonly hours?: readonly number[];
  } = {},
): Promise<DayEnrichment> {
  const graph = createCredentialGraph();
  const links = await openLastingLinks(store, {
    view: pinned ?? liveEvidence(store),
    reportDate,
    graph,
    hours: hours.map((hour) => ({ reportDate, hour })),
    ...(signal ? { signal } : {}),
  });
  const { names, parts } = links;
  // Before the definitions: what was told is among them then.
  const told = await readTold(store);
  const definitions = createDefinitionBook();
  // A report date may end a day after UTC's.
  const before = Date.parse(addDays(reportDate, 2));
  if (!pinned) definitions.add(await readDefinitions(store, before));
  return {
    ...createEnrichment({ graph, directory, prices, read, readDefined, identityStoreNames: names, definitions, links }),
    parts,
    told,
  };
}

const HOURS: readonly number[] = Array.from({ length: 24 }, (_, hour) => hour);

async function readTold(store: ReportStore): Promise<Map<string, number>> {
  const { told } = await readCatalogAsked(store);
  return new Map(
    Object.entries(told).flatMap(([place, tables]) =>
      Object.entries(tables).map(([name, at]) => [`${place} ${name}`, at] as const),
    ),
  );
}
