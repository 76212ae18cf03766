import { type ReportStore, WriteConflict } from '../../ports/report-store.js';
import { EvidenceGone, pinnedEvidence } from './evidence-view.js';
import { openLinksAround } from './links-around.js';
import type { LinksAround, LinksRequest } from './search-links.js';

/**
 * Opens what is known around a day of a tree, of which more can be asked for as long as the tree holds the parts that were opened,
 * wherever they lie by then: they may be merged meanwhile, by the same run or by another.
 */
export async function openLastingLinks(store: ReportStore, request: LinksRequest): Promise<LinksAround> {
  let links = await openLinksAround(request);
  const { parts } = links;
  const reopen = async () => {
    links = await openLinksAround({ ...request, view: pinnedEvidence(store, parts), hours: [] });
  };
  /** A search that broke off has forgotten what it looked for. */
  let isBroken = false;
  const again = async (ask: () => Promise<void>) => {
    if (isBroken) await reopen();
    isBroken = true;
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof WriteConflict || error instanceof EvidenceGone)) throw error;
      await reopen();
      await ask();
    }
    isBroken = false;
  };
  return {
    ...links,
    reach: (uses) => {
      const asked = [...uses];
      return again(() => links.reach(asked));
    },
    reachLinks: (found) => {
      const asked = [...found];
      return again(() => links.reachLinks(asked));
    },
    isReached: (use) => links.isReached(use),
  };
}
