import type { PriceTable } from '../athena/prices.js';
import { reportDay } from '../calendar/report-day.js';
import type { Directory } from '../identity/directory.js';
import { decodeManifest } from '../record/encode-manifest.js';
import type { Manifest } from '../record/manifest.js';
import { type HourLabel, manifestKey, parseHourKey } from '../record/report-path.js';
import { type BuildHourRequest, buildHour } from './build-hour.js';
import { openLenses } from './collect-range.js';
import type { Progress, ReportStore } from './ports.js';
import { sealDay } from './seals.js';

export interface SettleRequest extends Omit<BuildHourRequest, 'hour' | 'timezone' | 'lenses' | 'format'> {
  readonly directory: Directory;
  readonly prices: PriceTable;
  readonly progress: Progress;
}

/** What settling did to one hour. */
export interface Settled {
  readonly before: Manifest;
  readonly after: Manifest;
}

/**
 * Revisits every hour that is not final, the oldest first, because Athena forgets the oldest first: running queries, failures
 * that may be taken up again, throttled or denied ids, identity links that came late. An hour with nothing new stays as it is.
 */
export async function* settle(request: SettleRequest): AsyncGenerator<Settled> {
  const { store, clock, progress, signal } = request;
  const open = await openHours(store);
  const dates = [...new Set(open.map(({ reportDate }) => reportDate))];
  let done = 0;
  for (const reportDate of dates) {
    const lenses = await openLenses({ ...request, reportDate });
    const labels = open.filter((label) => label.reportDate === reportDate);
    const day = reportDay(reportDate, labels[0]?.timezone ?? 'UTC');
    for (const before of labels) {
      signal?.throwIfAborted();
      const hour = day.hours.find((candidate) => candidate.hour === before.hour);
      if (!hour)
        throw new Error(
          `${store.location}: ${manifestKey(before)} is an hour that ${reportDate} does not have in ${before.timezone}`,
        );
      const after = await buildHour({ ...request, hour, timezone: before.timezone, format: before.format, lenses });
      done++;
      progress({ kind: 'hour', reportDate, hour: hour.hour, rows: after.report.rows, done, total: open.length });
      yield { before, after };
    }
    await sealDay({ store, day, now: clock.now() });
  }
}

/** Manifests that are not final, oldest hour first. */
async function openHours(store: ReportStore): Promise<Manifest[]> {
  const open: Manifest[] = [];
  for await (const { key } of store.list('year=')) {
    const parsed = parseHourKey(key);
    if (parsed?.name !== '_manifest.json') continue;
    const stored = await store.read(key);
    const manifest = stored ? decodeManifest(Buffer.from(stored.bytes).toString('utf8')) : null;
    if (typeof manifest === 'string')
      throw new Error(`${store.location}: ${key} is damaged (${manifest}); run \`aqt verify\``);
    if (manifest?.status === 'open') open.push(manifest);
  }
  return open.sort((a, b) => compare(a, b));
}

function compare(a: HourLabel, b: HourLabel): number {
  return a.reportDate < b.reportDate ? -1 : a.reportDate > b.reportDate ? 1 : a.hour - b.hour;
}
