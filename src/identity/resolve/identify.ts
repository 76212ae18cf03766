import { principalOfArn } from '../../cloudtrail/principal.js';
import { type CredentialFacts, type CredentialUse, isPortalRole } from '../chain/credential-facts.js';
import { callerUse, isServiceLinkedRole, MAX_HOPS } from '../chain/credential-graph.js';
import type { StoredLink } from '../chain/link-store.js';
import { sparkSessionOf } from '../chain/spark-session.js';
import { isService, withDelegate, withIssuer } from '../chain/stated-principal.js';
import { roleOf } from '../directory/directory.js';
import { foundByBroker } from './broker.js';
import { certificateSubject, oidcSubject, samlSubject, subjectOfSession } from './federated-subject.js';
import { type Finding, found, foundRole, lastPart, notFound, type Search, unique } from './finding.js';
import { linkHop } from './hop.js';
import { iamUser } from './iam-user.js';
import { foundByDelivery, foundByProvider, foundByService } from './machine.js';
import { foundByName } from './named-session.js';
import { identityCenterUser, originIdentity, portalSession } from './propagated-user.js';
import type { Hop } from './resolution.js';
import { weighSourceIdentity } from './source-identity.js';

/**
 * Finds who stands behind one use of a credential, by what AWS signs first: the Identity Center user, the IAM user or root,
 * the access portal's session, the event that issued the credential and so on back; then what the directory says about the
 * role; at last the name that the caller chose (order of trust: aws-facts 3.6).
 */
export function identify(recorded: CredentialUse, search: Search, depth = 0): Finding {
  const use = withIssuer(recorded, search);
  return withDelegate(use, whoIs(use, search, depth));
}

function whoIs(use: CredentialUse, search: Search, depth: number): Finding {
  const { principal } = use;
  const facts = search.graph.factsOf(use);
  if (facts.onBehalfOf) return identityCenterUser(use, facts.onBehalfOf, search);
  if (principal.origin) return originIdentity(use, principal.origin, search);
  switch (principal.type) {
    case 'IAMUser':
      return iamUser(use, principal.arn, search);
    case 'Root':
      return root(use, search, depth);
    case 'AWSService':
      return foundByService(search, { service: principal.invokedBy ?? principal.principalId, use, hops: [] });
    case 'FederatedUser':
      return federatedUser(use, search);
    case 'AWSAccount':
      return foreignCaller(use, search);
    case 'AssumedRole':
    case 'Role':
      return roleSession(use, facts, search, depth);
    default:
      if (isService(principal)) return foundByService(search, { service: principal.invokedBy, use, hops: [] });
      return foundByName(
        use,
        search,
        notFound(`AWS names nobody for a principal of type ${principal.type ?? 'unknown'}`),
      );
  }
}

function root(use: CredentialUse, search: Search, depth: number): Finding {
  // AssumeRoot: a member account's root session that somebody of the management account asked for.
  const parent = search.graph.parentOf(use);
  if (parent.kind === 'link') return throughLink(parent.link, use, search, depth);
  const { arn, accountId, isAssumedRoot } = use.principal;
  const name = `root:${accountId ?? arn?.split(':')[4] ?? 'unknown'}`;
  const evidence = [`event:${use.eventId}`];
  const rest = { kind: 'human', method: 'root', evidence } as const;
  if (isAssumedRoot !== true) return found(search, { name, ids: [arn] }, { ...rest, confidence: 'verified' });
  const reason = 'somebody of another account took this root session, and no event shows who (AssumeRoot)';
  return found(search, { name, ids: [arn] }, { ...rest, confidence: 'asserted', reason });
}

/** GetFederationToken: AWS states in every record which IAM user asked; the federated name is that user's choice. */
function federatedUser(use: CredentialUse, search: Search): Finding {
  const { issuerArn, issuerType } = use.principal;
  const parent = search.graph.parentOf(use);
  const hops = parent.kind === 'link' ? [linkHop(parent.link)] : [];
  if (issuerArn === null) {
    if (parent.kind === 'link') return throughLink(parent.link, use, search, 0);
    return foundByName(
      use,
      search,
      notFound('neither the record nor an event says who asked for this federation token'),
    );
  }
  const evidence = unique([...hops.map(({ eventId }) => `event:${eventId}`), `event:${use.eventId}`]);
  const isRoot = issuerType === 'Root' || issuerArn.endsWith(':root');
  if (isRoot) {
    const rest = { kind: 'human', method: 'role-chain', confidence: 'verified', evidence, hops } as const;
    return found(search, { name: `root:${use.principal.accountId ?? ''}`, ids: [issuerArn] }, rest);
  }
  const { issuerPrincipalId, issuerUserName } = use.principal;
  const principal = { ...use.principal, principalId: issuerPrincipalId, userName: issuerUserName, accessKeyId: null };
  const user = iamUser({ ...use, principal }, issuerArn, search);
  const asked =
    user.person === null
      ? user
      : { ...user, method: 'role-chain' as const, evidence: unique([...evidence, ...user.evidence]), hops };
  return (
    foundByBroker({
      use: { ...use, principal: { ...use.principal, issuerArn } },
      link: null,
      sourceIdentity: null,
      base: asked,
      search,
    }) ?? asked
  );
}

/** The role owner's copy of a cross-account call: account and unique id only. Other events may have shown whose id it is. */
function foreignCaller(use: CredentialUse, search: Search): Finding {
  const { principalId, accountId } = use.principal;
  const [id = '', sessionName = null] = (principalId ?? '').split(':');
  const arn = search.graph.arnOfId(id);
  if (arn !== null && sessionName === null)
    return iamUser({ ...use, principal: { ...use.principal, userName: null } }, arn, search);
  if (isPortalRole(arn) && sessionName !== null) return portalSession(use, sessionName, search);
  const missing = `the caller is ${principalId ?? 'unknown'} of account ${accountId ?? 'unknown'}: the trail of that account is needed`;
  const principal = { ...use.principal, sessionName, issuerArn: sessionName === null ? null : arn };
  return foundByName({ ...use, principal }, search, notFound(missing));
}

function roleSession(use: CredentialUse, facts: CredentialFacts, search: Search, depth: number): Finding {
  const { principal } = use;
  if (isPortalRole(principal.issuerArn) && principal.sessionName !== null) {
    return portalSession(use, principal.sessionName, search);
  }
  if (isServiceLinkedRole(principal.issuerArn)) {
    const service = principal.issuerArn?.split('/')[2] ?? null;
    return foundByService(search, { service, use, hops: [] });
  }
  const parent = search.graph.parentOf(use);
  const signed =
    parent.kind === 'link' ? throughLink(parent.link, use, search, depth) : unlinked(use, search, parent.kind);
  const known = signed.person === null ? foundByName(use, search, signed) : knownByRole(signed, use, search);
  const isAsked = parent.kind === 'link' && parent.link.caller.type !== 'AWSService';
  const base = isAsked ? ownName(known, use, search) : known;
  const fromLink = parent.kind === 'link' ? parent.link : null;
  const sourceIdentity =
    facts.sourceIdentity ??
    (fromLink && fromLink.sourceIdentity !== null
      ? { value: fromLink.sourceIdentity, eventId: fromLink.eventId, eventTime: fromLink.eventTime }
      : null);
  const behindBroker = foundByBroker({
    use,
    link: fromLink,
    sourceIdentity: sourceIdentity?.value ?? null,
    base,
    search,
  });
  if (behindBroker) return behindBroker;
  return sourceIdentity ? weighSourceIdentity(sourceIdentity, base, search) : base;
}

/**
 * A caller who is known by a chosen name only says no more than the session's own name, which the same caller chose: the name that stands
 * without the event stands with it, too, and the other one is shown. Otherwise one more event could name somebody else.
 */
function ownName(signed: Finding, use: CredentialUse, search: Search): Finding {
  if (signed.confidence !== 'asserted') return signed;
  const own = foundByName(use, search, notFound(signed.reason ?? '', signed.hops));
  if (own.kind !== 'human' || own.person === signed.person) return signed;
  const reason = `${signed.person} asked for the session, which is known by a chosen name, too`;
  const conflict = signed.person === null ? null : { person: signed.person, method: signed.method, reason };
  return { ...own, reason: signed.reason, conflict };
}

/** A machine took the role: the directory may name the role better than the machine that took it. */
function knownByRole(signed: Finding, use: CredentialUse, search: Search): Finding {
  const isMachine = signed.kind === 'workload' || signed.kind === 'service';
  const role = isMachine ? roleOf(search.directory, use.principal.issuerArn) : null;
  if (!role) return signed;
  const { confidence, evidence, hops } = signed;
  return foundRole(search, role, { method: 'directory', confidence, evidence, hops });
}

/** A session whose issuing event is not here: what the record itself, or the Spark session's start, still proves. */
function unlinked(use: CredentialUse, search: Search, kind: 'ambiguous' | 'unknown'): Finding {
  const { principal } = use;
  const delivered = foundByDelivery(use, search);
  if (delivered) return delivered;
  const subject = subjectOfSession(use, search);
  if (subject) return subject;
  const spark = sparkStarter(use, search, 'asserted');
  if (spark) return spark;
  const key = principal.accessKeyId ?? 'without a key';
  const session = `${lastPart(principal.issuerArn ?? principal.arn ?? 'of an unknown role')} (${key})`;
  const missing =
    kind === 'ambiguous'
      ? `several events claim the session ${session} for different callers`
      : `no event that issued the session ${session} was found`;
  return foundByProvider(use, search, missing) ?? notFound(missing);
}

const ATHENA = /^athena(?:-spark)?\.amazonaws\.com(?:\.cn)?$/i;
const ROLES_ANYWHERE = /^rolesanywhere\.amazonaws\.com(?:\.cn)?$/i;

/** Goes one event back. */
function throughLink(link: StoredLink, use: CredentialUse, search: Search, depth: number): Finding {
  const hop = linkHop(link);
  if (link.eventName === 'AssumeRoleWithSAML') return samlSubject(link, hop, search);
  if (link.eventName === 'GetCredentialsForIdentity') return oidcSubject(link, hop, search);
  if (link.eventName === 'AssumeRoleWithWebIdentity') {
    // The session's own records say of an identity of Cognito whether it is a guest's; the event that issued it does not.
    const isGuest = link.isGuest ?? use.principal.isGuest ?? null;
    return acrossPartitions(link, hop, search, depth) ?? oidcSubject({ ...link, isGuest }, hop, search);
  }
  if (link.caller.type === 'AWSService') {
    const { invokedBy } = link.caller;
    // Athena alone names its sessions after Spark's; a function, say, may bear any name.
    const spark = ATHENA.test(invokedBy ?? '') ? sparkStarter(use, search, 'verified') : null;
    const certificate = ROLES_ANYWHERE.test(invokedBy ?? '') ? certificateSubject(link, hop, search) : null;
    return spark ?? certificate ?? foundByService(search, { service: link.caller.invokedBy, use, hops: [hop] });
  }
  if (depth >= MAX_HOPS) return notFound(`the chain of roles is longer than ${MAX_HOPS} hops`, [hop]);
  const caller = callerBehind(link, search, depth);
  const hops = [...caller.hops, hop];
  if (caller.person === null) return { ...caller, hops };
  // A token for the session's own console or command line is no other role.
  const isSameSession = link.caller.principalId !== null && link.caller.principalId === use.principal.principalId;
  return {
    ...caller,
    method: isSameSession ? caller.method : 'role-chain',
    evidence: unique([...caller.evidence, `event:${link.eventId}`]),
    hops,
  };
}

/** A token of AWS itself, for another partition: whoever asked for it there, by its own event, else by the ARN that this copy names. */
function acrossPartitions(link: StoredLink, hop: Hop, search: Search, depth: number): Finding | null {
  const { sourcePrincipalArn, webIdentityTokenId } = link;
  if (sourcePrincipalArn === null || depth >= MAX_HOPS) return null;
  const request = webIdentityTokenId === null ? null : search.graph.tokenRequestOf(webIdentityTokenId);
  const asked = request?.kind === 'link' && request.link.caller.arn === sourcePrincipalArn ? request.link : null;
  const caller = asked
    ? callerBehind(asked, search, depth)
    : identify({ ...callerUse(link), principal: principalOfArn(sourcePrincipalArn) }, search, depth + 1);
  const hops = [...caller.hops, ...(asked ? [linkHop(asked)] : []), hop];
  if (caller.person === null) return { ...caller, hops };
  const events = [...(asked ? [asked.eventId] : []), link.eventId].map((id) => `event:${id}`);
  return { ...caller, method: 'role-chain', evidence: unique([...caller.evidence, ...events]), hops };
}

/** What is found depends on the depth only where a chain is too long, so what the first hop found is good for every start. */
function callerBehind(link: StoredLink, search: Search, depth: number): Finding {
  if (depth > 0) return identify(callerUse(link), search, depth + 1);
  const known = search.callers.get(link);
  if (known) return known;
  const caller = identify(callerUse(link), search, 1);
  search.callers.set(link, caller);
  return caller;
}

/** The `StartSession` of the Spark session tells who started it. */
function sparkStarter(use: CredentialUse, search: Search, best: 'verified' | 'asserted'): Finding | null {
  const sessionId = sparkSessionOf(use.principal);
  const accountId = use.principal.accountId;
  if (sessionId === null || accountId === null) return null;
  const parent = search.graph.sparkStartOf(sessionId, accountId);
  if (parent.kind !== 'link') return notFound(`the StartSession event of Spark session ${sessionId} was not found`);
  const starter = identify(callerUse(parent.link), search, MAX_HOPS - 1);
  const hops = [...starter.hops, linkHop(parent.link)];
  if (starter.person === null) return { ...starter, hops };
  return {
    ...starter,
    method: 'role-chain',
    confidence: starter.confidence === 'verified' ? best : starter.confidence,
    evidence: unique([...starter.evidence, `event:${parent.link.eventId}`]),
    hops,
  };
}
