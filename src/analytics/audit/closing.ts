import type { PlaceSettings } from '../../athena/place-settings.js';
import { parseSettings } from './settings-note.js';

/** What closing a day found, as far as the cache keeps it; the file is `_work/closings/<date>.json`. */
export interface ClosingNote {
  readonly reportDate: string;
  /** ISO 8601 UTC; null when the file does not say. */
  readonly closedAt: string | null;
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

/** Reads a closing; null for what is none, as `aqt verify` takes it. Entries that name no place are left out. */
export function parseClosing(text: string): ClosingNote | null {
  const closing = parseObject(text);
  if (closing?.schema !== 1 || !isDate(closing.reportDate)) return null;
  if (!Array.isArray(closing.workGroups) || !Array.isArray(closing.unattributed)) return null;
  const groups = closing.workGroups.flatMap((one: unknown) => {
    const place = placeIn(one);
    return place
      ? [{ ...place, ...(one as { workGroup?: unknown; listed?: unknown; failure?: unknown; isRecent?: unknown }) }]
      : [];
  });
  const listings = new Map<string, { -readonly [K in keyof ListingNote]: ListingNote[K] }>();
  const heard = Array.isArray(closing.events) ? closing.events : [];
  for (const { accountId, region, workGroup, listed, failure, isRecent } of groups) {
    const name = `${accountId} ${region}`;
    const listing = listings.get(name) ?? {
      ...{ accountId, region, workGroups: 0, listed: 0, unlisted: 0, narrowed: 0 },
      events: eventsOf(heard, { accountId, region }),
    };
    listings.set(name, listing);
    if (workGroup === ALL) continue;
    listing.workGroups += 1;
    listing.listed += countIn(listed);
    if (typeof failure === 'string') listing.unlisted += 1;
    if (isRecent === true) listing.narrowed += 1;
  }
  return {
    reportDate: closing.reportDate,
    closedAt: isInstant(closing.closedAt) ? closing.closedAt : null,
    unattributed: closing.unattributed.length,
    listings: [...listings.values()],
    unlisted: groups.flatMap(({ accountId, region, workGroup, failure }) =>
      typeof failure === 'string' ? [{ accountId, region, workGroup: String(workGroup), failure }] : [],
    ),
    systemTables: Array.isArray(closing.systemTables) ? closing.systemTables.flatMap(systemTableIn) : [],
    settings: parseSettings(closing.settings),
  };
}

/** Reads what was accepted, from `_work/accepted.json`; nothing of a damaged file, as `aqt verify` does. */
export function parseAccepted(text: string): AcceptedNote[] {
  const accepted = parseObject(text)?.accepted;
  if (typeof accepted !== 'object' || accepted === null) return [];
  return Object.entries(accepted).flatMap(([key, one]: [string, unknown]) => {
    const { reason, acceptedAt } = (one ?? {}) as { reason?: unknown; acceptedAt?: unknown };
    return typeof reason === 'string' && isInstant(acceptedAt) ? [{ key, reason, acceptedAt }] : [];
  });
}

function eventsOf(heard: readonly unknown[], { accountId, region }: PlaceName): ListingNote['events'] {
  const here = heard.find((one) => {
    const place = placeIn(one);
    return place?.accountId === accountId && place.region === region;
  }) as { readonly seen?: unknown; readonly absent?: unknown } | undefined;
  return here ? { seen: countIn(here.seen), absent: countIn(here.absent) } : null;
}

function systemTableIn(one: unknown): SystemTableNote[] {
  const place = placeIn(one);
  if (!place) return [];
  const { seen, absent, disagreements, disagreeing, failure } = one as Record<string, unknown>;
  return [
    {
      ...place,
      seen: countIn(seen),
      absent: countIn(absent),
      disagreements: countIn(disagreements),
      disagreeing: Array.isArray(disagreeing) ? disagreeing.slice(0, IDS_KEPT).map(String) : [],
      failure: typeof failure === 'string' ? failure : null,
    },
  ];
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function placeIn(one: unknown): PlaceName | null {
  const { accountId, region } = (one ?? {}) as { accountId?: unknown; region?: unknown };
  return typeof accountId === 'string' && typeof region === 'string' ? { accountId, region } : null;
}

function countIn(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}

function isDate(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && isInstant(`${value}T00:00:00Z`);
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && Number.isFinite(Date.parse(value));
}
