import type { CredentialUse } from '../chain/credential-facts.js';
import { personOf, roleOf } from '../directory/directory.js';
import { isEmail, lookOfName } from '../names/look.js';
import { type Finding, found, foundProgram, foundRole, lastPart, notFound, type Search, unique } from './finding.js';
import { traitOf } from './known-services.js';
import { isMachinesOnly, isOfMachines } from './oidc-workload.js';
import type { Hop } from './resolution.js';
import { foundByUserId, foundInStudio } from './studio-session.js';

/** A session that an AWS service took, and what is known of it. */
interface ServiceSession {
  readonly service: string | null;
  readonly use: CredentialUse;
  readonly hops: readonly Hop[];
}

/**
 * A session that an AWS service took: for a workload on its compute, for an agent, for itself, or for a person whom the session's name
 * then says. The directory may know the role better. Of services that are known, AWS vouches for workload and service; a
 * service that nobody knows yet may act for anybody, so its word is no more than asserted.
 */
export function foundByService(search: Search, session: ServiceSession): Finding {
  const { service, use, hops } = session;
  const { issuerArn, sessionName } = use.principal;
  const evidence = unique([...hops.map(({ eventId }) => `event:${eventId}`), `event:${use.eventId}`]);
  const role = roleOf(search.directory, issuerArn);
  if (role) return foundRole(search, role, { method: 'directory', confidence: 'verified', evidence, hops });
  if (service === null) return notFound('an AWS service called, and the record does not say which', hops);
  const trait = traitOf(service);
  const isWorkspace = trait?.isWorkspace === true;
  if (issuerArn !== null && (trait === null || trait.kind === 'own' || isWorkspace)) {
    const reason = `${service} took the role for somebody, and no event of this session is on behalf of a user`;
    const person = personOfSession(search, session, trait === null, reason);
    if (person) return person;
  }
  if (trait === null || trait.kind === 'own' || issuerArn === null) {
    // Old records say `AWS Internal;`.
    const name = service.replace(/;$/, '');
    const reason = trait === null ? `${service} is not known, so it may have acted for anybody` : null;
    const confidence = trait === null ? 'asserted' : 'verified';
    return foundProgram(name, { kind: 'service', method: 'service', confidence, evidence, hops, reason });
  }
  // Lambda names the session after the function; instances and tasks have ids that do not last, so their role is the name.
  const name = service.startsWith('lambda.') && sessionName !== null ? sessionName : lastPart(issuerArn);
  return foundProgram(name, {
    kind: trait.kind === 'compute' ? 'workload' : 'agent',
    method: 'workload',
    confidence: isWorkspace ? 'asserted' : 'verified',
    evidence,
    hops,
    reason: isWorkspace ? `${service} works for people, and no event of this session names one` : null,
  });
}

/** The person in the name of a session that a service took. Services that act for themselves name sessions otherwise than by an address. */
function personOfSession(
  search: Search,
  { service, use, hops }: ServiceSession,
  isUnknown: boolean,
  reason: string,
): Finding | null {
  const { sessionName, arn } = use.principal;
  const by = `service:${service}`;
  const byId =
    foundInStudio(use, search, { hops, reason }) ?? (isUnknown ? foundByUserId(use, search, { hops, reason }) : null);
  if (byId) return { ...byId, evidence: [...byId.evidence, by] };
  if (sessionName === null) return null;
  const look = lookOfName(sessionName);
  const isPerson =
    (look === 'name' && (isUnknown || isEmail(sessionName))) ||
    (isUnknown && personOf(search.directory, [sessionName]) !== null);
  if (!isPerson) return null;
  return found(
    search,
    { name: sessionName, ids: [arn] },
    {
      kind: 'human',
      method: 'session-name',
      confidence: 'asserted',
      evidence: unique([...hops.map(({ eventId }) => `event:${eventId}`), `event:${use.eventId}`, by]),
      hops,
      reason,
    },
  );
}

/** What the record itself says about machines: to which function credentials were issued, or that an instance fetched them. */
export function foundByDelivery(use: CredentialUse, search: Search): Finding | null {
  const { ec2RoleDelivery, inScopeOfCredentialsIssuedTo, inScopeOfSourceArn, issuerArn } = use.principal;
  const resource = inScopeOfCredentialsIssuedTo ?? inScopeOfSourceArn;
  if ((ec2RoleDelivery === null && resource === null) || issuerArn === null) return null;
  const evidence = [`event:${use.eventId}`];
  const role = roleOf(search.directory, issuerArn);
  if (role) return foundRole(search, role, { method: 'directory', confidence: 'verified', evidence });
  const lambda = /:function:([^:]+)/.exec(resource ?? '')?.[1];
  return foundProgram(lambda ?? lastPart(issuerArn), {
    kind: 'workload',
    method: 'workload',
    confidence: 'verified',
    evidence,
  });
}

/**
 * A session that a provider of machines' tokens signed for, whose issuing event is not here: some workload of the role. Which
 * one only that event tells, so the role's name is no more than asserted, unless the directory says whose the role is.
 */
export function foundByProvider(use: CredentialUse, search: Search, missing: string): Finding | null {
  const { federatedProvider, issuerArn } = use.principal;
  if (federatedProvider === null || issuerArn === null || !isOfMachines(federatedProvider)) return null;
  const evidence = [`event:${use.eventId}`];
  const role = roleOf(search.directory, issuerArn);
  if (role) {
    const confidence = isMachinesOnly(federatedProvider) ? 'verified' : 'asserted';
    return foundRole(search, role, { method: 'directory', confidence, evidence });
  }
  return foundProgram(lastPart(issuerArn), {
    kind: 'workload',
    method: 'workload',
    confidence: 'asserted',
    evidence,
    reason: missing,
  });
}
