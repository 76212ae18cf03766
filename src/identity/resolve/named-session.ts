import type { CredentialUse } from '../chain/credential-facts.js';
import { personOf, roleOf } from '../directory/directory.js';
import { isUntold, lookOfName } from '../names/look.js';
import { eitherReason, type Finding, found, foundProgram, foundRole, lastPart, type Search } from './finding.js';
import { foundInStudio } from './studio-session.js';

/**
 * What is left when nothing signed names anybody: the directory's word about the role, then the session name, which whoever
 * assumed the role chose. Never more than asserted: somebody else may have used the role. `missing` says what would prove more.
 */
export function foundByName(use: CredentialUse, search: Search, missing: Finding): Finding {
  const { principal } = use;
  const { directory } = search;
  const rest = {
    confidence: 'asserted',
    evidence: [`event:${use.eventId}`],
    hops: missing.hops,
    reason: missing.reason,
  } as const;
  const role = roleOf(directory, principal.issuerArn);
  if (role && role.kind !== 'broker') return foundRole(search, role, { ...rest, method: 'directory' });
  const { issuerArn } = principal;
  if (issuerArn !== null && personOf(directory, [issuerArn])) {
    return found(search, { name: issuerArn, ids: [issuerArn] }, { ...rest, kind: 'human', method: 'directory' });
  }
  const inStudio = foundInStudio(use, search, missing);
  if (inStudio) return inStudio;
  const name = principal.sessionName ?? principal.userName;
  const broker = role ? foundRole(search, role, { ...rest, method: 'directory' }) : null;
  if (name === null) return broker ?? missing;
  const who = { name, ids: [principal.arn] };
  if (personOf(directory, [principal.arn, name]))
    return found(search, who, { ...rest, kind: 'human', method: 'session-name' });
  const look = lookOfName(name);
  if (look === 'name') return found(search, who, { ...rest, kind: 'human', method: 'session-name' });
  if (broker) return broker;
  if (isUntold(look)) {
    return foundProgram(name, { ...rest, kind: 'unknown', method: 'session-name', reason: eitherReason(name) });
  }
  // A service that calls for somebody leaves their name; behind a name that nobody chose, the service is all there is.
  if (look === 'generated' && principal.invokedBy?.endsWith('.amazonaws.com')) {
    return foundProgram(principal.invokedBy, { ...rest, kind: 'service', method: 'service' });
  }
  if (/^QuickSight-RoleSession-/.test(name)) {
    return foundProgram('quicksight.amazonaws.com', { ...rest, kind: 'service', method: 'service' });
  }
  if (look === 'machine') {
    // Of a caller in an account whose trail is not read only the role's unique id is known: it lasts, task ids do not.
    const roleId = /^AROA[A-Z0-9]+/.exec(principal.principalId ?? '')?.[0];
    const workload = issuerArn === null ? (roleId ?? name) : lastPart(issuerArn);
    return foundProgram(workload, { ...rest, kind: 'workload', method: 'workload' });
  }
  return look === 'generated' ? missing : foundProgram(name, { ...rest, kind: 'workload', method: 'session-name' });
}
