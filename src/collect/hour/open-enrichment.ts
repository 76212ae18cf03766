import { addDays } from '../../calendar/report-day.js';
import { createCredentialGraph } from '../../identity/chain/credential-graph.js';
import type { ReportStore } from '../../ports/report-store.js';
import { createEnrichment, type Enrichment } from '../../record/enrichment.js';
import { createDefinitionBook } from '../../sql/definition-book.js';
import { createSqlReader } from '../../sql/reader.js';
import { readCatalogAsked } from '../../tree/catalog-asked.js';
import { readDefinitions } from '../../tree/definitions.js';
import { feedLinksAround } from '../../tree/evidence/day-evidence.js';
import { type EvidenceView, liveEvidence } from '../../tree/evidence/evidence-view.js';
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
  { store, directory, prices }: Omit<RowInputs, 'inputs'> & { readonly store: ReportStore },
  reportDate: string,
  /** Exactly what a report was made from: what names meant is among it. By default all that the tree knows. */
  pinned: EvidenceView | null = null,
): Promise<DayEnrichment> {
  const graph = createCredentialGraph();
  const { names, parts } = await feedLinksAround(pinned ?? liveEvidence(store), reportDate, graph);
  // Before the definitions: what was told is among them then.
  const told = await readTold(store);
  const definitions = createDefinitionBook();
  // A report date may end a day after UTC's.
  const before = Date.parse(addDays(reportDate, 2));
  if (!pinned) definitions.add(await readDefinitions(store, before));
  return {
    ...createEnrichment({ graph, directory, prices, read, readDefined, identityStoreNames: names, definitions }),
    parts,
    told,
  };
}

async function readTold(store: ReportStore): Promise<Map<string, number>> {
  const { told } = await readCatalogAsked(store);
  return new Map(
    Object.entries(told).flatMap(([place, tables]) =>
      Object.entries(tables).map(([name, at]) => [`${place} ${name}`, at] as const),
    ),
  );
}
