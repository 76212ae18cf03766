import type { Principal } from './principal.js';

/**
 * An event that ties a credential, a session or a Spark session to whoever asked for it: AssumeRole, AssumeRoleWithSAML,
 * AssumeRoleWithWebIdentity, AssumeRoot, GetFederationToken, GetSessionToken, GetSigninToken, CreateOAuth2Token (`aws login`,
 * MCP), StartSession, GetWebIdentityToken (a token for another partition), GetCredentialsForIdentity (Cognito).
 * Times are epoch milliseconds.
 */
export interface CredentialLink {
  readonly kind: 'link';
  readonly eventId: string;
  readonly eventTime: number;
  readonly eventName: string;
  readonly region: string | null;
  /** Account that received this copy of the event. */
  readonly accountId: string | null;
  readonly sharedEventId: string | null;
  readonly caller: Principal;
  /** True when the caller's credentials came from the console. */
  readonly console: boolean | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  /** Access key that was issued (`responseElements.credentials.accessKeyId`). */
  readonly issuedAccessKeyId: string | null;
  /** `assumedRoleUser.assumedRoleId` or `federatedUser.federatedUserId`: equals the later `principalId`. */
  readonly issuedPrincipalId: string | null;
  readonly issuedArn: string | null;
  readonly roleArn: string | null;
  readonly roleSessionName: string | null;
  readonly sourceIdentity: string | null;
  /** Subject of a SAML assertion or OIDC token, as the provider signed it. */
  readonly subject: string | null;
  readonly subjectType: string | null;
  /** SAML issuer or OIDC provider. */
  readonly issuer: string | null;
  /** ARN of the SAML provider in IAM (`requestParameters.principalArn`): unlike the issuer, nobody in another account can take its name. */
  readonly providerArn: string | null;
  /** Joins a token that AWS signed in one partition with the role that it took in another. */
  readonly webIdentityTokenId: string | null;
  /** Who asked for that token, as the other partition's copy says (`additionalEventData.crossPartitionData`). */
  readonly sourcePrincipalArn: string | null;
  /** Of a Cognito identity: true when nobody had signed in; null when the event does not say. */
  readonly isGuest: boolean | null;
  /** Athena Spark session (`StartSession`). */
  readonly sparkSessionId: string | null;
  readonly signInSessionArn: string | null;
  /** What an OAuth token was asked for (`requestParameters.resource`): an AWS MCP server marks the sign-in session as an agent's. */
  readonly resource: string | null;
  /** Session tags, keys sorted, as `key=value`. */
  readonly tags: readonly string[];
}
