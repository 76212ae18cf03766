import { hash, iamIdOf } from '../wire/random.js';
import { principalIdOf } from './company.js';

/** What AWS calls the caller of an event. */
export interface Credential {
  /** Number in the world; also orders issue events of the same second. */
  readonly number: number;
  readonly kind: 'role' | 'user' | 'root' | 'federated';
  readonly accountId: string;
  /** ARN of the role (with its path), user or root; for federated users that of the IAM user who asked for the token. */
  readonly issuerArn: string;
  /** Role session name, or name of the federated user; null for users and root. */
  readonly sessionName: string | null;
  /** Null for long-lived keys. Whole seconds. */
  readonly createdAt: number | null;
  readonly expiresAt: number | null;
  /** Null for the console, which signs every request with another key. */
  readonly accessKeyId: string | null;
  readonly isConsole: boolean;
  readonly hasMfa: boolean;
  readonly sourceIdentity: string | null;
  /** `<user id>|<identity store ARN>`; on sessions of the portal it is stamped on some events only. */
  readonly onBehalfOf: string | null;
  readonly signInSessionArn: string | null;
  readonly roleDelivery: '1.0' | '2.0' | null;
  /** Function, service or instance to which the credentials were issued. */
  readonly inScopeOf: { readonly sourceArn: string; readonly issuerType: string; readonly issuedTo: string } | null;
  readonly webIdProvider: string | null;
  /** What the records of the session repeat of the provider's token. */
  readonly webIdAttributes: Readonly<Record<string, string>>;
  /** The call that issued it, null when no event tells (long-lived keys, the Identity Center portal). */
  readonly issue: Issue | null;
  readonly sourceIp: string;
  readonly userAgent: string;
}

/** The call that issued a credential. */
export interface Issue {
  readonly eventName:
    | 'AssumeRole'
    | 'AssumeRoleWithSAML'
    | 'AssumeRoleWithWebIdentity'
    | 'GetSessionToken'
    | 'GetFederationToken'
    | 'CreateOAuth2Token';
  readonly caller: IssueCaller;
  readonly region: string;
  readonly isGlobalEndpoint: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export type IssueCaller =
  | { readonly kind: 'credential'; readonly credential: Credential }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'saml'; readonly subject: string; readonly issuer: string; readonly providerArn: string }
  | { readonly kind: 'oidc'; readonly subject: string; readonly provider: string; readonly audience: string };

export function roleNameOf(credential: Credential): string {
  return credential.issuerArn.slice(credential.issuerArn.lastIndexOf('/') + 1);
}

/** The ARN as it stands in `userIdentity.arn`. */
export function callerArnOf(credential: Credential): string {
  const { accountId, sessionName } = credential;
  if (credential.kind === 'role')
    return `arn:aws:sts::${accountId}:assumed-role/${roleNameOf(credential)}/${sessionName}`;
  if (credential.kind === 'federated') return `arn:aws:sts::${accountId}:federated-user/${sessionName}`;
  return credential.issuerArn;
}

/** The id as it stands in `userIdentity.principalId`. */
export function callerIdOf(credential: Credential): string {
  if (credential.kind === 'role') return `${principalIdOf(credential.issuerArn)}:${credential.sessionName}`;
  if (credential.kind === 'federated') return `${credential.accountId}:${credential.sessionName}`;
  return credential.kind === 'root' ? credential.accountId : principalIdOf(credential.issuerArn);
}

/** The `Username` of LookupEvents (aws-facts 1.5). */
export function lookupUsernameOf(credential: Credential): string {
  if (credential.kind === 'root') return 'root';
  return credential.kind === 'user' ? roleNameOf(credential) : (credential.sessionName ?? '');
}

/** The key that signed one request; the console takes a new one each time (aws-facts 1.6). */
export function signingKeyOf(credential: Credential, request: number): string {
  return credential.accessKeyId ?? iamIdOf('ASIA', hash('console', credential.number), request);
}

/**
 * The `userIdentity` of a record (aws-facts 3.3–3.8). `request` numbers the request: it chooses the console's key and
 * whether the service stamped `onBehalfOf` (seen on about 87 % of events, aws-facts 3.4).
 */
export function userIdentityOf(credential: Credential, request: number): Record<string, unknown> {
  const { kind, accountId, createdAt } = credential;
  const identity: Record<string, unknown> = {
    type: { role: 'AssumedRole', user: 'IAMUser', root: 'Root', federated: 'FederatedUser' }[kind],
    principalId: callerIdOf(credential),
    arn: callerArnOf(credential),
    accountId,
    accessKeyId: signingKeyOf(credential, request),
  };
  if (kind === 'user') identity.userName = roleNameOf(credential);
  if (createdAt !== null) identity.sessionContext = sessionContextOf(credential, createdAt);
  // An identity-enhanced session always says for whom it acts (aws-facts 3.8).
  const isStamped = credential.issue !== null || hash(credential.number, request) % 100 < 87;
  if (credential.onBehalfOf !== null && isStamped) {
    const [userId, identityStoreArn] = credential.onBehalfOf.split('|');
    identity.onBehalfOf = { userId, identityStoreArn };
  }
  if (credential.inScopeOf) {
    const { sourceArn, issuerType, issuedTo } = credential.inScopeOf;
    identity.inScopeOf = { sourceArn, sourceAccount: accountId, issuerType, credentialsIssuedTo: issuedTo };
  }
  return identity;
}

function sessionContextOf(credential: Credential, createdAt: number): Record<string, unknown> {
  const { kind, accountId, issuerArn } = credential;
  const isUserToken = kind === 'user' || kind === 'root';
  const context: Record<string, unknown> = {
    sessionIssuer: isUserToken
      ? {}
      : {
          type: kind === 'role' ? 'Role' : 'IAMUser',
          principalId: principalIdOf(issuerArn),
          arn: issuerArn,
          accountId,
          userName: roleNameOf(credential),
        },
    webIdFederationData: credential.webIdProvider
      ? { federatedProvider: credential.webIdProvider, attributes: credential.webIdAttributes }
      : {},
    attributes: { creationDate: isoSeconds(createdAt), mfaAuthenticated: String(credential.hasMfa) },
  };
  if (credential.sourceIdentity !== null) context.sourceIdentity = credential.sourceIdentity;
  if (credential.signInSessionArn !== null) context.signInSessionArn = credential.signInSessionArn;
  if (credential.roleDelivery !== null) context.ec2RoleDelivery = credential.roleDelivery;
  return context;
}

/** `2026-11-01T05:00:00Z`: CloudTrail knows whole seconds only. */
export function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
