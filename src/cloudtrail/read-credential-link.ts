import type { CredentialLink } from './credential-link.js';
import { parseEventTime } from './event-time.js';
import { isObject, type JsonObject, objectAt, stringAt } from './json-access.js';
import { readPrincipal } from './principal.js';

/** Event names that issue credentials or sessions; `StartSession` is one of Athena's only (Systems Manager has its own). */
export const LINK_EVENT_NAMES: readonly string[] = [
  'AssumeRole',
  'AssumeRoleWithSAML',
  'AssumeRoleWithWebIdentity',
  'AssumeRoot',
  'GetFederationToken',
  'GetSessionToken',
  'GetSigninToken',
  'CreateOAuth2Token',
  'StartSession',
  'GetWebIdentityToken',
  'GetCredentialsForIdentity',
];

const SOURCE_OF: ReadonlyMap<string, string> = new Map([
  ...LINK_EVENT_NAMES.map((name) => [name, 'sts.amazonaws.com'] as const),
  ['GetSigninToken', 'signin.amazonaws.com'],
  ['CreateOAuth2Token', 'signin.amazonaws.com'],
  ['StartSession', 'athena.amazonaws.com'],
  ['GetCredentialsForIdentity', 'cognito-identity.amazonaws.com'],
]);

/** Tells whether a parsed record is of a kind that `readCredentialLink` reads; its content may still be no use. */
export function isLinkRecord(record: JsonObject): boolean {
  const { eventName, eventSource } = record;
  return typeof eventName === 'string' && SOURCE_OF.get(eventName) === eventSource;
}

/**
 * Reads a record that issues a credential, a sign-in session or a Spark session (aws-facts 3.5).
 * Returns null for every other record, for refused calls (they issue nothing), and for a record without id or time, of an
 * unknown major version, or without anything that a later event could be joined on.
 */
export function readCredentialLink(record: JsonObject): CredentialLink | null {
  return isLinkRecord(record) && stringAt(record, 'errorCode') === null ? readLink(record, true) : null;
}

/**
 * Reads any other record that says on behalf of which user of Identity Center its credential acts: AWS stamps that per service, so an event of
 * another service may name the person behind a start (aws-facts 3.4). It issues nothing, and is kept for its caller.
 */
export function readRevealingEvent(record: JsonObject): CredentialLink | null {
  return objectAt(objectAt(record, 'userIdentity'), 'onBehalfOf') ? readLink(record, false) : null;
}

function readLink(record: JsonObject, issues: boolean): CredentialLink | null {
  const eventName = stringAt(record, 'eventName');
  const eventTime = parseEventTime(record.eventTime);
  const eventId = stringAt(record, 'eventID') ?? stringAt(record, 'requestID');
  if (eventName === null || eventTime === null || eventId === null) return null;
  const version = stringAt(record, 'eventVersion');
  if (version !== null && !/^1\.\d+$/.test(version)) return null;
  const request = issues ? objectAt(record, 'requestParameters') : null;
  const response = issues ? objectAt(record, 'responseElements') : null;
  const extra = issues ? objectAt(record, 'additionalEventData') : null;
  const caller = readPrincipal(objectAt(record, 'userIdentity'));
  const isTokenOfOwnSession = eventName === 'GetSigninToken' || eventName === 'CreateOAuth2Token';
  const link: CredentialLink = {
    kind: 'link',
    eventId,
    eventTime,
    eventName,
    region: stringAt(record, 'awsRegion'),
    accountId: stringAt(record, 'recipientAccountId'),
    sharedEventId: issues ? stringAt(record, 'sharedEventID') : null,
    caller,
    console:
      record.sessionCredentialFromConsole === 'true' || record.sessionCredentialFromConsole === true ? true : null,
    sourceIp: stringAt(record, 'sourceIPAddress'),
    userAgent: stringAt(record, 'userAgent'),
    issuedAccessKeyId: issuedKeyOf(response),
    issuedPrincipalId:
      stringAt(objectAt(response, 'assumedRoleUser'), 'assumedRoleId') ??
      stringAt(objectAt(response, 'federatedUser'), 'federatedUserId') ??
      (issues && isTokenOfOwnSession ? caller.principalId : null),
    issuedArn:
      stringAt(objectAt(response, 'assumedRoleUser'), 'arn') ?? stringAt(objectAt(response, 'federatedUser'), 'arn'),
    roleArn: stringAt(request, 'roleArn'),
    roleSessionName: stringAt(request, 'roleSessionName') ?? stringAt(request, 'name'),
    sourceIdentity: stringAt(response, 'sourceIdentity') ?? stringAt(request, 'sourceIdentity'),
    subject:
      stringAt(response, 'subject') ??
      stringAt(response, 'subjectFromWebIdentityToken') ??
      (eventName === 'GetCredentialsForIdentity' ? stringAt(response, 'identityId') : null) ??
      (caller.type === 'SAMLUser' || caller.type === 'WebIdentityUser' ? caller.userName : null),
    subjectType: stringAt(response, 'subjectType'),
    issuer:
      (eventName === 'GetCredentialsForIdentity' ? COGNITO : null) ??
      stringAt(response, 'issuer') ??
      stringAt(response, 'provider') ??
      caller.identityProvider,
    webIdentityTokenId: stringAt(response, 'webIdentityTokenId') ?? stringAt(request, 'webIdentityTokenId'),
    sourcePrincipalArn: stringAt(objectAt(extra, 'crossPartitionData'), 'sourcePrincipalArn'),
    isGuest: eventName === 'GetCredentialsForIdentity' ? !hasLogins(request) : (caller.isGuest ?? null),
    providerArn: eventName === 'AssumeRoleWithSAML' ? stringAt(request, 'principalArn') : null,
    sparkSessionId: eventName === 'StartSession' ? stringAt(response, 'sessionId') : null,
    signInSessionArn: stringAt(extra, 'signInSessionArn') ?? stringAt(response, 'signInSessionArn'),
    resource: stringAt(request, 'resource'),
    tags: tagsOf(request),
  };
  return !issues || isJoinable(link) ? link : null;
}

/** The issued key: where STS puts it, and the shape in which `CreateOAuth2Token` returns credentials. */
function issuedKeyOf(response: JsonObject | null): string | null {
  for (const name of ['credentials', 'accessToken', 'tokenOutput']) {
    const holder = objectAt(response, name);
    const key = stringAt(holder, 'accessKeyId') ?? stringAt(objectAt(holder, 'accessToken'), 'accessKeyId');
    if (key !== null) return key;
  }
  return null;
}

const COGNITO = 'cognito-identity.amazonaws.com';

/** The tokens of the providers at which somebody signed in are masked, their names are not (Cognito developer guide, CloudTrail example). */
function hasLogins(request: JsonObject | null): boolean {
  return Object.keys(objectAt(request, 'logins') ?? {}).length > 0;
}

function isJoinable(link: CredentialLink): boolean {
  return (
    link.issuedAccessKeyId !== null ||
    link.issuedPrincipalId !== null ||
    link.sharedEventId !== null ||
    link.sparkSessionId !== null ||
    link.webIdentityTokenId !== null ||
    link.signInSessionArn !== null
  );
}

const NO_TAGS: readonly string[] = [];

function tagsOf(request: JsonObject | null): readonly string[] {
  const holders = [request?.tags, request?.incomingTransitiveTags, request?.principalTags];
  if (holders.every((holder) => holder === undefined)) return NO_TAGS;
  const tags = new Set<string>();
  const list = request?.tags;
  for (const tag of Array.isArray(list) ? list : []) {
    if (!isObject(tag)) continue;
    const key = stringAt(tag, 'key');
    if (key !== null) tags.add(`${key}=${stringAt(tag, 'value') ?? ''}`);
  }
  for (const name of ['incomingTransitiveTags', 'principalTags']) {
    for (const [key, value] of Object.entries(objectAt(request, name) ?? {})) {
      if (typeof value === 'string') tags.add(`${key}=${value}`);
    }
  }
  return [...tags].sort();
}
