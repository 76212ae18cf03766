import { type Finding, found, lastPart, notFound, type Search } from './finding.js';
import type { StoredLink } from './link-store.js';
import type { Hop } from './resolution.js';
import { isEmail } from './session-name.js';

/**
 * The user of a SAML assertion. Subject, source identity and session name all come out of the assertion that the identity
 * provider signed; a transient or persistent subject is a number, so the session name is the better name.
 */
export function samlSubject(link: StoredLink, hop: Hop, search: Search): Finding {
  const { subject, subjectType, sourceIdentity, issuedPrincipalId } = link;
  const sessionName = issuedPrincipalId?.split(':')[1] ?? null;
  const isNumber = /transient|persistent/i.test(subjectType ?? '') && !isEmail(subject ?? '');
  const names = isNumber ? [sourceIdentity, sessionName, subject] : [sourceIdentity, subject, sessionName];
  const name = names.find((text) => text !== null) ?? null;
  if (name === null) return notFound('the SAML event names no subject', [hop]);
  return found(
    search,
    { name, aliases: names },
    { kind: 'human', method: 'saml-subject', confidence: 'verified', evidence: [`event:${link.eventId}`], hops: [hop] },
  );
}

/**
 * The subject of an OIDC token, which the provider signed; here the session name is the caller's choice and counts for nothing.
 * Tokens of pipelines and Kubernetes service accounts stand for workloads.
 */
export function oidcSubject(link: StoredLink, hop: Hop, search: Search): Finding {
  const { subject, issuer } = link;
  if (subject === null) return notFound('the web identity event names no subject', [hop]);
  const provider = (issuer ?? '').replace(/^arn:.*?oidc-provider\//, '').replace(/^https:\/\//, '');
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

/** Names the repository, project or service account behind a machine's token; null for people. */
function workloadOf(subject: string, provider: string): string | null {
  const github = /^repo:([^:]+)(?::|$)/.exec(subject)?.[1];
  if (github !== undefined) return `github:${github}`;
  const gitlab = /^project_path:([^:]+)(?::|$)/.exec(subject)?.[1];
  if (gitlab !== undefined) return `gitlab:${gitlab}`;
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject);
  if (account) return `k8s:${account[1]}/${account[2]}`;
  const terraform = /^organization:([^:]+):project:[^:]+:workspace:([^:]+)/.exec(subject);
  if (terraform) return `terraform:${terraform[1]}/${terraform[2]}`;
  const buildkite = /^organization:([^:]+):pipeline:([^:]+)/.exec(subject);
  if (buildkite) return `buildkite:${buildkite[1]}/${buildkite[2]}`;
  const circle = /^org\/[^/]+\/project\/([^/]+)/.exec(subject)?.[1];
  if (circle !== undefined) return `circleci:${circle}`;
  const isMachine = /^(?:oidc\.eks\.|token\.actions\.|.*(?:gitlab|bitbucket|circleci|buildkite|jenkins))/i.test(
    provider,
  );
  return isMachine ? `${lastPart(provider)}#${subject}` : null;
}
