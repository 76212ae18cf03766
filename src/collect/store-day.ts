import { addDays, type ReportDay, type ReportHour } from '../calendar/report-day.js';
import type { Start } from '../cloudtrail/start.js';
import { createCredentialGraph } from '../identity/credential-graph.js';
import { uniqueStarts } from '../record/start-groups.js';
import { askForLinks, createSparkUses } from './ask-for-links.js';
import { isRevealing, openDayLinks } from './day-links.js';
import {
  createInterner,
  evidenceKey,
  type HourEvidence,
  joinEvidence,
  NO_EVIDENCE,
  packEvidence,
  readHourEvidence,
} from './hour-evidence.js';
import { askForNames } from './identity-names.js';
import { type LinkSource, type ReportStore, type SourceAccount, type UserNameSource, WriteConflict } from './ports.js';
import type { Spool } from './spool.js';

export interface StoreDayRequest {
  readonly day: ReportDay;
  readonly spool: Spool;
  readonly store: ReportStore;
  /** Asked for credentials whose origin no event showed; null where nothing can be asked. */
  readonly linkSource: LinkSource | null;
  /** Asked for users of IAM Identity Center whom no event names. */
  readonly userNames?: UserNameSource | null;
  readonly signal?: AbortSignal;
}

/**
 * Moves a scanned day from the spool into the evidence of its hours and the links of its days, then asks for the origin of
 * credentials, and the names of users, that are still unknown. Doing it twice is doing it once.
 */
export async function storeDay(request: StoreDayRequest): Promise<void> {
  const { day, spool, store, linkSource, userNames, signal } = request;
  const graph = createCredentialGraph();
  const sparkUses = createSparkUses();
  const own = await openDayLinks(store, day.reportDate);
  for (const date of [addDays(day.reportDate, -1), day.reportDate, addDays(day.reportDate, 1)]) {
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
    const { starts } = await storeHour({ hour, spool, store, sources: spool.checkpoint.sources });
    for (const start of starts) {
      graph.addStart(start);
      sparkUses.add(start);
      if (isRevealing(start)) own.add({ revealing: start });
    }
  }
  await own.commit();
  const rest = { store, ...(signal ? { signal } : {}) };
  if (linkSource) {
    await askForLinks({ ...rest, graph, sparkUses: sparkUses.all(), reportDate: day.reportDate, linkSource });
  }
  if (userNames) await askForNames({ ...rest, users: nameless(graph), source: userNames });
}

/** Users of Identity Center whom no event of an access-portal session has named. */
function nameless({ identityCenterUsers }: ReturnType<typeof createCredentialGraph>): string[] {
  return [...identityCenterUsers].flatMap(([user, name]) => (name === null ? [user] : []));
}

/** Joins an hour's spooled starts with what was known of it before, and keeps the sum. */
async function storeHour(request: {
  readonly hour: ReportHour;
  readonly spool: Spool;
  readonly store: ReportStore;
  readonly sources: readonly SourceAccount[];
}): Promise<HourEvidence> {
  const { hour, spool, store, sources } = request;
  const intern = createInterner();
  const read: Start[] = [];
  const rejects = new Set<string>();
  let lines = 0;
  for await (const line of spool.readHour(hour)) {
    lines++;
    if ('start' in line) read.push(intern(line.start));
    else rejects.add(line.reject);
  }
  const starts = uniqueStarts(read);
  const reading = { duplicates: lines - rejects.size - starts.length, malformed: rejects.size, sources };
  for (let tries = 0; ; tries++) {
    const { evidence, tag } = await readHourEvidence(store, hour);
    const joined = joinEvidence(evidence, { ...NO_EVIDENCE, starts, reading });
    try {
      await store.write(evidenceKey(hour), packEvidence(joined), tag === null ? { absent: true } : { tag });
      return joined;
    } catch (error) {
      if (!(error instanceof WriteConflict) || tries >= 5) throw error;
    }
  }
}
