import type { PriceTable } from '../athena/prices.js';
import { addDays, reportDateAt, reportDay } from '../calendar/report-day.js';
import type { Directory } from '../identity/directory.js';
import { ATHENA_RETENTION_MS } from '../record/answer.js';
import type { Manifest } from '../record/manifest.js';
import { hourFolder, manifestKey } from '../record/report-path.js';
import { type BuildHourRequest, buildHour } from './build-hour.js';
import { openLenses } from './collect-range.js';
import type { Progress, ReportStore } from './ports.js';
import { readManifests, type StoredManifest } from './read-manifests.js';
import { type Chain, readChain, sealDay } from './seals.js';
import { readSettleState, writeSettleState } from './settle-state.js';

export interface SettleRequest extends Omit<BuildHourRequest, 'hour' | 'timezone' | 'lenses' | 'format'> {
  readonly directory: Directory;
  readonly prices: PriceTable;
  readonly progress: Progress;
  /** Visits only the open hours of which this is true; all when absent. */
  readonly only?: (manifest: Manifest) => boolean;
}

/** What settling did to one hour. */
export interface Settled {
  readonly before: Manifest;
  readonly after: Manifest;
}

/**
 * Revisits every hour that is not final, the oldest first, because Athena forgets the oldest first: running queries, failures
 * that may be taken up again, throttled or denied ids, identity links that came late. An hour with nothing new stays as it is.
 * Days whose run died between a manifest and its seal are sealed. The caller may stop after any hour.
 */
export async function* settle(request: SettleRequest): AsyncGenerator<Settled> {
  const { store, clock, progress, only, signal } = request;
  const startedAt = clock.now();
  const { open, unsealed } = await readOpenHours(request);
  const wanted = open.filter((manifest) => only?.(manifest) ?? true);
  const timezones = new Map([...unsealed, ...wanted].map(({ reportDate, timezone }) => [reportDate, timezone]));
  let done = 0;
  let openSince: string | null = null;
  for (const [reportDate, timezone] of [...timezones].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const day = reportDay(reportDate, timezone);
    const labels = wanted.filter((label) => label.reportDate === reportDate);
    const lenses = await openLenses({ ...request, reportDate });
    try {
      for (const before of labels) {
        signal?.throwIfAborted();
        const hour = day.hours.find((candidate) => candidate.hour === before.hour);
        if (!hour)
          throw new Error(
            `${store.location}: ${manifestKey(before)} is an hour that ${reportDate} does not have in ${before.timezone}`,
          );
        const after = await buildHour({ ...request, hour, timezone: before.timezone, format: before.format, lenses });
        if (after.status === 'open') openSince ??= reportDate;
        done++;
        progress({ kind: 'hour', reportDate, hour: hour.hour, rows: after.report.rows, done, total: wanted.length });
        yield { before, after };
      }
    } finally {
      // Also when the caller stops here: what was rewritten must not stay unsealed.
      await sealDay({ store, day, now: clock.now() });
    }
  }
  if (!only) await writeSettleState(store, { settledAt: startedAt, openSince });
}

/** Manifests that are not final, oldest hour first, and those that were written and never sealed. */
async function readOpenHours({
  store,
  clock,
}: SettleRequest): Promise<{ readonly open: Manifest[]; readonly unsealed: Manifest[] }> {
  const open: Manifest[] = [];
  const unsealed: Manifest[] = [];
  const chain = await readChain(store, '');
  const now = clock.now();
  for await (const stored of readManifests(store, { from: await firstOpenDate(store, now), now })) {
    if (stored.manifest.status === 'open') open.push(stored.manifest);
    if (isUnsealed(chain, stored)) unsealed.push(stored.manifest);
  }
  return { open, unsealed };
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

/** A rewrite whose run died before it was sealed names the sealed manifest as the one before it; anything else is `verify`'s. */
function isUnsealed(chain: Chain, { manifest, sha256 }: StoredManifest): boolean {
  const sealed = chain.manifests.get(hourFolder(manifest));
  return sealed !== sha256 && (sealed === undefined || manifest.previous === sealed);
}
