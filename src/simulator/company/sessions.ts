import { hash, iamIdOf, type Random, uuidOf } from '../wire/random.js';
import type { Company, Person } from './company.js';
import { type Credential, type Issue, type IssueCaller, roleNameOf } from './credential.js';

/** What a session needs to be opened: who issues numbers and keys, and when. */
export interface SessionContext {
  readonly seed: number;
  readonly company: Company;
  readonly random: Random;
  /** Tells channels apart where something must be the same all day. */
  readonly channelNumber: number;
  /** Start of the session, epoch milliseconds, whole seconds. */
  readonly at: number;
  /** Region in which it will be used. */
  readonly region: string;
  /** Registers a credential and the event that issued it. */
  mint(draft: CredentialDraft): Credential;
}

export type CredentialDraft = Omit<Credential, 'number' | 'accessKeyId'> & { readonly accessKeyId?: string | null };

/** Completes a draft; temporary keys get a key of their own unless the console signs. */
export function completeCredential(seed: number, number: number, draft: CredentialDraft): Credential {
  const key = draft.isConsole ? null : iamIdOf('ASIA', hash(seed, 'key'), number);
  return { accessKeyId: key, ...draft, number };
}

/** Members that most credentials leave empty. */
const PLAIN = {
  sessionName: null,
  isConsole: false,
  hasMfa: false,
  sourceIdentity: null,
  onBehalfOf: null,
  signInSessionArn: null,
  roleDelivery: null,
  inScopeOf: null,
  webIdProvider: null,
  webIdAttributes: {},
  issue: null,
} as const;

export interface Client {
  readonly sourceIp: string;
  readonly userAgent: string;
}

export function userArn(accountId: string, name: string): string {
  return `arn:aws:iam::${accountId}:user/${name}`;
}

/** The role that Identity Center provisions for a permission set; its suffix depends on account and set. */
export function permissionSetRoleArn(context: SessionContext, accountId: string, permissionSet: string): string {
  const suffix = (hash(context.seed, accountId, permissionSet) + 0x1_0000_0000).toString(16).slice(1);
  const tail = (hash(context.seed, permissionSet, 'tail') + 0x1_0000_0000).toString(16).slice(1);
  return `arn:aws:iam::${accountId}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_${permissionSet}_${suffix}${tail}`;
}

/** A role session through Identity Center; the portal's event hides the key, so no event issues it (aws-facts 3.4). */
export function openPortalSession(
  context: SessionContext,
  options: {
    person: Person;
    permissionSet: string;
    accountId: string;
    isConsole: boolean;
    client: Client;
    stampsUser?: boolean;
  },
): Credential {
  const { person, accountId, isConsole } = options;
  return context.mint({
    ...PLAIN,
    ...options.client,
    kind: 'role',
    accountId,
    issuerArn: permissionSetRoleArn(context, accountId, options.permissionSet),
    sessionName: person.id,
    createdAt: context.at,
    expiresAt: context.at + 8 * HOUR,
    isConsole,
    onBehalfOf: options.stampsUser ? `${person.storeUserId}|${context.company.identityStoreArn}` : null,
  });
}

/** A child session of `aws login`: the grant's event carries the ARN of the sign-in session. */
export function openLoginSession(context: SessionContext, parent: Credential, client: Client): Credential {
  const session = uuidOf(hash(context.seed, 'sign-in'), parent.number);
  return context.mint({
    ...PLAIN,
    ...client,
    kind: parent.kind,
    accountId: parent.accountId,
    issuerArn: parent.issuerArn,
    sessionName: parent.sessionName,
    createdAt: context.at + 20_000,
    expiresAt: context.at + 12 * HOUR,
    hasMfa: parent.hasMfa,
    signInSessionArn: `arn:aws:signin:${context.region}:${parent.accountId}:session/${session}`,
    issue: issueOf('CreateOAuth2Token', { kind: 'credential', credential: parent }, context),
  });
}

/** AssumeRole by another session, a user or an AWS service. */
export function assumeRole(
  context: SessionContext,
  options: {
    caller: Extract<IssueCaller, { kind: 'credential' | 'service' }>;
    roleArn: string;
    sessionName: string;
    client: Client;
    delayMs?: number;
    sourceIdentity?: string | null;
    tags?: Readonly<Record<string, string>>;
    isConsole?: boolean;
    roleDelivery?: '1.0' | '2.0';
    inScopeOf?: Credential['inScopeOf'];
    onBehalfOf?: string;
  },
): Credential {
  const { caller } = options;
  const parent = caller.kind === 'credential' ? caller.credential : null;
  const at = context.at + (options.delayMs ?? 0);
  const issue = issueOf('AssumeRole', caller, context);
  return context.mint({
    ...PLAIN,
    ...options.client,
    kind: 'role',
    accountId: accountOf(options.roleArn),
    issuerArn: options.roleArn,
    sessionName: options.sessionName,
    createdAt: at,
    // A chained session lasts an hour at most; a service renews its own.
    expiresAt: at + (parent?.kind === 'role' ? HOUR : 6 * HOUR),
    isConsole: options.isConsole ?? false,
    sourceIdentity: options.sourceIdentity ?? parent?.sourceIdentity ?? null,
    roleDelivery: options.roleDelivery ?? null,
    inScopeOf: options.inScopeOf ?? null,
    onBehalfOf: options.onBehalfOf ?? null,
    issue: { ...issue, tags: options.tags ?? {} },
  });
}

export function openSamlSession(
  context: SessionContext,
  options: { person: Person; roleArn: string; client: Client },
): Credential {
  const { person, roleArn } = options;
  const providerArn = `arn:aws:iam::${accountOf(roleArn)}:saml-provider/Okta`;
  const issuer = 'http://www.okta.com/exk4acornSIMULATED';
  const caller: IssueCaller = { kind: 'saml', subject: person.id, issuer, providerArn };
  return context.mint({
    ...PLAIN,
    ...options.client,
    kind: 'role',
    accountId: accountOf(roleArn),
    issuerArn: roleArn,
    sessionName: person.id,
    createdAt: context.at,
    expiresAt: context.at + 4 * HOUR,
    issue: issueOf('AssumeRoleWithSAML', caller, context),
  });
}

export function openPipelineSession(
  context: SessionContext,
  options: { repository: string; roleArn: string; client: Client },
): Credential {
  const provider = 'token.actions.githubusercontent.com';
  const accountId = accountOf(options.roleArn);
  const subject = `repo:${options.repository}:ref:refs/heads/main`;
  const providerArn = `arn:aws:iam::${accountId}:oidc-provider/${provider}`;
  return context.mint({
    ...PLAIN,
    ...options.client,
    kind: 'role',
    accountId,
    issuerArn: options.roleArn,
    sessionName: 'GitHubActions',
    createdAt: context.at,
    expiresAt: context.at + HOUR,
    webIdProvider: providerArn,
    issue: issueOf(
      'AssumeRoleWithWebIdentity',
      { kind: 'oidc', subject, provider: providerArn, audience: 'sts.amazonaws.com' },
      context,
    ),
  });
}

/** A session that a Cognito identity pool gives: to a guest, or to somebody who signed in: its records repeat which. */
export function openPoolSession(
  context: SessionContext,
  options: { identityId: string; isGuest: boolean; roleArn: string; client: Client },
): Credential {
  const { identityId, roleArn } = options;
  const provider = 'cognito-identity.amazonaws.com';
  const audience = `${context.region}:${uuidOf(hash(context.company.organizationId, 'identity-pool'), 0)}`;
  return context.mint({
    ...PLAIN,
    ...options.client,
    kind: 'role',
    accountId: accountOf(roleArn),
    issuerArn: roleArn,
    sessionName: 'CognitoIdentityCredentials',
    createdAt: context.at,
    expiresAt: context.at + HOUR,
    webIdProvider: provider,
    webIdAttributes: {
      [`${provider}:aud`]: audience,
      [`${provider}:sub`]: identityId,
      [`${provider}:amr`]: options.isGuest ? 'unauthenticated' : 'authenticated',
    },
    issue: issueOf('AssumeRoleWithWebIdentity', { kind: 'oidc', subject: identityId, provider, audience }, context),
  });
}

/** A long-lived key of an IAM user: always the same one, without a session. */
export function openAccessKey(
  context: SessionContext,
  options: { name: string; accountId: string; client: Client },
): Credential {
  const arn = userArn(options.accountId, options.name);
  return context.mint({
    ...PLAIN,
    ...options.client,
    kind: 'user',
    accountId: options.accountId,
    issuerArn: arn,
    createdAt: null,
    expiresAt: null,
    accessKeyId: iamIdOf('AKIA', hash(context.seed, 'user'), arn),
  });
}

/** A console sign-in of an IAM user or of root. */
export function openUserConsole(
  context: SessionContext,
  options: { arn: string; hasMfa: boolean; client: Client },
): Credential {
  return context.mint({
    ...PLAIN,
    ...options.client,
    kind: options.arn.endsWith(':root') ? 'root' : 'user',
    accountId: accountOf(options.arn),
    issuerArn: options.arn,
    createdAt: context.at,
    expiresAt: context.at + 12 * HOUR,
    isConsole: true,
    hasMfa: options.hasMfa,
  });
}

export function getSessionToken(context: SessionContext, caller: Credential, client: Client): Credential {
  return context.mint({
    ...PLAIN,
    ...client,
    kind: 'user',
    accountId: caller.accountId,
    issuerArn: caller.issuerArn,
    createdAt: context.at,
    expiresAt: context.at + 12 * HOUR,
    hasMfa: true,
    issue: issueOf('GetSessionToken', { kind: 'credential', credential: caller }, context),
  });
}

export function getFederationToken(context: SessionContext, caller: Credential, client: Client): Credential {
  return context.mint({
    ...PLAIN,
    ...client,
    kind: 'federated',
    accountId: caller.accountId,
    issuerArn: caller.issuerArn,
    sessionName: roleNameOf(caller),
    createdAt: context.at,
    expiresAt: context.at + 12 * HOUR,
    issue: issueOf('GetFederationToken', { kind: 'credential', credential: caller }, context),
  });
}

const HOUR = 3_600_000;

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/** Newer SDKs call STS in their own Region, older ones the global endpoint, which records in us-east-1. */
function issueOf(eventName: Issue['eventName'], caller: IssueCaller, context: SessionContext): Issue {
  const isGlobalEndpoint = caller.kind !== 'service' && context.random.chance(0.35);
  return { eventName, caller, region: isGlobalEndpoint ? 'us-east-1' : context.region, isGlobalEndpoint, tags: {} };
}
