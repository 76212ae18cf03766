import type { CredentialUse } from '../chain/credential-facts.js';
import { type DirectoryPerson, personNamed, personOf, roleOf } from '../directory/directory.js';
import { isEmail, isUntold, lookOfName } from '../names/look.js';
import { isPlaceholder } from '../names/placeholder.js';
import {
  eitherReason,
  type Finding,
  found,
  foundProgram,
  foundRole,
  lastPart,
  notFound,
  type Search,
} from './finding.js';
import type { PersonKind } from './resolution.js';

/**
 * An IAM user, whom AWS knows by ARN and unique id. Whoever made the user chose the name: it is judged by its look, and one that is
 * somebody's e-mail address is no more than asserted until the directory says that this very user is that person's.
 */
export function iamUser(use: CredentialUse, arn: string | null, search: Search): Finding {
  const { principal } = use;
  const { directory } = search;
  const key = principal.accessKeyId;
  const evidence = [`event:${use.eventId}`, ...(key === null ? [] : [`key:${key}`])];
  const name = principal.userName ?? (arn === null ? null : lastPart(arn));
  const role = roleOf(directory, arn);
  if (role) return foundRole(search, role, { method: 'directory', confidence: 'verified', evidence });
  const id = principal.principalId;
  const byId = personOf(directory, [id]);
  if (byId === null && (name === null || isPlaceholder(name))) {
    return notFound('the record of this IAM user has neither name nor ARN');
  }
  const own = name ?? lastPart(arn ?? id ?? '');
  const verified = { kind: kindOfUser(own), method: 'iam-user', confidence: 'verified', evidence } as const;
  const scope = { account: arn?.split(':')[4] || principal.accountId, issuers: [] };
  const named = personNamed(directory, [own], scope);
  const listed = byId ?? personOf(directory, [arn]);
  const known = listed ?? named?.person ?? null;
  if (known !== null && known !== byId && isOtherUserOf(known, id)) {
    // The name must not read as the person whose user had it before.
    const isSameName = own.toLowerCase() === known.id.toLowerCase();
    const reason = `the directory knows ${known.id} by another unique id than ${id}: the user was made anew`;
    return foundProgram(own, { ...verified, confidence: isSameName ? 'asserted' : 'verified', reason });
  }
  if (listed) return found(search, { name: own, ids: [id, arn] }, { ...verified, kind: 'human' });
  if (verified.kind === 'unknown') {
    if (known) return found(search, { name: own, scope }, { ...verified, kind: 'human' });
    return foundProgram(own, { ...verified, reason: eitherReason(own) });
  }
  if (verified.kind !== 'human') return foundProgram(own, verified);
  if (!isEmail(own) || named?.isBound === true) return found(search, { name: own, scope }, verified);
  const reason = `the IAM user is named like an address; the alias ${arn ?? id} of a person would prove whose it is`;
  return found(search, { name: own, scope }, { ...verified, confidence: 'asserted', reason });
}

/** Programs have IAM users of their own; where a name may be either's, nobody says which. */
export function kindOfUser(name: string): PersonKind {
  const look = lookOfName(name);
  if (look === 'name') return 'human';
  return isUntold(look) ? 'unknown' : 'workload';
}

/** True where the directory knows the person's IAM users by unique ids, and this is none of them: another user of the same name. */
function isOtherUserOf(person: DirectoryPerson, id: string | null): boolean {
  if (id === null || !id.startsWith('AIDA')) return false;
  const ids = person.aliases.filter((alias) => typeof alias === 'string' && /^AIDA[A-Z0-9]{8,}$/i.test(alias));
  return ids.length > 0 && !ids.some((alias) => String(alias).toLowerCase() === id.toLowerCase());
}
