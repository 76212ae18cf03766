import { ATHENA_RETENTION_MS } from '../../athena/limits.js';
import type { HourLabel } from '../../calendar/hour-label.js';
import { addDays, reportDateAt, reportDay } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import { isMissingPlaces, type Manifest, type ReportFormat } from '../../record/manifest.js';
import { readKnownChain } from '../../tree/chain/known-chain.js';
import { hourFolder, manifestKey, parseHourKey } from '../../tree/layout.js';
import { readManifests } from '../../tree/read-manifests.js';
import { dealWithNews, type RowNews, readRowNews } from '../../tree/row-news.js';
import { sealDay } from '../../tree/seals.js';
import { readSettleState, writeSettleState } from '../../tree/settle-state.js';
import type { Collector } from '../collector.js';
import { isEvidenceLost } from '../evidence/evidence-lost.js';
import { buildHour } from '../hour/build-hour.js';
import { type DayEnrichment, openEnrichment } from '../hour/open-enrichment.js';

export interface SettleOptions {
  /** Looks at every hour of the tree, final ones too, and writes anew what is not what it should be. */
  readonly isMending?: boolean;
  /** Visits only the hours of which this is true; all when absent. News are what changes rows of hours that may be final. */
  readonly only?: (manifest: Manifest, hasNews: boolean) => boolean;
  /** Hours that this command has just written, by hour folder: nothing can be new about them, and they are not built again. */
  readonly written?: ReadonlyMap<string, Manifest>;
  /** Called with hours whose evidence is gone or damaged: they stay as they are, and the others are settled. */
  readonly onLost?: (error: Error) => void;
}

/** What settling did to one hour. */
export interface Settled {
  /** Null for an hour that was lost and is written anew. */
  readonly before: Manifest | null;
  readonly after: Manifest;
}

/**
 * Revisits every hour that is not final, the oldest first, because Athena forgets the oldest first: running queries, failures
 * that may be taken up again, throttled or denied ids, identity links that came late; then final ones whose rows read otherwise by now: definitions of prepared
 * statements and views that came late, another directory, other prices. An hour with nothing new stays as it is.
 * Hours whose run died before their seal are sealed. With `isMending`, damaged or missing reports and manifests of collected hours
 * are written anew from the evidence kept. The caller may stop after any hour.
 */
export async function* settle(collector: Collector, options: SettleOptions = {}): AsyncGenerator<Settled> {
  const { store, clock, progress, signal } = collector;
  const { isMending = false, only } = options;
  const onLost = (error: Error) => options.onLost?.(error);
  const startedAt = clock.now();
  const news = await readRowNews(store);
  const planned = await planVisits(collector, { isMending, news });
  const visits = planned.filter(({ before, hasNews }) => !before || !only || only(before, hasNews));
  const total = visits.filter(({ mends }) => mends !== 'seal').length;
  let done = 0;
  let openSince: string | null = null;
  let missingSince: string | null = null;
  const dealt = createDealt(planned.filter(({ hasNews }) => hasNews));
  try {
    for (const ofDay of daysOf(visits)) {
      const { reportDate } = ofDay[0].label;
      const day = reportDay(reportDate, ofDay[0].timezone);
      const enrichment = await enrichmentOrNull(collector, ofDay, onLost);
      if (!enrichment) {
        openSince = earlierOf(openSince, reportDate);
        continue;
      }
      try {
        for (const visit of ofDay) {
          const { label, timezone, format, before, mends } = visit;
          if (mends === 'seal') continue;
          signal?.throwIfAborted();
          const hour = day.hours.find((candidate) => candidate.hour === label.hour);
          if (!hour)
            throw new Error(
              `${store.location}: ${manifestKey(label)} is an hour that ${reportDate} lacks in ${timezone}`,
            );
          const mending = mends ? { mends } : {};
          let after: Manifest;
          try {
            const written = mends ? undefined : options.written?.get(hourFolder(label));
            after = written ?? (await buildHour(collector, { hour, timezone, format, enrichment, ...mending }));
          } catch (error) {
            if (!isEvidenceLost(error)) throw error;
            onLost(error);
            openSince = earlierOf(openSince, reportDate);
            continue;
          }
          dealt.add(visit);
          if (after.status === 'open') openSince = earlierOf(openSince, reportDate);
          if (isMissingPlaces(after)) missingSince = earlierOf(missingSince, reportDate);
          done++;
          progress({ kind: 'hour', reportDate, hour: hour.hour, rows: after.report.rows, done, total });
          yield { before, after };
        }
      } finally {
        // Also when the caller stops here: what was rewritten must not stay unsealed.
        await sealDay({ store, day, now: clock.now() });
      }
    }
  } finally {
    // Also when the caller stops here: the next settling goes on behind what this one has done.
    await dealWithNews(store, news, dealt.until());
  }
  if (!only) await writeSettleState(store, { settledAt: startedAt, openSince, missingSince });
}

function earlierOf(a: string | null, b: string): string {
  return a !== null && a < b ? a : b;
}

/** Keeps account of the visits that news ask for, in their order. */
function createDealt(visits: readonly Visit[]): {
  add(visit: Visit): void;
  /** All news are dealt with in hours that end until then; null for all hours, negative infinity for none. */
  until(): number | null;
} {
  const left = new Set(visits);
  return {
    add: (visit) => void left.delete(visit),
    until() {
      let until = Number.NEGATIVE_INFINITY;
      for (const visit of visits) {
        if (left.has(visit)) return until;
        if (visit.before) until = Date.parse(visit.before.window.end);
      }
      return null;
    },
  };
}

/** Visits by day: first those of open hours, which may lose what Athena still knows, then the others. */
function daysOf(visits: readonly Visit[]): (readonly [Visit, ...Visit[]])[] {
  const isFinal = ({ before, mends }: Visit) => before?.status === 'final' && mends === null;
  return [visits.filter((visit) => !isFinal(visit)), visits.filter(isFinal)].flatMap((some) => {
    const days = new Map<string, [Visit, ...Visit[]]>();
    for (const visit of some) {
      const ofDay = days.get(visit.label.reportDate);
      if (ofDay) ofDay.push(visit);
      else days.set(visit.label.reportDate, [visit]);
    }
    return [...days.values()];
  });
}

/** Null when what is known of the day's credentials is damaged: rows written without it would forget persons. */
async function enrichmentOrNull(
  collector: Collector,
  ofDay: readonly [Visit, ...Visit[]],
  onLost: SettleOptions['onLost'],
): Promise<DayEnrichment | null> {
  const hours = ofDay.filter(({ mends }) => mends !== 'seal').map(({ label }) => label.hour);
  try {
    return await openEnrichment(collector, ofDay[0].label.reportDate, { hours });
  } catch (error) {
    if (!isEvidenceLost(error)) throw error;
    onLost?.(error);
    return null;
  }
}

/** An hour to visit; `seal` only seals it. */
interface Visit {
  readonly label: HourLabel;
  readonly timezone: string;
  readonly format: ReportFormat;
  readonly before: Manifest | null;
  readonly mends: 'check' | 'rewrite' | 'seal' | null;
  /** Rows may read otherwise since the hour was written. */
  readonly hasNews: boolean;
}

async function planVisits(
  { store, clock }: Collector,
  { isMending, news }: { readonly isMending: boolean; readonly news: RowNews },
): Promise<Visit[]> {
  const now = clock.now();
  const from = isMending ? null : earlierDate(await firstOpenDate(store, now), news);
  const chain = await readKnownChain(store);
  const visits: Visit[] = [];
  const lost = new Map([...chain.manifests.keys()].flatMap(labelOf).map((label) => [hourFolder(label), label]));
  let like = { timezone: 'America/New_York', format: 'csv' as ReportFormat };
  for await (const { label, manifest, sha256 } of readManifests(store, { from, now })) {
    if (typeof manifest === 'string') {
      if (!isMending)
        throw new Error(
          `${store.location}: ${manifestKey(label)} is damaged (${manifest}); run \`aqt settle --mend\` to write the hour anew`,
        );
      continue;
    }
    lost.delete(hourFolder(label));
    like = { timezone: manifest.timezone, format: manifest.format };
    const sealed = chain.manifests.get(hourFolder(label));
    // A rewrite whose run died before it was sealed names the sealed manifest as the one before it.
    const isUnsealed = sealed !== sha256 && (sealed === undefined || manifest.previous === sealed);
    const isForeign = sealed !== sha256 && !isUnsealed;
    const action = isMending ? (isForeign ? 'rewrite' : 'check') : null;
    // What a text found since defines may have been run or read in any later hour; a directory and prices change any.
    const hasNews = news.since !== null && Date.parse(manifest.window.end) > news.since;
    if (isMending || hasNews || manifest.status === 'open')
      visits.push({ label, ...like, before: manifest, mends: action, hasNews });
    else if (isUnsealed) visits.push({ label, ...like, before: manifest, mends: 'seal', hasNews });
  }
  if (isMending)
    for (const label of lost.values()) visits.push({ label, ...like, before: null, mends: 'rewrite', hasNews: false });
  return visits.sort((a, b) => compareLabels(a.label, b.label));
}

/** The earlier of the date from which hours may be open and that of the news; null, all there is, stays null. */
function earlierDate(from: string | null, { since }: RowNews): string | null {
  if (from === null || since === null) return from;
  const date = addDays(reportDateAt(since, 'UTC'), -1);
  return date < from ? date : from;
}

function labelOf(folder: string): HourLabel[] {
  const parsed = parseHourKey(`${folder}_manifest.json`);
  return parsed ? [parsed.label] : [];
}

function compareLabels(a: HourLabel, b: HourLabel): number {
  return a.reportDate < b.reportDate ? -1 : a.reportDate > b.reportDate ? 1 : a.hour - b.hour;
}

/**
 * An hour collected for the first time more than 45 days after it is final at once. So hours older than that at the last
 * settling were final then, are among those it left open, or were final from the start.
 */
async function firstOpenDate(store: ReportStore, now: number): Promise<string | null> {
  const { settledAt, openSince } = await readSettleState(store);
  if (settledAt === null) return null;
  const oldest = addDays(reportDateAt(Math.min(settledAt, now) - ATHENA_RETENTION_MS, 'UTC'), -2);
  return openSince !== null && openSince < oldest ? openSince : oldest;
}
