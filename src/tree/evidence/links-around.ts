import type { HourLabel } from '../../calendar/hour-label.js';
import { dayEvidence, hourEvidence } from '../layout.js';
import { datesAround, feedLinksAround } from './day-evidence.js';
import type { EvidenceView } from './evidence-view.js';
import { type DatedPart, type LinksAround, type LinksRequest, searchLinks } from './search-links.js';

/** Some 90,000 links, nine tenths of them of services. */
const ALL_BELOW = 6 * 1024 * 1024;
/** Some hundreds of links: looking where the starts are takes longer than loading them. */
const FEW_BYTES = 64 * 1024;

/**
 * Opens what is known around a day, so that memory grows with the credentials that are asked about: of links that nothing hangs on
 * only the names are kept by which they could be found. Where there are few links, or no more than starts, all are loaded
 * (`feedLinksAround`): whoever chooses reads the starts first.
 */
export async function openLinksAround(request: LinksRequest): Promise<LinksAround> {
  const { view, reportDate, graph, hours = [], allBelow = ALL_BELOW } = request;
  const parts: DatedPart[] = [];
  for (const date of datesAround(reportDate))
    for (const part of await view.parts(dayEvidence(date))) parts.push({ part, date });
  const bytes = parts.reduce((sum, { part }) => sum + part.bytes, 0);
  if (bytes <= allBelow && (bytes <= FEW_BYTES || bytes <= (await bytesOf(view, hours)))) {
    const around = await feedLinksAround(view, reportDate, graph);
    return { ...around, reach: async () => {}, reachLinks: async () => {}, isReached: () => true };
  }
  return searchLinks(request, parts);
}

/** Bytes of the evidence of some hours, as it lies there. */
async function bytesOf(view: EvidenceView, hours: readonly HourLabel[]): Promise<number> {
  let bytes = 0;
  for (const label of hours) for (const part of await view.parts(hourEvidence(label))) bytes += part.bytes;
  return bytes;
}
