import type { ReportDay, ReportHour } from '../../calendar/report-day.js';
import { linkOfLine } from '../../cloudtrail/link-line.js';
import { mayConcern } from '../../cloudtrail/not-read.js';
import type { CredentialUse } from '../../identity/chain/credential-facts.js';
import { type CredentialGraph, createCredentialGraph } from '../../identity/chain/credential-graph.js';
import { createWantedNames } from '../../identity/chain/wanted-names.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { SourceAccount } from '../../ports/start-source.js';
import { addToHour, type HourReading } from '../../tree/evidence/evidence-lines.js';
import { mergeParts } from '../../tree/evidence/evidence-log.js';
import { liveEvidence } from '../../tree/evidence/evidence-view.js';
import { eachSlice, joinReadings } from '../../tree/evidence/hour-evidence.js';
import { hourEvidence } from '../../tree/layout.js';
import type { EvidenceSources, Workplace } from '../collector.js';
import { askForLinks, createSparkUses } from '../scan/ask-for-links.js';
import type { Checkpoint } from '../scan/checkpoint.js';
import type { ScanLog } from '../scan/scan-log.js';
import { isRevealing, openDayLinks, shownIds } from './day-links.js';
import { nameUsers } from './identity-names.js';

/**
 * Finishes the evidence of a scanned day: notes how the scan met its hours, what its starts reveal about credentials, then asks
 * for the origin of credentials, and the names of users, that are still unknown. Doing it twice is doing it once.
 */
export async function storeDay(
  { store, clock, signal }: Pick<Workplace, 'store' | 'clock' | 'signal'>,
  { linkSource, userNames }: Omit<EvidenceSources, 'source'>,
  { day, log }: { readonly day: ReportDay; readonly log: ScanLog },
): Promise<void> {
  const { reportDate } = day;
  const view = liveEvidence(store);
  const graph = createCredentialGraph();
  const sparkUses = createSparkUses();
  const wanted = createWantedNames();
  const own = await openDayLinks(store, reportDate, ['revealing', 'shown'], (text) => {
    const use = namedCaller(text);
    if (!use) return;
    graph.addStart(use);
    wanted.add(use);
  });
  for (const hour of day.hours) {
    signal?.throwIfAborted();
    await mergeParts(store, hourEvidence(hour));
    let isFirst = true;
    for await (const { starts, reading } of eachSlice(view, hour)) {
      if (isFirst) await noteReading(store, { hour, known: reading }, log.checkpoint);
      isFirst = false;
      for (const start of starts) {
        graph.addStart(start);
        sparkUses.add(start);
        wanted.add(start);
        if (isRevealing(start)) own.add({ revealing: start });
        for (const shown of shownIds(start)) own.add({ shown });
      }
    }
  }
  await own.commit();
  const rest = { store, reportDate, ...(signal ? { signal } : {}) };
  if (linkSource) {
    const ageMs = clock.now() - day.window.end;
    await askForLinks({ ...rest, graph, wanted: wanted.names, sparkUses: sparkUses.all(), linkSource, ageMs });
  }
  await nameUsers({ ...rest, users: nameless(graph), source: userNames });
}

/**
 * Whom credentials were asked for on behalf of is known from the callers of the events that issued them: the caller in such a line, null
 * in every other.
 */
function namedCaller(text: string): CredentialUse | null {
  if (!text.startsWith('{"link":') || !text.includes('"onBehalfOfUserId":"')) return null;
  const { caller, eventId, eventTime, console } = linkOfLine(JSON.parse(text) as { link: unknown });
  return caller.onBehalfOfUserId === null ? null : { principal: caller, eventId, eventTime, console };
}

/** Notes how the scan met an hour, unless that is known. Calls made and pages read differ each time and are no news. */
async function noteReading(
  store: ReportStore,
  { hour, known }: { readonly hour: ReportHour; readonly known: HourReading | null },
  checkpoint: Checkpoint,
): Promise<void> {
  const { duplicates, writtenAt } = checkpoint;
  const sources = sourcesOf(checkpoint, hour);
  const reading: HourReading = { readAt: writtenAt, duplicates: duplicates[hourEvidence(hour)] ?? 0, sources };
  const essence = (of: HourReading | null) =>
    JSON.stringify(of, (name, value: unknown) => (name === 'counts' || name === 'readAt' ? undefined : value));
  const joined = joinReadings([...(known ? [known] : []), reading]);
  if (essence(joined) !== essence(known)) await addToHour(store, hour, [{ reading }]);
}

/** What was not read and may concern an hour stands with the first source, which read the rest. */
function sourcesOf({ sources, notRead }: Checkpoint, { window }: ReportHour): readonly SourceAccount[] {
  const [first, ...others] = sources;
  const notes = notRead
    .filter((item) => mayConcern(item, window))
    .map(({ name, reason, wayOut }) => ({ name, reason, wayOut }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return first && notes.length > 0 ? [{ ...first, notRead: notes }, ...others] : sources;
}

/** Users of Identity Center whom no event of an access-portal session has named. */
function nameless({ identityCenterUsers }: CredentialGraph): string[] {
  return [...identityCenterUsers].flatMap(([user, name]) => (name === null ? [user] : []));
}
