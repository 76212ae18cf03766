import type { ReportDay } from '../../calendar/report-day.js';
import type { PlacedLister } from '../../ports/execution-source.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Closing } from '../../record/closing.js';
import type { ListedPlace } from '../../tree/evidence/evidence-lines.js';
import { manifestKey, workKey } from '../../tree/layout.js';
import { sealDay } from '../../tree/seals.js';
import { pinTimezone } from '../../tree/settings.js';
import { encodeDocument } from '../../tree/update.js';
import type { Collector, SecondWitnesses } from '../collector.js';
import { addUnattributed, type UnattributedTask } from './add-unattributed.js';
import { compareExport } from './compare-export.js';
import { dropListing, type Listing, listedOf, openListing } from './listing.js';
import { readLists } from './read-lists.js';

/** A day to close. */
export interface CloseDayTask extends UnattributedTask {
  /** Epoch milliseconds from which the lists are left where they are, to be gone on with; absent to read them to their end. */
  readonly restsAt?: number;
  /** Whether Athena's events are heard: they are compared, too, and where they told of every execution the lists are read only as far as the day. */
  readonly hearsEvents?: boolean;
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
  const { day, restsAt = Number.POSITIVE_INFINITY, hearsEvents = false } = task;
  await pinTimezone(store, day.timezone, clock.now());
  const listing = await openListing(store, day, clock.now());
  const place = (unattributed: readonly ListedPlace[]) => addUnattributed(collector, task, unattributed);
  if (!(await readLists(collector, { day, listers, listing, place, restsAt, hearsEvents }))) return null;
  if (exported)
    listing.unattributed.push(...(await compareExport({ store, day, exported, place, ...(signal ? { signal } : {}) })));
  const closing = await tell(collector, { day, listers }, listing);
  const key = workKey.closing(day.reportDate);
  await store.write(key, encodeDocument(closing), 'any');
  await sealDay({ store, day, written: [key], now: clock.now() });
  await dropListing(store, day);
  return closing;
}

async function tell(
  { store, clock }: Collector,
  { day, listers }: { readonly day: ReportDay; readonly listers: readonly PlacedLister[] },
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
    missingHours: await missingHours(store, day),
  };
}

async function missingHours(store: ReportStore, day: ReportDay): Promise<number[]> {
  const missing: number[] = [];
  for (const hour of day.hours) if ((await store.tagOf(manifestKey(hour))) === null) missing.push(hour.hour);
  return missing;
}
