import type { CredentialLink } from './credential-link.js';
import type { Principal } from './principal.js';

/** A link as the line of evidence that keeps it, made where it was read: whoever writes it need not look into it. */
export interface LinkLine {
  readonly kind: 'link-line';
  readonly eventTime: number;
  readonly text: string;
}

/**
 * The line of evidence that keeps a link: `{"link":…}`. Members that say nothing are left out: of the links of an account most are
 * services that take a role for themselves, and half of such a line would be `null`.
 */
export function lineOfLink(link: CredentialLink): string {
  const kept = told(link);
  kept.caller = told(link.caller);
  return JSON.stringify({ link: kept });
}

/** The link that such a line, parsed, keeps: with the same members in the same order. */
export function linkOfLine({ link }: { readonly link: unknown }): CredentialLink {
  const kept = link as Partial<CredentialLink> & Pick<CredentialLink, 'eventId' | 'eventTime' | 'eventName' | 'caller'>;
  // Written out: a loop over names takes five times as long, and each hour reads every link of its days.
  return {
    kind: 'link',
    eventId: kept.eventId,
    eventTime: kept.eventTime,
    eventName: kept.eventName,
    region: kept.region ?? null,
    accountId: kept.accountId ?? null,
    sharedEventId: kept.sharedEventId ?? null,
    caller: callerOf(kept.caller),
    console: kept.console ?? null,
    sourceIp: kept.sourceIp ?? null,
    userAgent: kept.userAgent ?? null,
    issuedAccessKeyId: kept.issuedAccessKeyId ?? null,
    issuedPrincipalId: kept.issuedPrincipalId ?? null,
    issuedArn: kept.issuedArn ?? null,
    roleArn: kept.roleArn ?? null,
    roleSessionName: kept.roleSessionName ?? null,
    sourceIdentity: kept.sourceIdentity ?? null,
    subject: kept.subject ?? null,
    subjectType: kept.subjectType ?? null,
    issuer: kept.issuer ?? null,
    webIdentityTokenId: kept.webIdentityTokenId ?? null,
    sourcePrincipalArn: kept.sourcePrincipalArn ?? null,
    isGuest: kept.isGuest ?? null,
    providerArn: kept.providerArn ?? null,
    sparkSessionId: kept.sparkSessionId ?? null,
    signInSessionArn: kept.signInSessionArn ?? null,
    resource: kept.resource ?? null,
    tags: kept.tags ?? [],
  };
}

function callerOf(kept: Partial<Principal>): Principal {
  return {
    type: kept.type ?? null,
    principalId: kept.principalId ?? null,
    arn: kept.arn ?? null,
    accountId: kept.accountId ?? null,
    accessKeyId: kept.accessKeyId ?? null,
    userName: kept.userName ?? null,
    sessionName: kept.sessionName ?? null,
    issuerType: kept.issuerType ?? null,
    issuerArn: kept.issuerArn ?? null,
    issuerPrincipalId: kept.issuerPrincipalId ?? null,
    issuerUserName: kept.issuerUserName ?? null,
    issuerAccountId: kept.issuerAccountId ?? null,
    sourceIdentity: kept.sourceIdentity ?? null,
    onBehalfOfUserId: kept.onBehalfOfUserId ?? null,
    onBehalfOfStoreArn: kept.onBehalfOfStoreArn ?? null,
    identityProvider: kept.identityProvider ?? null,
    federatedProvider: kept.federatedProvider ?? null,
    ...(kept.federatedSubject === undefined ? NOTHING : { federatedSubject: kept.federatedSubject }),
    ...(kept.isGuest === undefined ? NOTHING : { isGuest: kept.isGuest }),
    ...(kept.origin === undefined ? NOTHING : { origin: kept.origin }),
    invokedBy: kept.invokedBy ?? null,
    credentialId: kept.credentialId ?? null,
    signInSessionArn: kept.signInSessionArn ?? null,
    creationDate: kept.creationDate ?? null,
    mfa: kept.mfa ?? null,
    ec2RoleDelivery: kept.ec2RoleDelivery ?? null,
    inScopeOfSourceArn: kept.inScopeOfSourceArn ?? null,
    inScopeOfIssuerType: kept.inScopeOfIssuerType ?? null,
    inScopeOfCredentialsIssuedTo: kept.inScopeOfCredentialsIssuedTo ?? null,
    ...(kept.isAssumedRoot === undefined ? NOTHING : { isAssumedRoot: kept.isAssumedRoot }),
    ...(kept.delegateAccountId === undefined ? NOTHING : { delegateAccountId: kept.delegateAccountId }),
  };
}

const NOTHING = {};

/** The members that say something; of which kind it is, the line says. */
function told(members: object): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name in members) {
    const value = members[name as keyof typeof members] as unknown;
    if (value !== null && name !== 'kind' && !(Array.isArray(value) && value.length === 0)) kept[name] = value;
  }
  return kept;
}
