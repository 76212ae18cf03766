import type { Principal } from '../../cloudtrail/principal.js';
import type { Finding, Search } from '../resolve/finding.js';
import type { CredentialUse } from './credential-facts.js';

/** Some services call under no type, with nothing but their own name. */
export function isService({ type, arn, principalId, userName, accessKeyId, invokedBy }: Principal): boolean {
  return type === null && invokedBy !== null && [arn, principalId, userName, accessKeyId].every((id) => id === null);
}

/** A session whose record leaves out its role: other events may have shown which role has this unique id. */
export function withIssuer(use: CredentialUse, { graph }: Search): CredentialUse {
  const { type, issuerArn, principalId } = use.principal;
  const arn =
    type === 'AssumedRole' && issuerArn === null ? graph.arnOfId((principalId ?? '').split(':', 1)[0] ?? '') : null;
  return arn === null ? use : { ...use, principal: { ...use.principal, issuerArn: arn } };
}

/** A provider's program that acts with access which somebody delegated to it is no human, though that person answers for it. */
export function withDelegate({ principal }: CredentialUse, finding: Finding): Finding {
  const { delegateAccountId } = principal;
  if (delegateAccountId === undefined || finding.kind !== 'human') return finding;
  const reason = `account ${delegateAccountId} called, with temporary access that ${finding.person} delegated to it`;
  return { ...finding, kind: 'agent', reason };
}
