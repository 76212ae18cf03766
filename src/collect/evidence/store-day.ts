import { addDays, type ReportDay } from '../../calendar/report-day.js';
import { createCredentialGraph } from '../../identity/chain/credential-graph.js';
import type { EvidenceSources, Workplace } from '../collector.js';
import { askForLinks, createSparkUses } from '../scan/ask-for-links.js';
import type { Spool } from '../scan/spool.js';
import { isRevealing, openDayLinks } from './day-links.js';
import { askForNames } from './identity-names.js';
import { storeHour } from './store-hour.js';

/**
 * Moves a scanned day from the spool into the evidence of its hours and the links of its days, then asks for the origin of
 * credentials, and the names of users, that are still unknown. Doing it twice is doing it once.
 */
export async function storeDay(
  { store, clock, signal }: Pick<Workplace, 'store' | 'clock' | 'signal'>,
  { linkSource, userNames }: Omit<EvidenceSources, 'source'>,
  { day, spool }: { readonly day: ReportDay; readonly spool: Spool },
): Promise<void> {
  const graph = createCredentialGraph();
  const sparkUses = createSparkUses();
  const own = await openDayLinks(store, day.reportDate);
  // A source reads links up to 36 hours before its window, for the sessions that began there.
  for (const date of [-2, -1, 0, 1].map((days) => addDays(day.reportDate, days))) {
    let links = date === day.reportDate ? own : null;
    for await (const link of spool.readLinks(date)) {
      links ??= await openDayLinks(store, date);
      links.add({ link });
      // Links are kept, not held; but whom they were asked for on behalf of is known here and nowhere else.
      const { caller, eventId, eventTime, console } = link;
      if (caller.onBehalfOfUserId !== null) graph.addStart({ principal: caller, eventId, eventTime, console });
    }
    if (links !== own) await links?.commit();
  }
  for (const hour of day.hours) {
    signal?.throwIfAborted();
    for await (const { starts } of storeHour({ hour, spool, store })) {
      for (const start of starts) {
        graph.addStart(start);
        sparkUses.add(start);
        if (isRevealing(start)) own.add({ revealing: start });
      }
    }
  }
  await own.commit();
  const rest = { store, ...(signal ? { signal } : {}) };
  if (linkSource) {
    const ageMs = clock.now() - day.window.end;
    await askForLinks({ ...rest, graph, sparkUses: sparkUses.all(), reportDate: day.reportDate, linkSource, ageMs });
  }
  if (userNames) await askForNames({ ...rest, users: nameless(graph), source: userNames });
}

/** Users of Identity Center whom no event of an access-portal session has named. */
function nameless({ identityCenterUsers }: ReturnType<typeof createCredentialGraph>): string[] {
  return [...identityCenterUsers].flatMap(([user, name]) => (name === null ? [user] : []));
}
