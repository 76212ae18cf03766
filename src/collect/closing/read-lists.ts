import type { ReportDay } from '../../calendar/report-day.js';
import type { PlacedLister } from '../../ports/execution-source.js';
import type { ListedPlace } from '../../tree/evidence/evidence-lines.js';
import type { Collector, Workplace } from '../collector.js';
import { compareEvents } from './compare-events.js';
import { compareSystemTable } from './compare-system-table.js';
import { AT_ONCE, openComparison } from './comparison.js';
import { countPage, keepListing, type Listing, listedOf } from './listing.js';
import { createRecentCheck } from './recent-pages.js';

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
    /** As `openComparison` takes it. */
    readonly idsInMemory?: number;
  },
): Promise<boolean> {
  const { day, listers, listing } = request;
  if (listers.length === 0) return true;
  const keep = async () => {
    listing.writtenAt = clock.now();
    await keepListing(store, day, listing);
  };
  const place = async (listed: readonly ListedPlace[]) => {
    listing.placing = listed;
    await keep();
    listing.unattributed.push(...(await request.place(listed)));
    listing.placing = [];
  };
  // What a run was placing when it was stopped is known by its evidence, and perhaps told by no report.
  if (listing.placing.length > 0) await place(listing.placing);
  const comparison = await openComparison({ store, clock }, request);
  /**
   * Places what nobody knows, some at a time. `commit` lets a run that comes after go on behind what was listed: only when all of
   * it is placed or written down. Returns false, without that, when its time was over before.
   */
  const settle = async (commit: () => void, restsAt = Number.POSITIVE_INFINITY) => {
    let some: ListedPlace[] = [];
    for await (const unknown of comparison.unknown()) {
      if (some.length >= AT_ONCE) {
        await place(some);
        some = [];
        if (clock.now() >= restsAt) return false;
      }
      some.push(unknown);
    }
    commit();
    if (some.length > 0) await place(some);
    return true;
  };
  for (const [index, placed] of listers.entries()) {
    const { accountId, region, lister } = placed;
    const listed = listedOf(listing, placed);
    if (listed.isRead) continue;
    const cursor = listed.cursor ?? null;
    // A list that begins again is counted again.
    const reading = { cursor, workGroups: cursor === null ? {} : structuredClone(listed.workGroups) };
    const commit = () => Object.assign(listed, structuredClone(reading));
    const onTold = comparison.add;
    const heard = request.hearsEvents ? await compareEvents({ store, day, place: placed, onTold }) : null;
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
      countPage(reading, page);
      reading.cursor = page.cursor ?? null;
      for (const queryExecutionId of page.ids) comparison.add({ queryExecutionId, accountId, region });
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
        countPage(reading, { workGroup: page.workGroup, ids: [], failure: TOO_LONG });
        break;
      }
      if (!comparison.isDue(pages) && clock.now() < comparison.endsAt) continue;
      const isSettled = await settle(commit, request.restsAt);
      await keep();
      if (!isSettled || clock.now() >= comparison.endsAt) return false;
      pages = 0;
    }
    const onSeen = async (rows: readonly ListedPlace[]) => {
      for (const seen of rows) comparison.add(seen);
      if (comparison.isDue(0)) await settle(commit);
    };
    const finding = await compareSystemTable({ placed, day, store, onSeen, signal });
    await settle(commit);
    if (finding) listing.systemTables.push(finding);
    if (heard) listing.events.push(heard.finding);
    listed.isRead = true;
    if (index < listers.length - 1) await keep();
  }
  return true;
}
