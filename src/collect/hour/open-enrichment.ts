import { createCredentialGraph } from '../../identity/chain/credential-graph.js';
import type { ReportStore } from '../../ports/report-store.js';
import { createEnrichment, type Enrichment } from '../../record/enrichment.js';
import type { RowInputs } from '../collector.js';
import { feedLinksAround } from '../evidence/day-links.js';
import { readUserNames } from '../evidence/identity-names.js';

/** The enrichment for one day's rows: identity as its links and its neighbours' tell it. */
export async function openEnrichment(
  { store, directory, prices }: RowInputs & { readonly store: ReportStore },
  reportDate: string,
): Promise<Enrichment> {
  const graph = createCredentialGraph();
  await feedLinksAround(store, reportDate, graph);
  const identityStoreNames = await readUserNames(store);
  return createEnrichment({ graph, directory, prices, identityStoreNames });
}
