import { parseEventTime } from './event-time.js';
import { booleanAt, type JsonObject, objectAt, stringAt } from './json-access.js';

/** The CloudTrail `userIdentity`, flattened; every member is optional in real records except, mostly, `type` (aws-facts 3.3). */
export interface Principal {
  /** `IAMUser`, `AssumedRole`, `Root`, `FederatedUser`, `IdentityCenterUser`, `AWSService`, `AWSAccount`, … as recorded; null when absent. */
  readonly type: string | null;
  /** For sessions `<AROA…>:<session name>`. */
  readonly principalId: string | null;
  readonly arn: string | null;
  /** Account of the principal, which may differ from the account in which the query ran. */
  readonly accountId: string | null;
  readonly accessKeyId: string | null;
  readonly userName: string | null;
  /** Role session name, or the name of a federated user. */
  readonly sessionName: string | null;
  readonly issuerType: string | null;
  /** ARN of the role behind a session, with its path. */
  readonly issuerArn: string | null;
  readonly issuerPrincipalId: string | null;
  readonly issuerUserName: string | null;
  readonly issuerAccountId: string | null;
  readonly sourceIdentity: string | null;
  readonly onBehalfOfUserId: string | null;
  readonly onBehalfOfStoreArn: string | null;
  readonly identityProvider: string | null;
  readonly federatedProvider: string | null;
  readonly invokedBy: string | null;
  /** Account of a product provider that calls with temporary access this principal delegated to it; absent as a rule. */
  readonly delegateAccountId?: string;
  /** True for a root session that another account took (`AssumeRoot`); absent as a rule. */
  readonly isAssumedRoot?: true;
  /** What AWS itself keeps of whoever began: trusted identity propagation with IAM, which no caller can set; absent as a rule. */
  readonly origin?: OriginIdentity;
  /** Subject of the web identity token, where the session's attributes repeat it; absent as a rule. */
  readonly federatedSubject?: string;
  /** True for a guest of a Cognito identity pool, false for one who signed in; absent where the attributes do not say. */
  readonly isGuest?: boolean;
  readonly credentialId: string | null;
  readonly signInSessionArn: string | null;
  /** Start of the session, epoch milliseconds. */
  readonly creationDate: number | null;
  readonly mfa: boolean | null;
  readonly ec2RoleDelivery: string | null;
  readonly inScopeOfSourceArn: string | null;
  readonly inScopeOfIssuerType: string | null;
  readonly inScopeOfCredentialsIssuedTo: string | null;
}

/** `aws:OriginIdentity` (STS API reference, OriginIdentity): from a certificate, an assertion or a token that AWS checked. */
export interface OriginIdentity {
  readonly subject: string;
  /** `user` or `workload`. */
  readonly subjectType: string | null;
  readonly issuer: string | null;
}

/** Reads a `userIdentity` object; unknown members are ignored, unknown types are kept as they are. */
export function readPrincipal(identity: JsonObject | null): Principal {
  const context = objectAt(identity, 'sessionContext');
  const issuer = objectAt(context, 'sessionIssuer');
  const attributes = objectAt(context, 'attributes');
  const onBehalfOf = objectAt(identity, 'onBehalfOf');
  const inScopeOf = objectAt(identity, 'inScopeOf');
  const principalId = stringAt(identity, 'principalId');
  const arn = stringAt(identity, 'arn');
  const webIdentity = objectAt(context, 'webIdFederationData') ?? objectAt(identity, 'webIdFederationData');
  const origin = originOf(context) ?? originOf(identity);
  const delegateAccountId = stringAt(objectAt(identity, 'invokedByDelegate'), 'accountId');
  return {
    type: stringAt(identity, 'type'),
    principalId,
    arn,
    accountId: stringAt(identity, 'accountId'),
    accessKeyId: stringAt(identity, 'accessKeyId'),
    userName: stringAt(identity, 'userName'),
    sessionName: sessionNameOf(arn, principalId),
    issuerType: stringAt(issuer, 'type'),
    issuerArn: stringAt(issuer, 'arn'),
    issuerPrincipalId: stringAt(issuer, 'principalId'),
    issuerUserName: stringAt(issuer, 'userName'),
    issuerAccountId: stringAt(issuer, 'accountId'),
    sourceIdentity: stringAt(context, 'sourceIdentity'),
    onBehalfOfUserId: stringAt(onBehalfOf, 'userId'),
    onBehalfOfStoreArn: stringAt(onBehalfOf, 'identityStoreArn'),
    identityProvider: stringAt(identity, 'identityProvider'),
    // Usually in the session context; some records have it beside it.
    federatedProvider:
      stringAt(objectAt(context, 'webIdFederationData'), 'federatedProvider') ??
      stringAt(objectAt(identity, 'webIdFederationData'), 'federatedProvider'),
    ...webIdentityOf(objectAt(webIdentity, 'attributes')),
    ...(origin ? { origin } : {}),
    invokedBy: stringAt(identity, 'invokedBy'),
    credentialId: stringAt(identity, 'credentialId'),
    signInSessionArn: stringAt(context, 'signInSessionArn'),
    creationDate: parseEventTime(attributes?.creationDate),
    mfa: booleanAt(attributes, 'mfaAuthenticated'),
    ec2RoleDelivery: stringAt(context, 'ec2RoleDelivery'),
    inScopeOfSourceArn: stringAt(inScopeOf, 'sourceArn'),
    inScopeOfIssuerType: stringAt(inScopeOf, 'issuerType'),
    inScopeOfCredentialsIssuedTo: stringAt(inScopeOf, 'credentialsIssuedTo'),
    ...(booleanAt(context, 'assumedRoot') === true ? { isAssumedRoot: true } : {}),
    ...(delegateAccountId === null ? {} : { delegateAccountId }),
  };
}

/** AWS says that CloudTrail records it, not under which name: both spellings are looked for, in the session and beside it. */
function originOf(holder: JsonObject | null): OriginIdentity | null {
  const origin = objectAt(holder, 'originIdentity') ?? objectAt(holder, 'OriginIdentity');
  if (origin === null) return null;
  const member = (name: string) => stringAt(origin, name) ?? stringAt(origin, name[0]?.toUpperCase() + name.slice(1));
  const subject = member('subject');
  return subject === null ? null : { subject, subjectType: member('subjectType'), issuer: member('issuer') };
}

/** `cognito-identity.amazonaws.com:sub` and `:amr`, a text or a list; other providers have a `:sub` of their own. */
function webIdentityOf(attributes: JsonObject | null): Pick<Principal, 'federatedSubject' | 'isGuest'> {
  if (attributes === null) return {};
  const at = (ending: string) => {
    const value = Object.entries(attributes).find(([key]) => key.endsWith(ending))?.[1];
    return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string').join(' ');
  };
  const [subject, methods] = [at(':sub'), at(':amr').split(/[\s,]+/)];
  const isKnown = methods.includes('authenticated') || methods.includes('unauthenticated');
  return {
    ...(subject === '' ? {} : { federatedSubject: subject }),
    ...(isKnown ? { isGuest: methods.includes('unauthenticated') } : {}),
  };
}

/** What an ARN alone tells of a principal. */
export function principalOfArn(arn: string): Principal {
  const [, , service = '', , accountId = '', resource = ''] = arn.split(':');
  const kind = resource.split('/', 1)[0];
  const type =
    kind === 'assumed-role'
      ? 'AssumedRole'
      : kind === 'federated-user'
        ? 'FederatedUser'
        : kind === 'root'
          ? 'Root'
          : null;
  const isUser = service === 'iam' && kind === 'user';
  return readPrincipal({ arn, accountId, ...(isUser ? { type: 'IAMUser' } : type === null ? {} : { type }) });
}

const SESSION_ARN = /^arn:[^:]*:sts::[^:]*:(?:assumed-role\/[^/]+|federated-user)\/(.+)$/;

/** Names the session: from the STS ARN, else from `principalId` after its first colon (session names cannot hold a colon). */
export function sessionNameOf(arn: string | null, principalId: string | null): string | null {
  const fromArn = arn === null ? null : SESSION_ARN.exec(arn);
  if (fromArn?.[1]) return fromArn[1];
  if (principalId === null || !/^(AROA|[A-Z0-9_]+:)/.test(principalId)) return null;
  const colon = principalId.indexOf(':');
  return colon > 0 && colon < principalId.length - 1 ? principalId.slice(colon + 1) : null;
}

/**
 * The user as CloudTrail recorded it: IAM user name, role session name, `root`, federated name or invoking service
 * (contract, column `username`). Null only when the record names nobody.
 */
export function usernameOf(principal: Principal): string | null {
  switch (principal.type) {
    case 'Root':
      return 'root';
    case 'AWSService':
      return principal.invokedBy ?? principal.userName ?? principal.principalId;
    case 'AssumedRole':
    case 'FederatedUser':
      return principal.sessionName ?? principal.userName ?? principal.principalId ?? principal.arn;
    case 'IdentityCenterUser':
      return principal.userName ?? principal.onBehalfOfUserId ?? principal.principalId;
    default:
      return (
        principal.userName ??
        principal.sessionName ??
        nameInUserArn(principal.arn) ??
        principal.onBehalfOfUserId ??
        principal.invokedBy ??
        principal.principalId
      );
  }
}

function nameInUserArn(arn: string | null): string | null {
  const match = arn === null ? null : /^arn:[^:]*:iam::[^:]*:(?:user\/(?:.*\/)?([^/]+)|(root))$/.exec(arn);
  return match?.[1] ?? match?.[2] ?? null;
}
