import type { CredentialUse } from '../chain/credential-facts.js';
import type { StoredLink } from '../chain/link-store.js';
import { lastPart } from './finding.js';
import type { Hop } from './resolution.js';

/** One step of a chain: who got what. */
export function linkHop(link: StoredLink): Hop {
  const { caller } = link;
  const name = caller.arn ?? caller.principalId ?? caller.invokedBy;
  const issued = link.roleArn ?? link.issuedPrincipalId;
  return {
    eventId: link.eventId,
    eventTime: link.eventTime,
    eventName: link.eventName,
    caller: name,
    issued: sessionArn(link) ?? issued,
    proves: `${name ?? 'an unknown caller'} got ${link.issuedAccessKeyId ?? 'a session'}${issued === null ? '' : ` for ${lastPart(issued)}`}`,
  };
}

function sessionArn({ roleArn, issuedPrincipalId }: StoredLink): string | null {
  if (roleArn === null || issuedPrincipalId === null) return null;
  const [, partition = '', , , accountId = ''] = roleArn.split(':', 5);
  const session = issuedPrincipalId.slice(issuedPrincipalId.indexOf(':') + 1);
  return `arn:${partition}:sts::${accountId}:assumed-role/${lastPart(roleArn)}/${session}`;
}

/** Who used the credential, as AWS names it. */
export function callerOf({ principal }: CredentialUse): string | null {
  return principal.arn ?? principal.principalId;
}
