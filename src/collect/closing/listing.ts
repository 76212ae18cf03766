import type { ReportDay } from '../../calendar/report-day.js';
import type { ListedExecutions } from '../../ports/execution-source.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { EventFinding, SystemTableFinding } from '../../record/closing.js';
import { isEventFinding, isSystemTableFinding } from '../../record/decode-closing.js';
import {
  hasMembers,
  isAbsentOr,
  isCount,
  isFlag,
  isListOf,
  isMapOf,
  isNullOr,
  isNumber,
  isText,
} from '../../record/text/shape.js';
import type { ListedPlace } from '../../tree/evidence/evidence-lines.js';
import { workKey } from '../../tree/layout.js';
import { encodeDocument, readDocument, type TreeDocument } from '../../tree/update.js';

/** How far the closing of a day has read Athena's lists. Kept while it is under way. */
export interface Listing {
  readonly schema: 1;
  /** Epoch milliseconds, as is `writtenAt`. */
  readonly startedAt: number;
  writtenAt: number;
  readonly places: ListedSoFar[];
  /** Executions that are being given rows: their evidence may lie there already, and their hours may not tell it yet. */
  placing: readonly ListedPlace[];
  /** Ids that became rows. */
  readonly unattributed: string[];
  readonly systemTables: SystemTableFinding[];
  /** Of each account and Region where events were heard. */
  readonly events: EventFinding[];
}

/** How far the list of one account and Region was read. */
export interface ListedSoFar {
  readonly accountId: string;
  readonly region: string;
  isRead: boolean;
  /** Where the lister goes on; null for the beginning. */
  cursor: unknown;
  /** By name. */
  workGroups: Record<string, { listed: number; failure: string | null; isRecent?: true }>;
}

/** AWS does not say how long a page token lives, and what failed a while ago may do now: after that the lists begin again. */
const RESUMES_WITHIN_MS = 3_600_000;

/** Opens what an earlier round, or a run that was stopped, left a moment ago; else a new listing. */
export async function openListing(store: ReportStore, day: ReportDay, now: number): Promise<Listing> {
  const kept = await readDocument(store, documentOf(day));
  // Lists that were read while the day still ran lack the rest of it.
  const isFresh = (at: number) => at >= day.window.end && at <= now && now - at < RESUMES_WITHIN_MS;
  if (kept && isFresh(kept.writtenAt)) return kept;
  return {
    schema: 1,
    startedAt: now,
    writtenAt: now,
    places: [],
    placing: [],
    unattributed: [],
    systemTables: [],
    events: [],
  };
}

/** Keeps how far the lists were read, so that the next round, or run, goes on there. */
export async function keepListing(store: ReportStore, day: ReportDay, listing: Listing): Promise<void> {
  await store.write(documentOf(day).key, encodeDocument(listing), 'any');
}

/** Forgets it: the day is closed. */
export async function dropListing(store: ReportStore, day: ReportDay): Promise<void> {
  await store.remove(documentOf(day).key);
}

/** What was listed of an account and Region. */
export function listedOf(
  listing: Listing,
  { accountId, region }: Pick<ListedSoFar, 'accountId' | 'region'>,
): ListedSoFar {
  const known = listing.places.find((place) => place.accountId === accountId && place.region === region);
  if (known) return known;
  const begun: ListedSoFar = { accountId, region, isRead: false, cursor: null, workGroups: {} };
  listing.places.push(begun);
  return begun;
}

/** Counts a page for its workgroup. */
export function countPage({ workGroups }: Pick<ListedSoFar, 'workGroups'>, page: ListedExecutions): void {
  const { workGroup, ids, failure } = page;
  const before = workGroups[workGroup];
  workGroups[workGroup] = {
    listed: (before?.listed ?? 0) + ids.length,
    failure: failure ?? before?.failure ?? null,
    ...(page.isRecent || before?.isRecent ? { isRecent: true } : {}),
  };
}

/** What another program wrote there, or half of it, is not gone on with. */
function documentOf({ reportDate }: ReportDay): TreeDocument<Listing | null> {
  return { key: workKey.listing(reportDate), absent: null, parse, whenDamaged: 'absent' };
}

function parse(value: unknown): Listing | null {
  return isListing(value) ? (value as Listing) : null;
}

const place = { accountId: isText, region: isText };
const isListing = hasMembers({
  schema: (value) => value === 1,
  startedAt: isNumber,
  writtenAt: isNumber,
  places: isListOf(
    hasMembers({
      ...place,
      isRead: isFlag,
      workGroups: isMapOf(hasMembers({ listed: isCount, failure: isNullOr(isText) })),
    }),
  ),
  placing: isListOf(hasMembers({ ...place, queryExecutionId: isText, principalArn: isAbsentOr(isNullOr(isText)) })),
  unattributed: isListOf(isText),
  systemTables: isListOf(isSystemTableFinding),
  events: isListOf(isEventFinding),
});
