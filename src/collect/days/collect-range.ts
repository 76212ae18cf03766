import type { PriceTable } from '../../athena/prices.js';
import { hourName } from '../../calendar/hour-label.js';
import { type ReportDay, reportDay } from '../../calendar/report-day.js';
import { covers, type Window } from '../../calendar/window.js';
import { createCredentialGraph } from '../../identity/chain/credential-graph.js';
import type { Directory } from '../../identity/directory/directory.js';
import type { ExecutionWitness } from '../../ports/execution-source.js';
import type { LinkSource, UserNameSource } from '../../ports/identity-source.js';
import type { Progress } from '../../ports/progress.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { StartSource } from '../../ports/start-source.js';
import { createEnrichment, type Enrichment } from '../../record/enrichment.js';
import type { Manifest } from '../../record/manifest.js';
import { sealDay } from '../../tree/seals.js';
import { type CloseDayRequest, closeDay } from '../closing/close-day.js';
import type { PlacedLister } from '../closing/read-lists.js';
import { shareLists } from '../closing/share-lists.js';
import { feedLinksAround } from '../evidence/day-links.js';
import { isEvidenceLost } from '../evidence/evidence-lost.js';
import { readUserNames } from '../evidence/identity-names.js';
import { storeDay } from '../evidence/store-day.js';
import { type BuildHourRequest, buildHour } from '../hour/build-hour.js';
import { scan } from '../scan/scan.js';
import { openSpool } from '../scan/spool.js';

export interface CollectRequest extends Omit<BuildHourRequest, 'hour' | 'timezone' | 'enrichment'> {
  /** Days to collect, touching each other, oldest first. A day may hold some of its hours only. */
  readonly days: readonly ReportDay[];
  /** Names this piece of work: the same command again finds where it stopped. */
  readonly scanId: string;
  /** A checkpoint written before this instant is not gone on from; 0, the default, takes any. */
  readonly resumesSince?: number;
  readonly source: StartSource;
  readonly linkSource: LinkSource | null;
  /** Asked for users of IAM Identity Center whom no event names. */
  readonly userNames?: UserNameSource | null;
  /** Athena's own lists, the second witness; empty where there is none. */
  readonly listers: readonly PlacedLister[];
  /** Executions out of files, the second witness where nobody asks Athena. */
  readonly exported?: ExecutionWitness | null;
  readonly directory: Directory;
  readonly prices: PriceTable;
  readonly progress: Progress;
}

/**
 * Collects a range of days: one scan over all of it; each day's hours are written as soon as the day and its neighbours are
 * completely scanned. A run that stops, however it stops, goes on where its last checkpoint stands. Yields each hour's manifest,
 * and once more the manifest of an hour that gained rows when its day was closed.
 */
export async function* collectRange(asked: CollectRequest): AsyncGenerator<Manifest> {
  const request = { ...asked, listers: shareLists(asked.listers, asked.clock) };
  const { days, store, scanId, signal } = request;
  const spool = await openSpool(store, scanId, asked.resumesSince);
  const done = new Set(spool.checkpoint.done);
  const stored = new Set<ReportDay>();
  const total = days.reduce((sum, day) => sum + day.hours.length, 0);
  const seen = new Set<string>();
  const hoursDone = days.filter((day) => done.has(day.reportDate)).reduce((sum, day) => sum + day.hours.length, 0);
  for await (const covered of scan({ ...request, spool })) {
    for (const [index, day] of days.entries()) {
      const around = days.slice(Math.max(0, index - 1), index + 2);
      if (done.has(day.reportDate) || !isCovered(covered, around)) continue;
      // The day after tells about credentials of this one, and so does what is asked for its sake.
      for (const near of around) {
        signal?.throwIfAborted();
        if (stored.has(near) || done.has(near.reportDate)) continue;
        await storeDay({ ...request, day: near, spool });
        stored.add(near);
      }
      for await (const manifest of collectDay({ ...request, day })) {
        seen.add(hourName(manifest));
        request.progress({
          kind: 'hour',
          reportDate: manifest.reportDate,
          hour: manifest.hour,
          rows: manifest.report.rows,
          done: Math.min(total, hoursDone + seen.size),
          total,
        });
        yield manifest;
      }
      // What lacks an account or a Region is written, stays open, and is collected again by the same command.
      if (!isCovered(spool.checkpoint.covered, around)) continue;
      done.add(day.reportDate);
      await spool.commit({ done: [...done] });
    }
  }
  if (spool.checkpoint.isComplete) await spool.clear();
}

/** A day can be written when no earlier hour can still take one of its executions, and its neighbours' links are known. */
function isCovered(covered: readonly Window[], days: readonly ReportDay[]): boolean {
  const [first, last] = [days[0], days.at(-1)];
  return (
    first !== undefined && last !== undefined && covers(covered, { start: first.window.start, end: last.window.end })
  );
}

async function* collectDay(request: CollectRequest & { readonly day: ReportDay }): AsyncGenerator<Manifest> {
  const { day } = request;
  const freshEnrichment = () => openEnrichment({ ...request, reportDate: day.reportDate });
  const enrichment = await freshEnrichment();
  // One hour that would lose what its report says stops no other; the run fails in the end.
  let lost: Error | null = null;
  for (const hour of day.hours) {
    request.signal?.throwIfAborted();
    try {
      yield await buildHour({ ...request, hour, timezone: day.timezone, enrichment, freshEnrichment });
    } catch (error) {
      if (!isEvidenceLost(error)) throw error;
      lost ??= error;
    }
  }
  // Part of a day proves nothing about the day: it is sealed, and closed when all of it is there.
  if (day.hours.length === reportDay(day.reportDate, day.timezone).hours.length)
    yield* await closed({ ...request, day, enrichment, freshEnrichment });
  else await sealDay({ store: request.store, day, now: request.clock.now() });
  if (lost) throw lost;
}

/** Closes a day; returns the hours that gained rows by it. */
async function closed(request: CloseDayRequest): Promise<Manifest[]> {
  const rebuilt: Manifest[] = [];
  await closeDay({ ...request, onRebuilt: (manifest) => void rebuilt.push(manifest) });
  return rebuilt;
}

/** The enrichment for one day's rows: identity as its links and its neighbours' tell it. */
export async function openEnrichment(request: {
  readonly store: ReportStore;
  readonly reportDate: string;
  readonly directory: Directory;
  readonly prices: PriceTable;
}): Promise<Enrichment> {
  const graph = createCredentialGraph();
  await feedLinksAround(request.store, request.reportDate, graph);
  const identityStoreNames = await readUserNames(request.store);
  return createEnrichment({ graph, directory: request.directory, prices: request.prices, identityStoreNames });
}
