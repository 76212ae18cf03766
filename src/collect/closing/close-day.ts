import type { ReportDay } from '../../calendar/report-day.js';
import type { ExecutionWitness } from '../../ports/execution-source.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Closing } from '../../record/closing.js';
import type { Manifest } from '../../record/manifest.js';
import { manifestKey, workKey } from '../../tree/layout.js';
import { sealDay } from '../../tree/seals.js';
import { encodeDocument } from '../../tree/update.js';
import { noteDayIds } from '../evidence/day-ids.js';
import type { BuildHourRequest } from '../hour/build-hour.js';
import { addUnattributed } from './add-unattributed.js';
import { compareExport } from './compare-export.js';
import { dropListing, type Listing, listedOf, openListing } from './listing.js';
import { type PlacedLister, readLists } from './read-lists.js';

export interface CloseDayRequest extends Omit<BuildHourRequest, 'hour' | 'timezone'> {
  readonly day: ReportDay;
  readonly listers: readonly PlacedLister[];
  /** Executions out of files, to compare with instead of Athena's lists; null or absent where there are none. */
  readonly exported?: ExecutionWitness | null;
  /** Epoch milliseconds from which the lists are left where they are, to be gone on with; absent to read them to their end. */
  readonly restsAt?: number;
  /** Hears of hours that gained rows and were written again. */
  readonly onRebuilt?: (manifest: Manifest) => void;
}

/**
 * Closes a day: compares what was collected with what Athena itself lists, gives executions that CloudTrail never showed a row of
 * their own, and seals the manifests. Returns null when it rested before the lists were read: the same call goes on. A run that
 * was stopped goes on as well.
 */
export async function closeDay(request: CloseDayRequest & { readonly restsAt?: never }): Promise<Closing>;
export async function closeDay(request: CloseDayRequest): Promise<Closing | null>;
export async function closeDay(request: CloseDayRequest): Promise<Closing | null> {
  const { day, store, listers, exported, clock, restsAt = Number.POSITIVE_INFINITY } = request;
  const listing = await openListing(store, day, clock.now());
  // Without a list to compare with nobody asks for the ids, and a busy day has a million of them.
  if (listers.length > 0) await noteDayIds(store, day);
  const place = (unattributed: Parameters<typeof addUnattributed>[1]) => addUnattributed(request, unattributed);
  if (!(await readLists({ ...request, listing, place, restsAt }))) return null;
  if (exported) listing.unattributed.push(...(await compareExport({ ...request, exported, place })));
  if (listers.length > 0 && listing.unattributed.length > 0) await noteDayIds(store, day);
  const closing = await tell(request, listing);
  await store.write(workKey.closing(day.reportDate), encodeDocument(closing), 'any');
  await sealDay({ store, day, now: clock.now() });
  await dropListing(store, day);
  return closing;
}

async function tell({ day, store, listers, clock }: CloseDayRequest, listing: Listing): Promise<Closing> {
  const { unattributed, systemTables } = listing;
  return {
    schema: 1,
    reportDate: day.reportDate,
    closedAt: new Date(clock.now()).toISOString(),
    workGroups: listers.flatMap(({ accountId, region }) =>
      Object.entries(listedOf(listing, { accountId, region }).workGroups)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([workGroup, { listed, failure }]) => ({ accountId, region, workGroup, listed, failure })),
    ),
    unattributed: [...unattributed].sort(),
    ...(systemTables.length > 0 ? { systemTables } : {}),
    missingHours: await missingHours(store, day),
  };
}

async function missingHours(store: ReportStore, day: ReportDay): Promise<number[]> {
  const missing: number[] = [];
  for (const hour of day.hours) if ((await store.tagOf(manifestKey(hour))) === null) missing.push(hour.hour);
  return missing;
}
