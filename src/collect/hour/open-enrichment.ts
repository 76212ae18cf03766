import { addDays } from '../../calendar/report-day.js';
import { createCredentialGraph } from '../../identity/chain/credential-graph.js';
import type { ReportStore } from '../../ports/report-store.js';
import { createEnrichment, type Enrichment } from '../../record/enrichment.js';
import { createDefinitionBook } from '../../sql/definition-book.js';
import { readDefinitions } from '../../tree/definitions.js';
import type { RowInputs } from '../collector.js';
import { feedLinksAround } from '../evidence/day-links.js';
import { readUserNames } from '../evidence/identity-names.js';

/** The enrichment for one day's rows: identity as its links and its neighbours' tell it, names as earlier texts define them. */
export async function openEnrichment(
  { store, directory, prices }: Omit<RowInputs, 'inputs'> & { readonly store: ReportStore },
  reportDate: string,
): Promise<Enrichment> {
  const graph = createCredentialGraph();
  await feedLinksAround(store, reportDate, graph);
  const identityStoreNames = await readUserNames(store);
  const definitions = createDefinitionBook();
  // A report date may end a day after UTC's.
  const before = Date.parse(addDays(reportDate, 2));
  for await (const definition of readDefinitions(store, before)) definitions.add([definition]);
  return createEnrichment({ graph, directory, prices, identityStoreNames, definitions });
}
