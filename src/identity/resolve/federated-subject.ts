import type { CredentialUse } from '../chain/credential-facts.js';
import type { StoredLink } from '../chain/link-store.js';
import { type NameScope, personOf } from '../directory/directory.js';
import { isEmail, isOpaque, lookOfCertificate, lookOfName, mayNamePerson } from '../names/look.js';
import { type Finding, found, foundProgram, notFound, type Search, unlessUntold } from './finding.js';
import { providerName, workloadOf } from './oidc-workload.js';
import type { Hop } from './resolution.js';
import { withoutPrefix } from './source-identity.js';

/**
 * The user of a SAML assertion. Subject, source identity and session name all come out of the assertion that the identity
 * provider signed; where the subject is a number (transient, persistent and nobody's name, a GUID, a Windows SID) the session name is the
 * better name, unless every session is called so.
 */
export function samlSubject(link: StoredLink, hop: Hop, search: Search): Finding {
  const { subject, subjectType, sourceIdentity, issuedPrincipalId } = link;
  const sessionName = issuedPrincipalId?.split(':')[1] ?? null;
  const isNumber = subject !== null && isNumberOf(subject, subjectType ?? '');
  const names = isNumber ? [sourceIdentity, sessionName, subject] : [sourceIdentity, subject, sessionName];
  const isTelling = (text: string | null) => text !== null && !isId(text) && lookOfName(text) !== 'generated';
  const name = names.find(isTelling) ?? subject ?? names.find((text) => text !== null) ?? null;
  if (name === null) return notFound('the SAML event names no subject', [hop]);
  return signed(name, names, link, 'saml-subject', hop, search);
}

/** Persistent ids are drawn by chance, but some providers send the name of the user or program as one. */
function isNumberOf(subject: string, subjectType: string): boolean {
  if (isEmail(subject)) return false;
  if (isId(subject) || /transient/i.test(subjectType)) return true;
  return /persistent/i.test(subjectType) && /^(?:generated|login)$/.test(lookOfName(subject));
}

function isId(name: string): boolean {
  return isOpaque(name) || /^S-1-\d+(?:-\d+)+$/i.test(name);
}

/**
 * The subject of an OIDC token, which the provider signed, or its source identity where the subject is a number; here the session name is
 * the caller's choice and counts for nothing. Tokens of pipelines and Kubernetes service accounts stand for workloads.
 */
export function oidcSubject(link: StoredLink, hop: Hop, search: Search): Finding {
  const { subject, issuer, sourceIdentity } = link;
  if (subject === null) return notFound('the web identity event names no subject', [hop]);
  const provider = providerName(issuer ?? '');
  if (isCognito(provider))
    return cognitoIdentity({ subject, isGuest: link.isGuest, evidence: link.eventId }, [hop], search);
  const workload = workloadOf(subject, provider);
  if (workload !== null) {
    return foundProgram(workload, {
      kind: 'workload',
      method: 'oidc-subject',
      confidence: 'verified',
      evidence: [`event:${link.eventId}`],
      hops: [hop],
    });
  }
  const isBetter = isId(subject) && sourceIdentity !== null && mayNamePerson(sourceIdentity);
  const name = isBetter ? sourceIdentity : subject;
  const who = signed(name, [subject, `${provider}#${subject}`], link, 'oidc-subject', hop, search);
  return unlessUntold(who, subject, isBetter || isOfPerson(subject));
}

/**
 * Identity providers sign for people and for programs, and the id of an application, a managed identity or a service account looks like a
 * person's (Entra ID, Google, Keycloak). People's are names and addresses, users of Okta (`00u…`; applications are `0oa…`), of a connection of Auth0,
 * of Keycloak's federation, of a directory.
 */
function isOfPerson(subject: string): boolean {
  if (/^00u[A-Za-z0-9]{17}$|^[\w-]+\|.|^f:[0-9a-f-]{36}:.|\bCN=/i.test(subject)) return true;
  return isEmail(subject) || lookOfName(subject) === 'name';
}

function signed(
  name: string,
  names: readonly (string | null)[],
  link: StoredLink,
  method: 'saml-subject' | 'oidc-subject',
  hop: Hop,
  search: Search,
): Finding {
  const rest = { method, confidence: 'verified', evidence: [`event:${link.eventId}`], hops: [hop] } as const;
  const look = lookOfName(name);
  if (look === 'workload' || look === 'machine') return foundProgram(name, { ...rest, kind: 'workload' });
  const person = found(search, { name, names, scope: scopeOf(link) }, { ...rest, kind: 'human' });
  return unlessUntold(person, name, look !== 'either');
}

/**
 * The subject that the session's own attributes repeat, where the event that took the token is not here. AWS writes them into every record of
 * the session, so they prove as much.
 */
export function subjectOfSession(use: CredentialUse, search: Search): Finding | null {
  const { federatedSubject, federatedProvider, isGuest } = use.principal;
  const provider = providerName(federatedProvider ?? '');
  if (provider === '' || (federatedSubject === undefined && isGuest !== true)) return null;
  if (isCognito(provider)) {
    const { eventId } = use;
    return cognitoIdentity(
      { subject: federatedSubject ?? '', isGuest: isGuest ?? null, evidence: eventId },
      [],
      search,
    );
  }
  const subject = federatedSubject ?? '';
  const workload = workloadOf(subject, provider);
  const rest = { method: 'oidc-subject', confidence: 'verified', evidence: [`event:${use.eventId}`] } as const;
  if (workload !== null) return foundProgram(workload, { ...rest, kind: 'workload' });
  const scope = { account: use.principal.accountId, issuers: [federatedProvider] };
  const who = found(search, { name: subject, names: [`${provider}#${subject}`], scope }, { ...rest, kind: 'human' });
  return unlessUntold(who, subject, isOfPerson(subject));
}

function isCognito(provider: string): boolean {
  return /^cognito-identity\.amazonaws\.com(?:\.cn)?$/.test(provider);
}

/**
 * An identity of a Cognito identity pool, whose id is the pool's and nobody else's. A pool may give identities to guests who never signed
 * in: they are nobody, and so is one of which no event says that somebody did, unless the directory knows the id.
 */
function cognitoIdentity(
  identity: { readonly subject: string; readonly isGuest: boolean | null; readonly evidence: string },
  hops: readonly Hop[],
  search: Search,
): Finding {
  const { subject, isGuest, evidence } = identity;
  if (isGuest === true) return notFound('a guest of a Cognito identity pool: nobody signed in', hops);
  if (isGuest === null && personOf(search.directory, [subject]) === null) {
    const missing = `no event says whether anybody signed in for the Cognito identity ${subject}; as an alias of a person it would name them`;
    return notFound(missing, hops);
  }
  const rest = { kind: 'human', method: 'oidc-subject', confidence: 'verified', hops } as const;
  return found(search, { name: subject, ids: [subject] }, { ...rest, evidence: [`event:${evidence}`] });
}

function scopeOf({ issuer, providerArn, roleArn }: StoredLink): NameScope {
  return { account: roleArn?.split(':')[4] ?? null, issuers: [issuer, providerArn] };
}

/**
 * The subject of a certificate that IAM Roles Anywhere checked. Null where the event names none. Hosts and programs have certificates, too:
 * a person's common name looks like one.
 */
export function certificateSubject(link: StoredLink, hop: Hop, search: Search): Finding | null {
  if (link.sourceIdentity === null) return null;
  const name = withoutPrefix(link.sourceIdentity);
  const evidence = [`event:${link.eventId}`];
  const rest = { confidence: 'verified', evidence, hops: [hop] } as const;
  if (lookOfCertificate(name) !== 'name') return foundProgram(name, { ...rest, kind: 'workload', method: 'workload' });
  return found(
    search,
    { name, names: [link.sourceIdentity], scope: scopeOf(link) },
    { ...rest, kind: 'human', method: 'source-identity' },
  );
}
