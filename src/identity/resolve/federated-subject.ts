import type { StoredLink } from '../chain/link-store.js';
import type { NameScope } from '../directory/directory.js';
import { isEmail, isOpaque, lookOfCertificate, lookOfName } from '../names/look.js';
import { type Finding, found, foundProgram, notFound, type Search } from './finding.js';
import { providerName, workloadOf } from './oidc-workload.js';
import type { Hop } from './resolution.js';
import { withoutPrefix } from './source-identity.js';

/**
 * The user of a SAML assertion. Subject, source identity and session name all come out of the assertion that the identity
 * provider signed; where the subject is a number (transient or persistent, a GUID, a Windows SID) the session name is the better name.
 */
export function samlSubject(link: StoredLink, hop: Hop, search: Search): Finding {
  const { subject, subjectType, sourceIdentity, issuedPrincipalId } = link;
  const sessionName = issuedPrincipalId?.split(':')[1] ?? null;
  const isNumber =
    subject !== null && !isEmail(subject) && (/transient|persistent/i.test(subjectType ?? '') || isId(subject));
  const names = isNumber ? [sourceIdentity, sessionName, subject] : [sourceIdentity, subject, sessionName];
  const name = names.find((text) => text !== null && !isId(text)) ?? names.find((text) => text !== null) ?? null;
  if (name === null) return notFound('the SAML event names no subject', [hop]);
  return signed(name, names, link, 'saml-subject', hop, search);
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
  const isBetter = isId(subject) && sourceIdentity !== null && lookOfName(sourceIdentity) === 'name';
  const name = isBetter ? sourceIdentity : subject;
  return signed(name, [subject, `${provider}#${subject}`], link, 'oidc-subject', hop, search);
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
  const isProgram = ['workload', 'machine'].includes(lookOfName(name));
  if (isProgram) return foundProgram(name, { ...rest, kind: 'workload' });
  return found(search, { name, names, scope: scopeOf(link) }, { ...rest, kind: 'human' });
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
