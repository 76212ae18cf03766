import { dayEvidence } from '../layout.js';
import { datesAround, feedLinksAround } from './day-evidence.js';
import { type DatedPart, type LinksAround, type LinksRequest, searchLinks } from './search-links.js';

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
