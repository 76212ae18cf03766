import type { PlaceSettings } from '../../athena/place-settings.js';
import type { ReportDay } from '../../calendar/report-day.js';
import type { PlacedLister } from '../../ports/execution-source.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Closing } from '../../record/closing.js';
import { decodeManifest } from '../../record/encode-manifest.js';
import type { ListedPlace } from '../../tree/evidence/evidence-lines.js';
import { manifestKey, workKey } from '../../tree/layout.js';
import { sealDay } from '../../tree/seals.js';
import { pinTimezone } from '../../tree/settings.js';
import { encodeDocument } from '../../tree/update.js';
import type { Collector, SecondWitnesses } from '../collector.js';
import { buildHour } from '../hour/build-hour.js';
import { openEnrichment } from '../hour/open-enrichment.js';
import { addUnattributed, type UnattributedTask } from './add-unattributed.js';
import { compareExport } from './compare-export.js';
import { keepAssignments } from './keep-assignments.js';
import { dropListing, type Listing, listedOf, openListing } from './listing.js';
import { readLists } from './read-lists.js';

/** A day to close. */
export interface CloseDayTask extends UnattributedTask {
  /** Epoch milliseconds from which the lists are left where they are, to be gone on with; absent to read them to their end. */
  readonly restsAt?: number;
  /** Whether Athena's events are heard: they are compared, too, and where they told of every execution the lists are read only as far as the day. */
  readonly hearsEvents?: boolean;
  /** Known ids that may be held in memory; absent for as many as `openComparison` allows itself. */
  readonly idsInMemory?: number;
}

/**
 * Closes a day: compares what was collected with what Athena itself lists, gives executions that CloudTrail never showed a row of
 * their own, and seals the manifests. Returns null when it rested before the lists were read: the same call goes on. A run that
 * was stopped goes on as well.
 */
export async function closeDay(
  collector: Collector,
  witnesses: SecondWitnesses,
  task: CloseDayTask,
): Promise<Closing | null> {
  const { store, clock, signal } = collector;
  const { listers, exported } = witnesses;
  const { day, restsAt = Number.POSITIVE_INFINITY, hearsEvents = false, idsInMemory } = task;
  await pinTimezone(store, day.timezone, clock.now());
  const listing = await openListing(store, day, clock.now());
  const place = (unattributed: readonly ListedPlace[]) => addUnattributed(collector, task, unattributed);
  const request = {
    day,
    listers,
    listing,
    place,
    restsAt,
    hearsEvents,
    ...(idsInMemory === undefined ? {} : { idsInMemory }),
  };
  if (!(await readLists(collector, request))) return null;
  if (exported)
    listing.unattributed.push(...(await compareExport({ store, day, exported, place, ...(signal ? { signal } : {}) })));
  const askedAt = clock.now();
  const settings = await describePlaces(collector, { day, listers, listing, until: restsAt });
  const news = await keepAssignments(store, { settings, since: day.window.start, askedAt });
  if (news !== null && news < day.window.end) await writeAnew(collector, task);
  const closing = await tell(collector, { day, listers, settings }, listing);
  const key = workKey.closing(day.reportDate);
  await store.write(key, encodeDocument(closing), 'any');
  await sealDay({ store, day, written: [key], now: clock.now() });
  await dropListing(store, day);
  return closing;
}

async function tell(
  { store, clock }: Collector,
  {
    day,
    listers,
    settings,
  }: {
    readonly day: ReportDay;
    readonly listers: readonly PlacedLister[];
    readonly settings: readonly PlaceSettings[];
  },
  listing: Listing,
): Promise<Closing> {
  const { unattributed, systemTables, events } = listing;
  return {
    schema: 1,
    reportDate: day.reportDate,
    closedAt: new Date(clock.now()).toISOString(),
    workGroups: listers.flatMap(({ accountId, region }) =>
      Object.entries(listedOf(listing, { accountId, region }).workGroups)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([workGroup, group]) => ({ accountId, region, workGroup, ...group })),
    ),
    unattributed: [...unattributed].sort(),
    ...(systemTables.length > 0 ? { systemTables } : {}),
    ...(events.length > 0 ? { events } : {}),
    ...(settings.length > 0 ? { settings } : {}),
    missingHours: await missingHours(store, day),
  };
}

/** Which capacity the day's queries ran on is known only now: rows that it changes are written anew, here or by the next settling. */
async function writeAnew(collector: Collector, { day, format, restsAt, onRebuilt }: CloseDayTask): Promise<void> {
  const { store, clock, signal } = collector;
  const enrichment = await openEnrichment(collector, day.reportDate);
  for (const hour of day.hours) {
    signal?.throwIfAborted();
    if (restsAt !== undefined && clock.now() >= restsAt) return;
    const stored = await store.read(manifestKey(hour));
    const before = stored ? decodeManifest(Buffer.from(stored.bytes).toString('utf8')) : null;
    if (before === null || typeof before === 'string') continue;
    const after = await buildHour(collector, { hour, timezone: day.timezone, format, enrichment });
    if (after.version !== before.version) onRebuilt?.(after);
  }
}

/** Asks how the accounts are set up; what is left of the time is for what was read, so this asks nothing beyond `until`. */
async function describePlaces(
  { clock, signal }: Collector,
  request: {
    readonly day: ReportDay;
    readonly listers: readonly PlacedLister[];
    readonly listing: Listing;
    readonly until: number;
  },
): Promise<PlaceSettings[]> {
  const { day, listers, listing, until } = request;
  const settings: PlaceSettings[] = [];
  for (const { accountId, region, lister } of listers) {
    const { workGroups } = listedOf(listing, { accountId, region });
    // The list of a place that broke off stands under a star.
    const names = Object.keys(workGroups).filter((name) => name !== '*');
    // Also what changed after the day: what is so now need not have been so then.
    const window = { start: day.window.start, end: Math.max(day.window.end, clock.now()) };
    const options = { window, until, ...(signal ? { signal } : {}) };
    const described = await lister.describe?.(names.sort(), options);
    if (described) settings.push(described);
  }
  return settings;
}

/** Hours without a manifest that can be read: an hour whose manifest is damaged failed, and its day is owed. */
async function missingHours(store: ReportStore, day: ReportDay): Promise<number[]> {
  const missing: number[] = [];
  for (const hour of day.hours) {
    const stored = await store.read(manifestKey(hour));
    const manifest = stored ? decodeManifest(Buffer.from(stored.bytes).toString('utf8')) : null;
    if (manifest === null || typeof manifest === 'string') missing.push(hour.hour);
  }
  return missing;
}
