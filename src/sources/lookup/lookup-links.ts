import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import { readEvidence } from '../../cloudtrail/read-evidence.js';
import type { Clock } from '../../ports/clock.js';
import type { LinkSource, SparkUse } from '../../ports/identity-source.js';
import type { Pacer } from '../../ports/pacer.js';
import type { SourceAccount } from '../../ports/start-source.js';
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
  /** Called with an account and Region that failed, which is asked no more; without it the failure is thrown. */
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
  return new LookupLinks(options);
}

class LookupLinks implements LinkSource {
  private readonly counts = createCounts(['calls', 'keys', 'links', 'retries', 'throttled']);
  private readonly asked = new Set<string>();
  private readonly failed = new Set<LookupRegion>();
  private readonly closed = new Set<LookupRegion>();
  private readonly options: LookupLinksOptions;

  constructor(options: LookupLinksOptions) {
    this.options = options;
  }

  async *find(accessKeyIds: readonly string[], signal?: AbortSignal): AsyncGenerator<CredentialLink> {
    const found = new Set<string>();
    for (const key of accessKeyIds) {
      if (this.asked.has(key) || key === '' || key.startsWith('AKIA')) continue;
      signal?.throwIfAborted();
      this.counts.add('keys', 1);
      const links = await Promise.all(this.options.regions.map((region) => this.linksOrFailure(key, region, signal)));
      if (this.failed.size === 0) this.asked.add(key);
      for (const link of links.flat()) {
        if (found.has(link.eventId)) continue;
        found.add(link.eventId);
        this.counts.add('links', 1);
        yield link;
      }
    }
  }

  async *findUses(accessKeyIds: readonly string[], signal?: AbortSignal): AsyncGenerator<CredentialLink> {
    for (const key of accessKeyIds) {
      if (key === '' || key.startsWith('AKIA')) continue;
      for (const region of this.options.regions) {
        signal?.throwIfAborted();
        const use = await this.revealingUse(key, region, signal);
        if (use === null) continue;
        this.counts.add('links', 1);
        yield use;
        break;
      }
    }
  }

  async *findSparkStarts(uses: readonly SparkUse[], signal?: AbortSignal): AsyncGenerator<CredentialLink> {
    for (const region of this.options.regions) {
      const here = uses.filter((use) => use.region === region.region);
      if (here.length === 0 || this.isOut(region)) continue;
      try {
        yield* this.sparkStartsIn(region, here, signal);
      } catch (error) {
        this.fail(region, error, signal);
      }
    }
  }

  hasFailed(): boolean {
    return this.failed.size > 0;
  }

  account(): SourceAccount {
    return { kind: 'lookup-links', accountId: this.options.accountId, region: null, counts: this.counts.all() };
  }

  /** Tells an account and Region that is asked no more. */
  private isOut(region: LookupRegion): boolean {
    return this.failed.has(region) || this.closed.has(region);
  }

  private fail(region: LookupRegion, error: unknown, signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    const { accountId, onFailure, warn } = this.options;
    const place = { accountId: region.accountId ?? accountId ?? '', region: region.region };
    if (region.isLinkOnly && error instanceof PermissionDenied) {
      this.closed.add(region);
      warn?.(`nobody's credentials are looked for in ${place.accountId} ${place.region}: ${error.message}`);
      return;
    }
    if (!onFailure) throw error;
    this.failed.add(region);
    onFailure(place, error);
  }

  /** The name of the event is all that can be asked for: one scan back from the last use, until every session is found. */
  private async *sparkStartsIn(
    region: LookupRegion,
    uses: readonly SparkUse[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<CredentialLink> {
    const missing = new Set(uses.map(({ sessionId }) => sessionId));
    const scope: LookupScope = {
      ...{ attribute: 'EventName', value: 'StartSession' },
      startTime: wholeSecond(Math.min(...uses.map(({ firstUse }) => firstUse)) - SPARK_LIFE_MS),
      endTime: wholeSecond(Math.max(...uses.map(({ lastUse }) => lastUse))),
    };
    for await (const link of this.linksIn(region, { scope, maxPages: MAX_SPARK_PAGES }, signal)) {
      if (link === null || link.sparkSessionId === null || !missing.delete(link.sparkSessionId)) {
        this.counts.add('otherEvents', 1);
        continue;
      }
      this.counts.add('links', 1);
      yield link;
      if (missing.size === 0) return;
    }
  }

  /** One page is enough: where AWS stamps the user at all, it does so on most events of a session. */
  private async revealingUse(
    key: string,
    region: LookupRegion,
    signal: AbortSignal | undefined,
  ): Promise<CredentialLink | null> {
    if (this.isOut(region)) return null;
    const request = { attribute: 'AccessKeyId', value: key, startTime: null, endTime: null, nextToken: null } as const;
    try {
      const events = (await this.pageOf(region, request, signal))?.events ?? [];
      const uses = events
        .flatMap(({ cloudTrailEvent }) => linkIn(cloudTrailEvent) ?? [])
        .filter(({ caller }) => caller.accessKeyId === key && caller.onBehalfOfUserId !== null);
      // The earliest, whatever the order of the page.
      return uses.sort((a, b) => a.eventTime - b.eventTime || (a.eventId < b.eventId ? -1 : 1))[0] ?? null;
    } catch (error) {
      this.fail(region, error, signal);
      return null;
    }
  }

  private async linksOrFailure(
    key: string,
    region: LookupRegion,
    signal: AbortSignal | undefined,
  ): Promise<readonly CredentialLink[]> {
    if (this.isOut(region)) return [];
    try {
      return await this.linksOf(key, region, signal);
    } catch (error) {
      this.fail(region, error, signal);
      return [];
    }
  }

  private async linksOf(
    key: string,
    region: LookupRegion,
    signal: AbortSignal | undefined,
  ): Promise<readonly CredentialLink[]> {
    const links: CredentialLink[] = [];
    const scope: LookupScope = { attribute: 'ResourceName', value: key, startTime: null, endTime: null };
    for await (const link of this.linksIn(region, { scope, maxPages: MAX_PAGES }, signal)) {
      if (link?.issuedAccessKeyId === key) links.push(link);
      else this.counts.add('otherEvents', 1);
    }
    return links;
  }

  /** Yields the events of a scope page by page; null for one that issues nothing. */
  private async *linksIn(
    region: LookupRegion,
    { scope, maxPages }: { readonly scope: LookupScope; readonly maxPages: number },
    signal: AbortSignal | undefined,
  ): AsyncGenerator<CredentialLink | null> {
    let nextToken: string | null = null;
    for (let pages = 0; pages < maxPages; pages++) {
      const answer: LookupPage | null = await this.pageOf(region, { ...scope, nextToken }, signal);
      for (const { cloudTrailEvent } of answer?.events ?? []) yield linkIn(cloudTrailEvent);
      nextToken = answer?.nextToken ?? null;
      if (answer && nextToken === null) return;
    }
  }

  /** Null when the token was refused: its pages are asked for from the first one again, within the bound of pages. */
  private async pageOf(
    { page, pacer }: LookupRegion,
    request: LookupRequest,
    signal: AbortSignal | undefined,
  ): Promise<LookupPage | null> {
    const { clock, random } = this.options;
    try {
      const call = { action: 'cloudtrail:LookupEvents', pacer, clock, random, counts: this.counts, signal };
      return await callAws(() => page(request, signal), call);
    } catch (error) {
      if (request.nextToken === null || nameOf(error) !== 'InvalidNextTokenException') throw error;
      this.counts.add('refusedTokens', 1);
      return null;
    }
  }
}

/** What is asked for, but for the page of it. */
type LookupScope = Omit<LookupRequest, 'nextToken'>;

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
