import type { ReportDay } from '../../calendar/report-day.js';
import type { PlacedLister } from '../../ports/execution-source.js';
import type { ListedPlace } from '../../tree/evidence/evidence-lines.js';
import type { Collector, Workplace } from '../collector.js';
import { readKnownIds } from '../evidence/known-ids.js';
import { compareEvents } from './compare-events.js';
import { compareSystemTable } from './compare-system-table.js';
import { countPage, keepListing, type Listing, listedOf } from './listing.js';
import { createRecentCheck } from './recent-pages.js';

/** After so many executions that nobody knows they get their rows: their texts wait in memory. */
const AT_ONCE = 5000;
/** After so many pages, some 100 seconds of Athena's quota, what was read is made durable: a run that dies loses no more. */
const PAGES = 500;

/** At 250 ids a second that is 18 million. The list of a larger account would not be read before the next day is closed. */
const LONGEST_MS = 20 * 3_600_000;

const TOO_LONG =
  'Athena lists more than can be read in 20 hours: the rest, and workgroups after this one, were not read';

/**
 * Reads Athena's lists, and what the system tables say, and hands on the executions that no evidence names. Order is not trusted:
 * all pages of all workgroups are read, but where events have told of every execution of the day. Returns false when it came to `restsAt` first; the listing kept tells where to go on.
 */
export async function readLists(
  { store, clock, signal, executions, progress }: Workplace & Pick<Collector, 'executions'>,
  request: {
    readonly day: ReportDay;
    readonly listers: readonly PlacedLister[];
    readonly listing: Listing;
    readonly place: (unattributed: readonly ListedPlace[]) => Promise<readonly string[]>;
    readonly restsAt: number;
    /** Whether Athena's events are heard, and compared. */
    readonly hearsEvents: boolean;
  },
): Promise<boolean> {
  const { day, listers, listing } = request;
  if (listers.length === 0) return true;
  const known = await readKnownIds(store, day, clock.now());
  // What a run was placing when it was stopped is known by its evidence, and perhaps told by no report.
  const unattributed = new Map(listing.placing.map((listed) => [listed.queryExecutionId, listed]));
  const keep = async () => {
    listing.writtenAt = clock.now();
    await keepListing(store, day, listing);
  };
  const settle = async () => {
    listing.placing = [...unattributed.values()];
    if (listing.placing.length > 0) await keep();
    listing.unattributed.push(...(await request.place(listing.placing)));
    listing.placing = [];
    unattributed.clear();
  };
  for (const [index, placed] of listers.entries()) {
    const { accountId, region, lister } = placed;
    const listed = listedOf(listing, placed);
    if (listed.isRead) continue;
    const cursor = listed.cursor ?? null;
    // A list that begins again is counted again.
    if (cursor === null) listed.workGroups = {};
    const heard = request.hearsEvents ? await compareEvents({ store, day, place: placed, known }) : null;
    for (const told of heard?.unknown ?? []) {
      unattributed.set(told.queryExecutionId, told);
      known.add(told.queryExecutionId);
    }
    const source = heard?.isWhole ? executions(placed) : null;
    const options = {
      since: day.window.start,
      ...(cursor === null ? {} : { cursor }),
      ...(signal ? { signal } : {}),
      ...(source ? { isEnough: createRecentCheck({ source, day, signal }) } : {}),
    };
    let pages = 0;
    let ids = 0;
    for await (const page of lister.list(options)) {
      countPage(listed, page);
      listed.cursor = page.cursor ?? null;
      for (const queryExecutionId of page.ids) {
        if (known.has(queryExecutionId)) continue;
        known.add(queryExecutionId);
        unattributed.set(queryExecutionId, { queryExecutionId, accountId, region });
      }
      pages++;
      ids += page.ids.length;
      const { workGroups } = page;
      progress({
        kind: 'list',
        reportDate: day.reportDate,
        accountId,
        region,
        ids,
        ...(workGroups ? { workGroups } : {}),
      });
      if (clock.now() - listing.startedAt >= LONGEST_MS) {
        countPage(listed, { workGroup: page.workGroup, ids: [], failure: TOO_LONG });
        break;
      }
      const mustRest = clock.now() >= request.restsAt;
      if (pages < PAGES && unattributed.size < AT_ONCE && !mustRest) continue;
      await settle();
      await keep();
      if (mustRest) return false;
      pages = 0;
    }
    const onSeen = (seen: ListedPlace) => {
      if (!known.has(seen.queryExecutionId) || unattributed.has(seen.queryExecutionId))
        unattributed.set(seen.queryExecutionId, seen);
      known.add(seen.queryExecutionId);
    };
    const finding = await compareSystemTable({ placed, day, store, onSeen, signal });
    await settle();
    if (finding) listing.systemTables.push(finding);
    if (heard) listing.events.push(heard.finding);
    listed.isRead = true;
    if (index < listers.length - 1) await keep();
  }
  return true;
}
