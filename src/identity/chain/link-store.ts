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
  const strings = new Map<string, string>();
  const keys: Index = new Map();
  const shared: Index = new Map();
  const spark: Index = new Map();
  const signIn: Index = new Map();
  const tokens: Index = new Map();
  const sessions: Index = new Map();
  const unsorted = new Set<string>();
  /** Links that issue no key, or one that many claim, are known by event and caller. */
  const known = new Set<string>();
  let size = 0;

  const pooled = (text: string | null): string | null => {
    if (text === null) return null;
    const known = strings.get(text);
    if (known !== undefined) return known;
    strings.set(text, text);
    return text;
  };

  const callers = createCallerPool(pooled);

  return {
    get size() {
      return size;
    },
    add(link) {
      const stored: StoredLink = {
        eventId: link.eventId,
        eventTime: link.eventTime,
        eventName: pooled(link.eventName) ?? '',
        accountId: pooled(link.accountId),
        sharedEventId: link.sharedEventId,
        caller: callers.take(link.caller),
        console: link.console,
        issuedAccessKeyId: link.issuedAccessKeyId,
        issuedPrincipalId: link.issuedPrincipalId,
        roleArn: pooled(link.roleArn),
        sourceIdentity: link.sourceIdentity,
        subject: link.subject,
        subjectType: pooled(link.subjectType),
        issuer: pooled(link.issuer),
        providerArn: pooled(link.providerArn),
        webIdentityTokenId: link.webIdentityTokenId,
        sourcePrincipalArn: pooled(link.sourcePrincipalArn),
        isGuest: link.isGuest,
        resource: pooled(link.resource),
      };
      if (!isNew(stored)) return;
      size += 1;
      if (link.issuedAccessKeyId !== null) put(keys, link.issuedAccessKeyId, stored);
      if (link.sharedEventId !== null) put(shared, link.sharedEventId, stored);
      if (link.sparkSessionId !== null) put(spark, link.sparkSessionId, stored);
      if (link.signInSessionArn !== null) put(signIn, link.signInSessionArn, stored);
      if (stored.eventName === 'GetWebIdentityToken' && stored.webIdentityTokenId !== null) {
        put(tokens, stored.webIdentityTokenId, stored);
      }
      // Sessions of services are never the console's: they are found by their key alone.
      if (stored.issuedPrincipalId !== null && stored.caller.type !== 'AWSService') {
        put(sessions, stored.issuedPrincipalId, stored);
        unsorted.add(stored.issuedPrincipalId);
      }
    },
    byKey: (accessKeyId) => listAt(keys, accessKeyId),
    byShared: (sharedEventId) => listAt(shared, sharedEventId),
    bySpark: (sessionId) => listAt(spark, sessionId),
    bySignIn: (signInSessionArn) => listAt(signIn, signInSessionArn),
    byToken: (webIdentityTokenId) => listAt(tokens, webIdentityTokenId),
    bySession(principalId, from, to) {
      const list = listAt(sessions, principalId);
      if (unsorted.delete(principalId) && list.length > 1) {
        (list as StoredLink[]).sort((a, b) => a.eventTime - b.eventTime);
      }
      const found: StoredLink[] = [];
      for (let at = firstFrom(list, from); at < list.length; at++) {
        const link = list[at];
        if (!link || link.eventTime > to) break;
        found.push(link);
      }
      return found;
    },
  };

  function isNew(link: StoredLink): boolean {
    const { issuedAccessKeyId, caller } = link;
    const claims = issuedAccessKeyId === null ? null : listAt(keys, issuedAccessKeyId);
    // One key is issued by one event: a key that many claim is somebody's invention, and its claims are known by their texts.
    if (claims !== null && claims.length < FEW)
      return !claims.some((other) => other.eventId === link.eventId && other.caller === caller);
    if (claims?.slice(0, FEW).some((other) => other.eventId === link.eventId && other.caller === caller)) return false;
    const key = [link.eventId, issuedAccessKeyId, caller.principalId, caller.accessKeyId, claims && caller.arn].join(
      ' ',
    );
    if (known.has(key)) return false;
    known.add(key);
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
