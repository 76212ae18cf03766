import { addDays } from '../../calendar/report-day.js';
import { createCredentialGraph } from '../../identity/chain/credential-graph.js';
import type { ReportStore } from '../../ports/report-store.js';
import { createEnrichment, type Enrichment } from '../../record/enrichment.js';
import { createDefinitionBook } from '../../sql/definition-book.js';
import { createSqlReader } from '../../sql/reader.js';
import { readDefinitions } from '../../tree/definitions.js';
import { feedLinksAround } from '../../tree/evidence/day-evidence.js';
import { type EvidenceView, liveEvidence } from '../../tree/evidence/evidence-view.js';
import { sha1 } from '../../tree/sha1.js';
import type { RowInputs } from '../collector.js';

/** An enrichment, and the parts of the evidence that it was made from. */
export interface DayEnrichment extends Enrichment {
  readonly parts: readonly string[];
}

/** The texts of one day are those of the next. */
const read = createSqlReader(2000, sha1);

/** The enrichment for one day's rows: identity as its links and its neighbours' tell it, names as earlier texts define them. */
export async function openEnrichment(
  { store, directory, prices }: Omit<RowInputs, 'inputs'> & { readonly store: ReportStore },
  reportDate: string,
  view: EvidenceView = liveEvidence(store),
): Promise<DayEnrichment> {
  const graph = createCredentialGraph();
  const { names, parts } = await feedLinksAround(view, reportDate, graph);
  const definitions = createDefinitionBook();
  // A report date may end a day after UTC's.
  const before = Date.parse(addDays(reportDate, 2));
  for await (const definition of readDefinitions(store, before)) definitions.add([definition]);
  return { ...createEnrichment({ graph, directory, prices, read, identityStoreNames: names, definitions }), parts };
}
