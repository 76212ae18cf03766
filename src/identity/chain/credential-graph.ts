import type { CredentialLink } from '../../cloudtrail/credential-link.js';
import type { Principal } from '../../cloudtrail/principal.js';
import {
  type CredentialFacts,
  type CredentialUse,
  createFactTable,
  isConsoleUse,
  isPortalRole,
  type Witnessed,
} from './credential-facts.js';
import { createLinkStore, type StoredLink } from './link-store.js';

/** Where a credential came from. `ambiguous`: several events claim it for different callers, so none is believed. */
export type Parent =
  | { readonly kind: 'link'; readonly link: StoredLink }
  | { readonly kind: 'ambiguous'; readonly links: readonly StoredLink[] }
  | { readonly kind: 'unknown' };

/**
 * What is known about credentials: who asked for them, and what their uses reveal. Fed in any order, any number of times;
 * the same set of evidence gives the same answers. Memory grows with the links (some hundred bytes each) and with the
 * credentials that reveal something, not with the number of starts.
 */
export interface CredentialGraph {
  addLink(link: CredentialLink): void;
  /** Takes what any event of a credential reveals; `Start` fits. */
  addStart(use: CredentialUse): void;
  /** Access keys whose issuing event would help to resolve an added start, and is not here. In ascending order. */
  unknownKeys(): Iterable<string>;
  /** Identity Center users met, as `<identity store ARN>#<user id>`, with the user name when an event showed it. */
  readonly identityCenterUsers: ReadonlyMap<string, Witnessed | null>;
  readonly linkCount: number;
  /** Grows with whatever is added: answers given at one count hold as long as it stays. */
  readonly changes: number;
  factsOf(use: CredentialUse): CredentialFacts;
  parentOf(use: CredentialUse): Parent;
  /** The `StartSession` of an Athena Spark session. */
  sparkStartOf(sessionId: string, accountId: string): Parent;
  /** The `GetWebIdentityToken` of a token. */
  tokenRequestOf(webIdentityTokenId: string): Parent;
  /** Takes what any event of a credential reveals, as of a start, and wants no chain for it. */
  addUse(use: CredentialUse): void;
  /** Takes an ARN and its unique id, which some event showed together. */
  addId(uniqueId: string, arn: string): void;
  /** True when that would change nothing. */
  knowsId(uniqueId: string, arn: string): boolean;
  /** Takes what an event shows for good of whoever signed it, whose ids are whose and what users are called; nothing of the credential. */
  addNames(use: CredentialUse): void;
  /** True when the sign-in session was granted to an MCP server: an agent acts in it (aws-facts 3.6). */
  isAgentSession(signInSessionArn: string | null): boolean;
  /** ARN of a role or user by its unique id (`AROA…`, `AIDA…`), when some event showed both. */
  arnOfId(uniqueId: string): string | null;
}

/** Chains are followed this far. Real ones have two or three hops. */
export const MAX_HOPS = 10;

export function createCredentialGraph(): CredentialGraph {
  return new Graph();
}

class Graph implements CredentialGraph {
  changes = 0;
  private readonly facts = createFactTable();
  private readonly links = createLinkStore();
  /** Keys of starts that need a chain, with the earliest use. */
  private readonly wanted = new Map<string, number>();
  /** Null when two ARNs were seen for one id: masked data, not AWS's. */
  private readonly arns = new Map<string, string | null>();

  get identityCenterUsers(): ReadonlyMap<string, Witnessed | null> {
    return this.facts.users;
  }

  get linkCount(): number {
    return this.links.size;
  }

  addLink(link: CredentialLink): void {
    this.changes += 1;
    this.learn({ principal: link.caller, eventId: link.eventId, eventTime: link.eventTime, console: link.console });
    this.links.add(link);
  }

  addStart(use: CredentialUse): void {
    this.changes += 1;
    this.learn(use);
    const { accessKeyId } = use.principal;
    if (accessKeyId === null || !needsChain(use)) return;
    const known = this.wanted.get(accessKeyId);
    if (known === undefined || use.eventTime < known) this.wanted.set(accessKeyId, use.eventTime);
  }

  addUse(use: CredentialUse): void {
    this.changes += 1;
    this.learn(use);
  }

  addId(uniqueId: string, arn: string): void {
    this.changes += 1;
    this.noteArn(uniqueId, arn);
  }

  knowsId(uniqueId: string, arn: string): boolean {
    if (!isUniqueId(uniqueId)) return true;
    const known = this.arns.get(uniqueId);
    return known === null || known === arn;
  }

  addNames(use: CredentialUse): void {
    this.changes += 1;
    this.facts.observeUser(use);
    this.noteArns(use);
  }

  unknownKeys(): string[] {
    const keys = new Set<string>();
    for (const [key, usedAt] of this.wanted) {
      if (this.facts.isKeyOnBehalfOf(key)) continue;
      const missing = this.missingKey(key, usedAt);
      if (missing !== null) keys.add(missing);
    }
    return [...keys].sort();
  }

  factsOf(use: CredentialUse): CredentialFacts {
    return this.facts.factsOf(use);
  }

  parentOf(use: CredentialUse): Parent {
    const { accessKeyId, principalId, creationDate } = use.principal;
    const byKey = accessKeyId === null ? [] : this.links.byKey(accessKeyId).filter((link) => issuedFor(link, use));
    if (byKey.length > 0) return this.agree(byKey);
    if (principalId === null || creationDate === null) return { kind: 'unknown' };
    const isConsole = isConsoleUse(use);
    const sameSession = this.links
      .bySession(principalId, creationDate - SESSION_SKEW_MS, creationDate + SESSION_SKEW_MS)
      // A key that is on record belongs to that key's session; only the console's keys are minted afterwards.
      .filter((link) => isConsole || !/^ASIA/.test(link.issuedAccessKeyId ?? ''))
      .filter((link) => beganSession(link, use));
    return sameSession.length > 0 ? this.agree(sameSession) : { kind: 'unknown' };
  }

  sparkStartOf(sessionId: string, accountId: string): Parent {
    return this.agree(this.links.bySpark(sessionId).filter((link) => (link.accountId ?? accountId) === accountId));
  }

  tokenRequestOf(webIdentityTokenId: string): Parent {
    return this.agree(this.links.byToken(webIdentityTokenId));
  }

  isAgentSession(signInSessionArn: string | null): boolean {
    return (
      signInSessionArn !== null && this.links.bySignIn(signInSessionArn).some(({ resource }) => isMcpServer(resource))
    );
  }

  arnOfId(uniqueId: string): string | null {
    return this.arns.get(uniqueId) ?? null;
  }

  private learn(use: CredentialUse): void {
    this.facts.observe(use);
    this.noteArns(use);
  }

  private noteArns({ principal }: CredentialUse): void {
    const { type, principalId, arn, issuerPrincipalId, issuerArn } = principal;
    if (issuerPrincipalId !== null && issuerArn !== null) this.noteArn(issuerPrincipalId, issuerArn);
    if (type === 'IAMUser' && principalId !== null && arn !== null) this.noteArn(principalId, arn);
  }

  private noteArn(id: string, arn: string): void {
    if (!isUniqueId(id)) return;
    const known = this.arns.get(id);
    if (known === undefined) this.arns.set(id, arn);
    else if (known !== arn) this.arns.set(id, null);
  }

  /** Takes the copies of one event, and repeats by the same caller, for one; the copy that names the caller's ARN wins. */
  private agree(candidates: readonly StoredLink[]): Parent {
    const [only] = candidates;
    if (!only) return { kind: 'unknown' };
    if (candidates.length === 1 && only.sharedEventId === null) return { kind: 'link', link: only };
    const copies = new Set(candidates);
    for (const { sharedEventId } of candidates) {
      for (const copy of sharedEventId === null ? [] : this.links.byShared(sharedEventId)) copies.add(copy);
    }
    const ordered = [...copies].sort(byWorth);
    const [best = only] = ordered;
    return ordered.every((link) => isSameCaller(best, link))
      ? { kind: 'link', link: best }
      : { kind: 'ambiguous', links: ordered };
  }

  /** The first key on the way back from `accessKeyId` that nothing here explains. */
  private missingKey(accessKeyId: string, usedAt: number): string | null {
    let use: CredentialUse | null = null;
    let key: string | null = accessKeyId;
    let at = usedAt;
    for (let hop = 0; key !== null && hop < MAX_HOPS; hop++) {
      const known: readonly StoredLink[] = this.links.byKey(key).filter(({ eventTime }) => isPlausible(eventTime, at));
      if (known.length === 0) return key;
      const parent: Parent = use === null ? this.agree(known) : this.parentOf(use);
      if (parent.kind !== 'link') return null;
      use = callerUse(parent.link);
      at = use.eventTime;
      key = needsChain(use) && this.facts.factsOf(use).onBehalfOf === null ? use.principal.accessKeyId : null;
    }
    return null;
  }
}

function isUniqueId(id: string): boolean {
  return /^A(?:RO|ID)A/.test(id);
}

/** The use of the caller's own credential that issued this link. */
export function callerUse(link: Pick<StoredLink, 'caller' | 'eventId' | 'eventTime' | 'console'>): CredentialUse {
  return { principal: link.caller, eventId: link.eventId, eventTime: link.eventTime, console: link.console };
}

/** A session starts in the second its AssumeRole completes; a few seconds lie between two services' clocks. */
export const SESSION_SKEW_MS = 3_000;
/** A credential is used after it was issued (clocks differ), and no temporary one lives longer than 36 hours (STS). */
const CLOCK_SKEW_MS = 300_000;
const LONGEST_LIFE_MS = 37 * 3_600_000;

function isPlausible(issuedAt: number, usedAt: number): boolean {
  return issuedAt <= usedAt + CLOCK_SKEW_MS && usedAt <= issuedAt + LONGEST_LIFE_MS;
}

/** A key seen for another principal, or before it was issued, is masked data or a placeholder: no proof. */
function issuedFor(link: StoredLink, use: CredentialUse): boolean {
  if (!isPlausible(link.eventTime, use.eventTime)) return false;
  const { principalId } = use.principal;
  return link.issuedPrincipalId === null || principalId === null || link.issuedPrincipalId === principalId;
}

/**
 * Tells whether this event began the session: in its very second, or, where two clocks differ, as the console's own switch, which names
 * the session after whoever switches. Another sign-in session's is not it.
 */
function beganSession({ caller, console, eventTime }: StoredLink, { principal }: CredentialUse): boolean {
  const [signIn, own] = [caller.signInSessionArn, principal.signInSessionArn];
  if (signIn !== null && own !== null && signIn !== own) return false;
  if (eventTime === principal.creationDate) return true;
  const isOwnToken = caller.principalId !== null && caller.principalId === principal.principalId;
  const isOfConsole = console === true || /^(?:signin\.amazonaws\.com|AWS Internal)$/.test(caller.invokedBy ?? '');
  return isOwnToken || (isOfConsole && (caller.userName ?? caller.sessionName) === principal.sessionName);
}

/** Sessions whose own record does not name their human, and whose key an event may have issued. */
function needsChain(use: CredentialUse): boolean {
  const { type, accessKeyId, issuerArn, ec2RoleDelivery, inScopeOfCredentialsIssuedTo } = use.principal;
  if (type !== 'AssumedRole' && type !== 'Root') return false;
  if (accessKeyId === null || !accessKeyId.startsWith('ASIA') || isConsoleUse(use)) return false;
  if (isPortalRole(issuerArn) || isServiceLinkedRole(issuerArn)) return false;
  return ec2RoleDelivery === null && inScopeOfCredentialsIssuedTo === null;
}

/** Roles that only the AWS service in their path can assume. */
export function isServiceLinkedRole(roleArn: string | null): boolean {
  return /^arn:[\w-]+:iam::\d{12}:role\/aws-service-role\//.test(roleArn ?? '');
}

function isMcpServer(resource: string | null): boolean {
  return /^https:\/\/(?:[\w-]*-)?mcp[.-][\w.-]*(?:api\.aws|amazonaws\.com)(?:\/|$)/i.test(resource ?? '');
}

/** Full callers before anonymous ones, an event that tells guests before one that does not, then the earliest, then by id: the same choice whatever the order of arrival. */
function byWorth(a: StoredLink, b: StoredLink): number {
  return (
    Number(a.caller.arn === null) - Number(b.caller.arn === null) ||
    Number(a.isGuest === null) - Number(b.isGuest === null) ||
    a.eventTime - b.eventTime ||
    (a.eventId < b.eventId ? -1 : Number(a.eventId > b.eventId))
  );
}

/** The role owner's copy of a cross-account call knows only account and id of its caller (aws-facts 3.5). */
function isSameCaller(full: StoredLink, other: StoredLink): boolean {
  const [a, b] = [full.caller, other.caller];
  // Cognito and STS both tell of one token; the identity is the same.
  const isOfCognito = full.subject !== null && COGNITO.test(full.issuer ?? '') && COGNITO.test(other.issuer ?? '');
  if (isOfCognito) return full.subject === other.subject;
  if (b.arn === null && b.type === 'AWSAccount') {
    return (
      (b.principalId === null || a.principalId === b.principalId) &&
      (b.accountId === null || a.accountId === b.accountId)
    );
  }
  return callerKey(a) === callerKey(b);
}

const COGNITO = /^(?:arn:.*:oidc-provider\/)?cognito-identity\.amazonaws\.com(?:\.cn)?$/;

function callerKey(caller: Principal): string {
  return [caller.type, caller.arn, caller.principalId, caller.accessKeyId, caller.invokedBy].join(' ');
}
