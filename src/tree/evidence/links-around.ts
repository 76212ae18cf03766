import type { HourLabel } from '../../calendar/hour-label.js';
import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import type { CredentialUse } from '../../identity/chain/credential-facts.js';
import type { CredentialGraph } from '../../identity/chain/credential-graph.js';
import type { LinkName } from '../../identity/chain/link-names.js';
import { dayEvidence } from '../layout.js';
import { type AroundDay, datesAround, feedLinksAround } from './day-evidence.js';
import type { EvidenceView } from './evidence-view.js';
import { type DatedPart, searchLinks } from './search-links.js';

/** What is known around a day, and a graph that knows as much of its links as is asked about. */
export interface LinksAround extends AroundDay {
  /** Feeds the graph with all that the answers about these uses hang on. They are the same then as with every link in the graph. */
  reach(uses: Iterable<CredentialUse>): Promise<void>;
  /** The same for links that come from elsewhere, before the graph takes them: their copies, their keys' other claims, their callers. */
  reachLinks(links: Iterable<CredentialLink>): Promise<void>;
  /** False: the graph may lack what the answer about this use hangs on. */
  isReached(use: CredentialUse): boolean;
}

export interface LinksRequest {
  readonly view: EvidenceView;
  readonly reportDate: string;
  readonly graph: CredentialGraph;
  /** Hours whose starts will be asked about: to read the links once for all of them. It spares work and decides nothing. */
  readonly hours?: readonly HourLabel[];
  /** Names of uses that will be asked about (`namesWantedBy`). */
  readonly wanted?: Iterable<LinkName>;
  /** The graph is fed with every use that reveals something, as with a start, not with those alone that something hangs on. */
  readonly takesAllUses?: boolean;
  /** Compressed bytes of links up to which all of them are loaded: that many cost less than to choose among them. */
  readonly allBelow?: number;
  readonly signal?: AbortSignal;
}

/** Some 90,000 links, nine tenths of them of services. */
const ALL_BELOW = 6 * 1024 * 1024;

/**
 * Opens what is known around a day, so that memory grows with the credentials that are asked about: of links that nothing hangs on
 * only the names are kept by which they could be found. Where there are few links all are loaded (`feedLinksAround`).
 */
export async function openLinksAround(request: LinksRequest): Promise<LinksAround> {
  const { view, reportDate, graph, allBelow = ALL_BELOW } = request;
  const parts: DatedPart[] = [];
  for (const date of datesAround(reportDate))
    for (const part of await view.parts(dayEvidence(date))) parts.push({ part, date });
  if (parts.reduce((sum, { part }) => sum + part.bytes, 0) <= allBelow) {
    const around = await feedLinksAround(view, reportDate, graph);
    return { ...around, reach: async () => {}, reachLinks: async () => {}, isReached: () => true };
  }
  return searchLinks(request, parts);
}
