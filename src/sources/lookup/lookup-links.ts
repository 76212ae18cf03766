import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import { readEvidence } from '../../cloudtrail/read-evidence.js';
import type { Clock } from '../../ports/clock.js';
import type { LinkSource, SparkUse } from '../../ports/identity-source.js';
import type { Pacer } from '../../ports/pacer.js';
import { nameOf, PermissionDenied } from '../aws/aws-failure.js';
import { callAws } from '../aws/call-aws.js';
import { createCounts } from '../aws/counts.js';
import type { LookupEventsPage, LookupPage, LookupRequest } from './lookup-page.js';

export interface LookupRegion {
  /** Absent: the source's own account. */
  readonly accountId?: string;
  /** Queries are not collected here: when it may not be asked that is told once, and nothing waits for it. */
  readonly isLinkOnly?: boolean;
  readonly region: string;
  readonly page: LookupEventsPage;
  /** The pacer of LookupEvents in this Region, shared with `createLookupEvents`. */
  readonly pacer: Pacer;
}

export interface LookupLinksOptions {
  readonly accountId: string | null;
  /** Where STS may have recorded the event: the query's Region, us-east-1 (global endpoint), and those your people use. */
  readonly regions: readonly LookupRegion[];
  readonly clock: Clock;
  readonly random: () => number;
  /** Hears of an account and Region that failed, which is asked no more; without it the failure is thrown. */
  readonly onFailure?: (place: { readonly accountId: string; readonly region: string }, error: unknown) => void;
  readonly warn?: (message: string) => void;
}

/** An issued key has one event; more than some pages of them is not what was asked for. */
const MAX_PAGES = 20;

/** Pages of `StartSession` events: Systems Manager has events of that name, too. 5 000 events, under two minutes. */
const MAX_SPARK_PAGES = 100;
/** A Spark session that is used lives on; beyond a day it is hardly the same notebook. */
const SPARK_LIFE_MS = 24 * 3_600_000;

/**
 * Finds the STS events that issued access keys, by `ResourceName=<key>` (aws-facts 1.6): one call a key and Region, so ask only
 * for keys that need it. A key is asked for once in the life of the source. Long-lived keys (`AKIA…`) are issued by no event.
 * @throws CredentialsExpired, PermissionDenied
 */
export function createLookupLinks(options: LookupLinksOptions): LinkSource {
  const { accountId, regions, clock, random, onFailure, warn } = options;
  const counts = createCounts(['calls', 'keys', 'links', 'retries', 'throttled']);
  const asked = new Set<string>();
  const failed = new Set<LookupRegion>();
  const closed = new Set<LookupRegion>();
  const fail = (region: LookupRegion, error: unknown, signal: AbortSignal | undefined) => {
    signal?.throwIfAborted();
    const place = { accountId: region.accountId ?? accountId ?? '', region: region.region };
    if (region.isLinkOnly && error instanceof PermissionDenied) {
      closed.add(region);
      warn?.(`nobody's credentials are looked for in ${place.accountId} ${place.region}: ${error.message}`);
      return;
    }
    if (!onFailure) throw error;
    failed.add(region);
    onFailure(place, error);
  };
  return {
    async *find(accessKeyIds, signal) {
      const found = new Set<string>();
      for (const key of accessKeyIds) {
        if (asked.has(key) || key === '' || key.startsWith('AKIA')) continue;
        signal?.throwIfAborted();
        counts.add('keys', 1);
        const links = await Promise.all(regions.map((region) => linksOrFailure(key, region, signal)));
        if (failed.size === 0) asked.add(key);
        for (const link of links.flat()) {
          if (found.has(link.eventId)) continue;
          found.add(link.eventId);
          counts.add('links', 1);
          yield link;
        }
      }
    },
    async *findUses(accessKeyIds, signal) {
      for (const key of accessKeyIds) {
        if (key === '' || key.startsWith('AKIA')) continue;
        for (const region of regions) {
          signal?.throwIfAborted();
          const use = await revealingUse(key, region, signal);
          if (use === null) continue;
          counts.add('links', 1);
          yield use;
          break;
        }
      }
    },
    async *findSparkStarts(uses, signal) {
      for (const region of regions) {
        const here = uses.filter((use) => use.region === region.region);
        if (here.length === 0 || failed.has(region) || closed.has(region)) continue;
        try {
          yield* sparkStartsIn(region, here, signal);
        } catch (error) {
          fail(region, error, signal);
        }
      }
    },
    hasFailed: () => failed.size > 0,
    account: () => ({ kind: 'lookup-links', accountId, region: null, counts: counts.all() }),
  };

  /** The name of the event is all that can be asked for: one scan back from the last use, until every session is found. */
  async function* sparkStartsIn(
    region: LookupRegion,
    uses: readonly SparkUse[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<CredentialLink> {
    const missing = new Set(uses.map(({ sessionId }) => sessionId));
    const first = Math.min(...uses.map(({ firstUse }) => firstUse));
    const last = Math.max(...uses.map(({ lastUse }) => lastUse));
    let nextToken: string | null = null;
    for (let pages = 0; pages < MAX_SPARK_PAGES && missing.size > 0; pages++) {
      const request: LookupRequest = {
        attribute: 'EventName',
        value: 'StartSession',
        startTime: wholeSecond(first - SPARK_LIFE_MS),
        endTime: wholeSecond(last),
        nextToken,
      };
      const answer: LookupPage | null = await pageOf(region, request, signal);
      if (answer === null) {
        nextToken = null;
        continue;
      }
      for (const { cloudTrailEvent } of answer.events) {
        const link = linkIn(cloudTrailEvent);
        if (link === null || link.sparkSessionId === null || !missing.delete(link.sparkSessionId)) {
          counts.add('otherEvents', 1);
          continue;
        }
        counts.add('links', 1);
        yield link;
      }
      nextToken = answer.nextToken;
      if (nextToken === null) break;
    }
  }

  /** Null when the token was refused: its pages are asked for from the first one again, within the bound of pages. */
  async function pageOf(
    { page, pacer }: LookupRegion,
    request: LookupRequest,
    signal: AbortSignal | undefined,
  ): Promise<LookupPage | null> {
    try {
      const options = { action: 'cloudtrail:LookupEvents', pacer, clock, random, counts, signal };
      return await callAws(() => page(request, signal), options);
    } catch (error) {
      if (request.nextToken === null || nameOf(error) !== 'InvalidNextTokenException') throw error;
      counts.add('refusedTokens', 1);
      return null;
    }
  }

  /** One page is enough: where AWS stamps the user at all, it does so on most events of a session. */
  async function revealingUse(
    key: string,
    region: LookupRegion,
    signal: AbortSignal | undefined,
  ): Promise<CredentialLink | null> {
    if (failed.has(region) || closed.has(region)) return null;
    const request = { attribute: 'AccessKeyId', value: key, startTime: null, endTime: null, nextToken: null } as const;
    try {
      const events = (await pageOf(region, request, signal))?.events ?? [];
      const uses = events
        .flatMap(({ cloudTrailEvent }) => linkIn(cloudTrailEvent) ?? [])
        .filter(({ caller }) => caller.accessKeyId === key && caller.onBehalfOfUserId !== null);
      // The earliest, whatever the order of the page.
      return uses.sort((a, b) => a.eventTime - b.eventTime || (a.eventId < b.eventId ? -1 : 1))[0] ?? null;
    } catch (error) {
      fail(region, error, signal);
      return null;
    }
  }

  async function linksOrFailure(key: string, region: LookupRegion, signal: AbortSignal | undefined) {
    if (failed.has(region) || closed.has(region)) return [];
    try {
      return await linksOf(key, region, signal);
    } catch (error) {
      fail(region, error, signal);
      return [];
    }
  }

  async function linksOf(
    key: string,
    region: LookupRegion,
    signal: AbortSignal | undefined,
  ): Promise<CredentialLink[]> {
    const links: CredentialLink[] = [];
    let nextToken: string | null = null;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const request: LookupRequest = {
        attribute: 'ResourceName',
        value: key,
        startTime: null,
        endTime: null,
        nextToken,
      };
      const answer: LookupPage | null = await pageOf(region, request, signal);
      if (answer === null) {
        nextToken = null;
        continue;
      }
      for (const { cloudTrailEvent } of answer.events) {
        const link = linkIn(cloudTrailEvent);
        if (link?.issuedAccessKeyId === key) links.push(link);
        else counts.add('otherEvents', 1);
      }
      nextToken = answer.nextToken;
      if (nextToken === null) break;
    }
    return links;
  }
}

/** A record that is no use leaves the key unresolved, which the row says; it is no start, so no row is lost. */
function linkIn(text: string | null): CredentialLink | null {
  try {
    const evidence = readEvidence(JSON.parse(text ?? ''));
    return evidence?.kind === 'link' ? evidence : null;
  } catch {
    return null;
  }
}

function wholeSecond(instant: number): number {
  return Math.floor(instant / 1000) * 1000;
}
