import type { Principal } from '../../cloudtrail/principal.js';

/** One use of a credential: what every event says about its signer. A `Start` is one. */
export interface CredentialUse {
  readonly principal: Principal;
  readonly eventId: string;
  /** Epoch milliseconds. */
  readonly eventTime: number;
  readonly console: boolean | null;
}

/** A fact and the earliest event that states it. */
export interface Witnessed {
  readonly value: string;
  readonly eventId: string;
  readonly eventTime: number;
}

/** What the events of one credential group reveal; null when none does, or when they contradict each other. */
export interface CredentialFacts {
  /** `<identity store ARN>#<user id>`. */
  readonly onBehalfOf: Witnessed | null;
  readonly sourceIdentity: Witnessed | null;
  readonly signInSessionArn: string | null;
}

/** What was seen of one kind of fact in one group: more than one value makes it worthless. */
interface Observation {
  witness: Witnessed;
  isContradicted: boolean;
}

type FactName = 'onBehalfOf' | 'sourceIdentity' | 'signInSessionArn';
type Observations = Partial<Record<FactName, Observation>>;

export interface FactTable {
  /** Takes what one event reveals; the order of events and repeats do not matter. */
  observe(use: CredentialUse): void;
  /** Takes only which user of Identity Center an event shows. */
  observeUser(use: CredentialUse): void;
  factsOf(use: CredentialUse): CredentialFacts;
  /** True when events signed with this key name its Identity Center user. */
  isKeyOnBehalfOf(accessKeyId: string): boolean;
  /** Identity Center users by `<identity store ARN>#<user id>`, with the user name an access-portal session last showed. */
  readonly users: ReadonlyMap<string, Witnessed | null>;
}

/**
 * Keeps what events reveal about their credential. AWS stamps `onBehalfOf` per service, not per session, so a fact on one event
 * holds for every event of its group: the sign-in session, the console session, or the access key (aws-facts 3.6).
 */
export function createFactTable(): FactTable {
  const groups = new Map<string, Observations>();
  const users = new Map<string, Witnessed | null>();

  function note(group: string, name: FactName, value: string, use: CredentialUse): void {
    const observations = groups.get(group) ?? {};
    groups.set(group, observations);
    const known = observations[name];
    const witness: Witnessed = { value, eventId: use.eventId, eventTime: use.eventTime };
    if (!known) observations[name] = { witness, isContradicted: false };
    else if (known.witness.value !== value) known.isContradicted = true;
    else if (isEarlier(witness, known.witness)) known.witness = witness;
  }

  /** What one event and those of its groups say, the first that says anything; nothing once two of them contradict each other. */
  function agreed(name: FactName, own: Witnessed | null, ...names: readonly (string | null)[]): Witnessed | null {
    let witness = own;
    for (const group of names) {
      const seen = group === null ? undefined : groups.get(group)?.[name];
      if (!seen) continue;
      if (seen.isContradicted || (witness !== null && witness.value !== seen.witness.value)) return null;
      witness ??= seen.witness;
    }
    return witness;
  }

  return {
    users,
    isKeyOnBehalfOf: (accessKeyId) =>
      agreed('onBehalfOf', null, accessKeyId, agreed('signInSessionArn', null, accessKeyId)?.value ?? null) !== null,
    observeUser(use) {
      const user = onBehalfOf(use.principal);
      if (user !== null) noteUser(users, user, use);
    },
    observe(use) {
      const { principal } = use;
      const user = onBehalfOf(principal);
      if (user !== null) noteUser(users, user, use);
      const { signInSessionArn, sourceIdentity } = principal;
      if (user === null && sourceIdentity === null && signInSessionArn === null) return;
      const credential = credentialGroup(use);
      if (credential !== null) {
        if (user !== null) note(credential, 'onBehalfOf', user, use);
        if (sourceIdentity !== null) note(credential, 'sourceIdentity', sourceIdentity, use);
        if (signInSessionArn !== null) note(credential, 'signInSessionArn', signInSessionArn, use);
      }
      // A sign-in session is one human's, but the roles taken in it differ: only the human holds for all of it.
      if (signInSessionArn !== null && user !== null) note(signInSessionArn, 'onBehalfOf', user, use);
    },
    factsOf(use) {
      const { principal } = use;
      const credential = credentialGroup(use);
      const signInSession = agreed('signInSessionArn', witnessed(principal.signInSessionArn, use), credential);
      const signInSessionArn = signInSession?.value ?? null;
      return {
        onBehalfOf: agreed('onBehalfOf', witnessed(onBehalfOf(principal), use), credential, signInSessionArn),
        sourceIdentity: agreed('sourceIdentity', witnessed(principal.sourceIdentity, use), credential),
        signInSessionArn,
      };
    },
  };
}

function witnessed(value: string | null, { eventId, eventTime }: CredentialUse): Witnessed | null {
  return value === null ? null : { value, eventId, eventTime };
}

/** True for sessions whose requests are each signed with another key (the console mints one per request; aws-facts 3.6). */
export function isConsoleUse({ console, principal }: CredentialUse): boolean {
  return console === true || (principal.accessKeyId === null && principal.creationDate !== null);
}

function credentialGroup(use: CredentialUse): string | null {
  const { principalId, creationDate, accessKeyId } = use.principal;
  if (!isConsoleUse(use)) return accessKeyId;
  return principalId === null || creationDate === null ? null : `${principalId}@${creationDate}`;
}

function onBehalfOf({ onBehalfOfUserId, onBehalfOfStoreArn }: Principal): string | null {
  return onBehalfOfUserId === null ? null : `${onBehalfOfStoreArn ?? ''}#${onBehalfOfUserId}`;
}

/** User names change, user ids do not: the latest name counts. */
function noteUser(users: Map<string, Witnessed | null>, user: string, use: CredentialUse): void {
  const { sessionName, issuerArn } = use.principal;
  const known = users.get(user);
  const name = isPortalRole(issuerArn) ? witnessed(sessionName, use) : null;
  if (known === undefined) users.set(user, name);
  else if (name !== null && (known === null || isEarlier(known, name))) users.set(user, name);
}

/**
 * True for roles that only IAM Identity Center can create and assume. The path is AWS's own; a role that merely has the name
 * proves nothing (aws-facts 3.4).
 */
export function isPortalRole(roleArn: string | null): boolean {
  return roleArn?.includes(':role/aws-reserved/') === true && PORTAL_ROLE.test(roleArn);
}

const PORTAL_ROLE = /^arn:[\w-]+:iam::\d{12}:role\/aws-reserved\/sso\.amazonaws\.com\/(?:[\w-]+\/)?AWSReservedSSO_.+$/;

function isEarlier(a: Witnessed, b: Witnessed): boolean {
  return a.eventTime < b.eventTime || (a.eventTime === b.eventTime && a.eventId < b.eventId);
}
