import type { StoredLink } from '../chain/link-store.js';
import { type Finding, found, notFound, type Search } from './finding.js';
import { providerName, workloadOf } from './oidc-workload.js';
import type { Hop } from './resolution.js';
import { isEmail, isOpaque } from './session-name.js';

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
  return found(
    search,
    { name, aliases: names },
    { kind: 'human', method: 'saml-subject', confidence: 'verified', evidence: [`event:${link.eventId}`], hops: [hop] },
  );
}

function isId(name: string): boolean {
  return isOpaque(name) || /^S-1-\d+(?:-\d+)+$/i.test(name);
}

/**
 * The subject of an OIDC token, which the provider signed; here the session name is the caller's choice and counts for nothing.
 * Tokens of pipelines and Kubernetes service accounts stand for workloads.
 */
export function oidcSubject(link: StoredLink, hop: Hop, search: Search): Finding {
  const { subject, issuer } = link;
  if (subject === null) return notFound('the web identity event names no subject', [hop]);
  const provider = providerName(issuer ?? '');
  const workload = workloadOf(subject, provider);
  return found(
    search,
    { name: workload ?? subject, aliases: [subject, `${provider}#${subject}`] },
    {
      kind: workload === null ? 'human' : 'workload',
      method: 'oidc-subject',
      confidence: 'verified',
      evidence: [`event:${link.eventId}`],
      hops: [hop],
    },
  );
}
