import type { PlaceSettings } from '../../athena/place-settings.js';
import { decodeClosing } from '../../record/decode-closing.js';
import { ACCEPTANCES } from '../../tree/acceptances.js';

/** What closing a day found, as far as the cache keeps it; the file is `_work/closings/<date>.json`. */
export interface ClosingNote {
  readonly reportDate: string;
  /** ISO 8601 UTC. */
  readonly closedAt: string;
  /** Executions that Athena lists and CloudTrail never showed. */
  readonly unattributed: number;
  /** Athena's own list, by account and Region. */
  readonly listings: readonly ListingNote[];
  /** Workgroups whose list could not be read; `*` stands for all of a place. */
  readonly unlisted: readonly UnlistedNote[];
  readonly systemTables: readonly SystemTableNote[];
  /** How the accounts were set up. */
  readonly settings: readonly PlaceSettings[];
}

interface PlaceName {
  readonly accountId: string;
  readonly region: string;
}

export interface ListingNote extends PlaceName {
  /** Workgroups that Athena named, those whose list could not be read among them. */
  readonly workGroups: number;
  /** Executions in the list, of whatever day. */
  readonly listed: number;
  readonly unlisted: number;
  /** Workgroups whose list was read only as far as the day: events had told of it, and samples said that the rest is older. */
  readonly narrowed: number;
  /** What Athena's events told of the day; null where nobody heard them. */
  readonly events: { readonly seen: number; readonly absent: number } | null;
}

export interface UnlistedNote extends PlaceName {
  readonly workGroup: string;
  readonly failure: string;
}

export interface SystemTableNote extends PlaceName {
  readonly seen: number;
  readonly absent: number;
  readonly disagreements: number;
  /** Ids of the first of them. */
  readonly disagreeing: readonly string[];
  readonly failure: string | null;
}

/** A finding that somebody accepted, by its key in `aqt verify`. */
export interface AcceptedNote {
  readonly key: string;
  readonly reason: string;
  /** ISO 8601 UTC. */
  readonly acceptedAt: string;
}

/** Stands for the list of a place as a whole, where it broke off. */
export const ALL = '*';

/** Ids kept of a system table's disagreements; the count is exact. */
const IDS_KEPT = 5;

/** Reads a closing; null for what is none, as `aqt verify` takes it. */
export function parseClosing(text: string): ClosingNote | null {
  const closing = decodeClosing(parseObject(text));
  if (!closing) return null;
  const { reportDate, closedAt, workGroups, unattributed, systemTables = [], events = [], settings = [] } = closing;
  const listings = new Map<string, { -readonly [K in keyof ListingNote]: ListingNote[K] }>();
  for (const { accountId, region, workGroup, listed, failure, isRecent } of workGroups) {
    const name = `${accountId} ${region}`;
    const heard = events.find((one) => one.accountId === accountId && one.region === region);
    const listing = listings.get(name) ?? {
      ...{ accountId, region, workGroups: 0, listed: 0, unlisted: 0, narrowed: 0 },
      events: heard ? { seen: heard.seen, absent: heard.absent } : null,
    };
    listings.set(name, listing);
    if (workGroup === ALL) continue;
    listing.workGroups += 1;
    listing.listed += listed;
    if (failure !== null) listing.unlisted += 1;
    if (isRecent) listing.narrowed += 1;
  }
  return {
    ...{ reportDate, closedAt, unattributed: unattributed.length, settings },
    listings: [...listings.values()],
    unlisted: workGroups.flatMap(({ accountId, region, workGroup, failure }) =>
      failure === null ? [] : [{ accountId, region, workGroup, failure }],
    ),
    systemTables: systemTables.map((table) => ({ ...table, disagreeing: table.disagreeing.slice(0, IDS_KEPT) })),
  };
}

/** Reads what was accepted, from `_work/accepted.json`; nothing of a damaged file, as `aqt verify` does. */
export function parseAccepted(text: string): AcceptedNote[] {
  const { accepted } = ACCEPTANCES.parse(parseObject(text)) ?? ACCEPTANCES.absent;
  return Object.entries(accepted).map(([key, { reason, acceptedAt }]) => ({ key, reason, acceptedAt }));
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
