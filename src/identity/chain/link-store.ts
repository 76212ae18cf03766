import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import { createCallerPool } from './caller-pool.js';

/** What of a link is needed to follow and to explain a chain. */
export type StoredLink = Pick<
  CredentialLink,
  | 'eventId'
  | 'eventTime'
  | 'eventName'
  | 'accountId'
  | 'sharedEventId'
  | 'caller'
  | 'console'
  | 'issuedAccessKeyId'
  | 'issuedPrincipalId'
  | 'roleArn'
  | 'sourceIdentity'
  | 'subject'
  | 'subjectType'
  | 'issuer'
  | 'providerArn'
  | 'webIdentityTokenId'
  | 'sourcePrincipalArn'
  | 'isGuest'
  | 'resource'
>;

export interface LinkStore {
  readonly size: number;
  /** Takes a link once, however often it comes. */
  add(link: CredentialLink): void;
  byKey(accessKeyId: string): readonly StoredLink[];
  byShared(sharedEventId: string): readonly StoredLink[];
  bySpark(sessionId: string): readonly StoredLink[];
  bySignIn(signInSessionArn: string): readonly StoredLink[];
  /** Requests for a token by its id. */
  byToken(webIdentityTokenId: string): readonly StoredLink[];
  /** Links that issued this principal id (`AROA…:session`) at an instant of `[from, to]`. */
  bySession(principalId: string, from: number, to: number): readonly StoredLink[];
}

type Index = Map<string, StoredLink | StoredLink[]>;

/** Keeps links with shared strings and callers, found by whatever a later event may know of them. */
export function createLinkStore(): LinkStore {
  return new Links();
}

class Links implements LinkStore {
  private links = 0;
  private readonly keys: Index = new Map();
  private readonly shared: Index = new Map();
  private readonly spark: Index = new Map();
  private readonly signIn: Index = new Map();
  private readonly tokens: Index = new Map();
  private readonly sessions: Index = new Map();
  private readonly unsorted = new Set<string>();
  /** Links that issue no key, or one that many claim, are known by event and caller. */
  private readonly known = new Set<string>();
  private readonly strings = new Map<string, string>();
  private readonly callers = createCallerPool((text) => this.pooled(text));

  get size(): number {
    return this.links;
  }

  add(link: CredentialLink): void {
    const stored = this.storedOf(link);
    if (!this.isNew(stored)) return;
    this.links += 1;
    if (link.issuedAccessKeyId !== null) put(this.keys, link.issuedAccessKeyId, stored);
    if (link.sharedEventId !== null) put(this.shared, link.sharedEventId, stored);
    if (link.sparkSessionId !== null) put(this.spark, link.sparkSessionId, stored);
    if (link.signInSessionArn !== null) put(this.signIn, link.signInSessionArn, stored);
    if (stored.eventName === 'GetWebIdentityToken' && stored.webIdentityTokenId !== null) {
      put(this.tokens, stored.webIdentityTokenId, stored);
    }
    // Sessions of services are never the console's: they are found by their key alone.
    if (stored.issuedPrincipalId !== null && stored.caller.type !== 'AWSService') {
      put(this.sessions, stored.issuedPrincipalId, stored);
      this.unsorted.add(stored.issuedPrincipalId);
    }
  }

  byKey(accessKeyId: string): readonly StoredLink[] {
    return listAt(this.keys, accessKeyId);
  }

  byShared(sharedEventId: string): readonly StoredLink[] {
    return listAt(this.shared, sharedEventId);
  }

  bySpark(sessionId: string): readonly StoredLink[] {
    return listAt(this.spark, sessionId);
  }

  bySignIn(signInSessionArn: string): readonly StoredLink[] {
    return listAt(this.signIn, signInSessionArn);
  }

  byToken(webIdentityTokenId: string): readonly StoredLink[] {
    return listAt(this.tokens, webIdentityTokenId);
  }

  bySession(principalId: string, from: number, to: number): readonly StoredLink[] {
    const list = listAt(this.sessions, principalId);
    if (this.unsorted.delete(principalId) && list.length > 1) {
      (list as StoredLink[]).sort((a, b) => a.eventTime - b.eventTime);
    }
    const found: StoredLink[] = [];
    for (let at = firstFrom(list, from); at < list.length; at++) {
      const link = list[at];
      if (!link || link.eventTime > to) break;
      found.push(link);
    }
    return found;
  }

  private storedOf(link: CredentialLink): StoredLink {
    return {
      eventId: link.eventId,
      eventTime: link.eventTime,
      eventName: this.pooled(link.eventName) ?? '',
      accountId: this.pooled(link.accountId),
      sharedEventId: link.sharedEventId,
      caller: this.callers.take(link.caller),
      console: link.console,
      issuedAccessKeyId: link.issuedAccessKeyId,
      issuedPrincipalId: link.issuedPrincipalId,
      roleArn: this.pooled(link.roleArn),
      sourceIdentity: link.sourceIdentity,
      subject: link.subject,
      subjectType: this.pooled(link.subjectType),
      issuer: this.pooled(link.issuer),
      providerArn: this.pooled(link.providerArn),
      webIdentityTokenId: link.webIdentityTokenId,
      sourcePrincipalArn: this.pooled(link.sourcePrincipalArn),
      isGuest: link.isGuest,
      resource: this.pooled(link.resource),
    };
  }

  private pooled(text: string | null): string | null {
    if (text === null) return null;
    const known = this.strings.get(text);
    if (known !== undefined) return known;
    this.strings.set(text, text);
    return text;
  }

  private isNew({ eventId, issuedAccessKeyId, caller }: StoredLink): boolean {
    const claims = issuedAccessKeyId === null ? null : listAt(this.keys, issuedAccessKeyId);
    // One key is issued by one event: a key that many claim is somebody's invention, and its claims are known by their texts.
    if (claims !== null && claims.length < FEW)
      return !claims.some((other) => other.eventId === eventId && other.caller === caller);
    if (claims?.slice(0, FEW).some((other) => other.eventId === eventId && other.caller === caller)) return false;
    const key = [eventId, issuedAccessKeyId, caller.principalId, caller.accessKeyId, claims && caller.arn].join(' ');
    if (this.known.has(key)) return false;
    this.known.add(key);
    return true;
  }
}

/** Links that claim one key and are compared one by one. */
const FEW = 8;

function put(index: Index, key: string, link: StoredLink): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, link);
  else if (Array.isArray(known)) known.push(link);
  else index.set(key, [known, link]);
}

function listAt(index: Index, key: string): readonly StoredLink[] {
  const known = index.get(key);
  return known === undefined ? [] : Array.isArray(known) ? known : [known];
}

function firstFrom(list: readonly StoredLink[], time: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.eventTime ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
