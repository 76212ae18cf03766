import type { OriginIdentity } from '../../cloudtrail/principal.js';
import { type CredentialUse, isPortalRole, type Witnessed } from '../chain/credential-facts.js';
import { personOf } from '../directory/directory.js';
import { lookOfCertificate, mayNamePerson } from '../names/look.js';
import { type Finding, found, foundProgram, lastPart, type Search, unlessUntold } from './finding.js';
import { callerOf } from './hop.js';
import type { Hop } from './resolution.js';
import { withoutPrefix } from './source-identity.js';

/** The Identity Center user whom an event of the credential was on behalf of. */
export function identityCenterUser(use: CredentialUse, user: Witnessed, search: Search): Finding {
  const { identityStoreNames, graph, directory } = search;
  const [storeArn = '', userId = ''] = user.value.split('#');
  const name =
    (isPortalRole(use.principal.issuerArn) ? use.principal.sessionName : null) ??
    graph.identityCenterUsers.get(user.value)?.value ??
    identityStoreNames.get(user.value) ??
    identityStoreNames.get(userId) ??
    null;
  const aliases = [user.value, `${lastPart(storeArn)}#${userId}`, userId];
  const proves = `the same credential acted for Identity Center user ${userId}`;
  const witness: Hop = { ...user, eventName: null, caller: callerOf(use), issued: null, proves };
  // The id lasts, a user name may be given to another person later: where the directory knows the id, the id decides.
  const byId = personOf(directory, aliases);
  const byName = personOf(directory, [name]);
  const reason = `the directory gives the user id ${userId} and the user name ${name} to different people`;
  const known = found(
    search,
    { name: name ?? userId, ids: [...aliases, name] },
    {
      kind: 'human',
      method: 'identity-center',
      confidence: 'verified',
      evidence: [`event:${user.eventId}`],
      hops: user.eventId === use.eventId ? [] : [witness],
      conflict: byId && byName && byId !== byName ? { person: byName.id, method: 'sso-session', reason } : null,
    },
  );
  return unlessUntold(known, name ?? userId, name === null || mayNamePerson(name));
}

/** Trusted identity propagation with IAM: whom a certificate or token named that AWS checked, through every further role. */
export function originIdentity(use: CredentialUse, origin: OriginIdentity, search: Search): Finding {
  const { subject, subjectType, issuer } = origin;
  const name = withoutPrefix(subject);
  const rest = { method: 'source-identity', confidence: 'verified', evidence: [`event:${use.eventId}`] } as const;
  const isUser = subjectType === 'user' || (subjectType === null && lookOfCertificate(name) === 'name');
  if (!isUser) return foundProgram(name, { ...rest, kind: 'workload' });
  const scope = { account: use.principal.accountId, issuers: [issuer] };
  return found(search, { name, names: [subject], scope }, { ...rest, kind: 'human' });
}

/** A session of the access portal: Identity Center alone takes these roles, and names the session after its user. */
export function portalSession(use: CredentialUse, sessionName: string, search: Search): Finding {
  const user = found(
    search,
    // Identity Center, one for a whole organization, gives these names: the directory's bare aliases are proof of them.
    { name: sessionName, ids: [use.principal.arn, sessionName] },
    { kind: 'human', method: 'sso-session', confidence: 'verified', evidence: [`event:${use.eventId}`] },
  );
  // Users are made for programs, too, and for several people.
  return unlessUntold(user, sessionName, mayNamePerson(sessionName));
}
