import { addDays, type ReportDay, type ReportHour } from '../calendar/report-day.js';
import type { Start } from '../cloudtrail/start.js';
import { createCredentialGraph } from '../identity/credential-graph.js';
import { uniqueStarts } from '../record/start-groups.js';
import { addDayLinks, isRevealing, readLinksAround } from './day-links.js';
import {
  createInterner,
  evidenceKey,
  type HourEvidence,
  joinEvidence,
  NO_EVIDENCE,
  packEvidence,
  readHourEvidence,
} from './hour-evidence.js';
import { type LinkSource, type ReportStore, type SourceAccount, WriteConflict } from './ports.js';
import type { Spool } from './spool.js';

export interface StoreDayRequest {
  readonly day: ReportDay;
  readonly spool: Spool;
  readonly store: ReportStore;
  /** Asked for credentials whose origin no event showed; null where nothing can be asked. */
  readonly linkSource: LinkSource | null;
  readonly signal?: AbortSignal;
}

/**
 * Moves a scanned day from the spool into the evidence of its hours and the links of its days, then asks for the origin of
 * credentials that are still unknown. Doing it twice is doing it once.
 */
export async function storeDay({ day, spool, store, linkSource, signal }: StoreDayRequest): Promise<void> {
  for (const date of [addDays(day.reportDate, -1), day.reportDate, addDays(day.reportDate, 1)]) {
    const links = [];
    for await (const link of spool.readLinks(date)) links.push(link);
    if (links.length > 0) await addDayLinks(store, date, { links });
  }
  const graph = createCredentialGraph();
  const revealing: Start[] = [];
  for (const hour of day.hours) {
    signal?.throwIfAborted();
    const { starts } = await storeHour({ hour, spool, store, sources: spool.checkpoint.sources });
    for (const start of starts) {
      graph.addStart(start);
      if (isRevealing(start)) revealing.push(start);
    }
  }
  await addDayLinks(store, day.reportDate, { revealing });
  if (linkSource)
    await askForLinks({ graph, reportDate: day.reportDate, store, linkSource, ...(signal ? { signal } : {}) });
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

async function askForLinks(request: {
  readonly graph: ReturnType<typeof createCredentialGraph>;
  readonly reportDate: string;
  readonly store: ReportStore;
  readonly linkSource: LinkSource;
  readonly signal?: AbortSignal;
}): Promise<void> {
  const { graph, reportDate, store, linkSource, signal } = request;
  const known = await readLinksAround(store, reportDate);
  for (const link of known.links) graph.addLink(link);
  for (const start of known.revealing) graph.addStart(start);
  const asked = new Set(known.askedKeys);
  // A link may itself be signed with an unknown key: ask again until nothing new turns up, ten hops at most.
  for (let hop = 0; hop < 10; hop++) {
    const keys = [...graph.unknownKeys()].filter((key) => !asked.has(key));
    if (keys.length === 0) return;
    const links = [];
    for await (const link of linkSource.find(keys, signal)) {
      graph.addLink(link);
      links.push(link);
    }
    for (const key of keys) asked.add(key);
    await addDayLinks(store, reportDate, { links, askedKeys: keys });
  }
}
