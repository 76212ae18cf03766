import type { CredentialLink } from './credential-link.js';
import type { JsonObject } from './json-access.js';
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
  const kept = link as Record<string, unknown>;
  kept.kind = 'link';
  kept.caller = restored(kept.caller as JsonObject, CALLER);
  kept.tags ??= [];
  return restored(kept, LINK) as unknown as CredentialLink;
}

/** The members that say something; of which kind it is, the line says. */
function told(members: object): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name in members) {
    const value = members[name as keyof typeof members] as unknown;
    if (value !== null && name !== 'kind' && !(Array.isArray(value) && value.length === 0)) kept[name] = value;
  }
  return kept;
}

function restored(kept: JsonObject, names: readonly (readonly [string, Presence])[]): JsonObject {
  const whole: Record<string, unknown> = {};
  for (const [name, presence] of names) {
    const value = kept[name];
    if (value !== undefined) whole[name] = value;
    else if (presence === 'always') whole[name] = null;
  }
  return whole;
}

/** `always`: null where nothing is known; `rarely`: absent then. */
type Presence = 'always' | 'rarely';

/** The compiler names a member that is missing here; the order is that in which records are read. */
const LINK = Object.entries({
  ...{ kind: 'always', eventId: 'always', eventTime: 'always', eventName: 'always', region: 'always' },
  ...{ accountId: 'always', sharedEventId: 'always', caller: 'always', console: 'always', sourceIp: 'always' },
  ...{ userAgent: 'always', issuedAccessKeyId: 'always', issuedPrincipalId: 'always', issuedArn: 'always' },
  ...{ roleArn: 'always', roleSessionName: 'always', sourceIdentity: 'always', subject: 'always' },
  ...{ subjectType: 'always', issuer: 'always', webIdentityTokenId: 'always', sourcePrincipalArn: 'always' },
  ...{ isGuest: 'always', providerArn: 'always', sparkSessionId: 'always', signInSessionArn: 'always' },
  ...{ resource: 'always', tags: 'always' },
} as const satisfies Record<keyof CredentialLink, Presence>);

const CALLER = Object.entries({
  ...{ type: 'always', principalId: 'always', arn: 'always', accountId: 'always', accessKeyId: 'always' },
  ...{ userName: 'always', sessionName: 'always', issuerType: 'always', issuerArn: 'always' },
  ...{ issuerPrincipalId: 'always', issuerUserName: 'always', issuerAccountId: 'always', sourceIdentity: 'always' },
  ...{ onBehalfOfUserId: 'always', onBehalfOfStoreArn: 'always', identityProvider: 'always' },
  ...{ federatedProvider: 'always', federatedSubject: 'rarely', isGuest: 'rarely', origin: 'rarely' },
  ...{ invokedBy: 'always', credentialId: 'always', signInSessionArn: 'always', creationDate: 'always' },
  ...{ mfa: 'always', ec2RoleDelivery: 'always', inScopeOfSourceArn: 'always', inScopeOfIssuerType: 'always' },
  ...{ inScopeOfCredentialsIssuedTo: 'always', isAssumedRoot: 'rarely', delegateAccountId: 'rarely' },
} as const satisfies Record<keyof Principal, Presence>);
