import { createCredentialGraph } from '../../identity/chain/credential-graph.js';
import { createEnrichment, type Enrichment } from '../../record/enrichment.js';
import { feedLinksAround } from '../../tree/day-evidence.js';
import type { EvidenceView } from '../../tree/evidence-view.js';
import type { RowInputs } from '../collector.js';

/** An enrichment, and the parts of the evidence that it was made from. */
export interface DayEnrichment extends Enrichment {
  readonly parts: readonly string[];
}

/** The enrichment for one day's rows: identity as its links and its neighbours' tell it. */
export async function openEnrichment(
  view: EvidenceView,
  { directory, prices }: RowInputs,
  reportDate: string,
): Promise<DayEnrichment> {
  const graph = createCredentialGraph();
  const { names, parts } = await feedLinksAround(view, reportDate, graph);
  return { ...createEnrichment({ graph, directory, prices, identityStoreNames: names }), parts };
}
