import { isObject, type JsonObject } from './json-access.js';

/**
 * Names of members that are read, as CloudTrail spells them. Athena, CloudTrail Lake and Hive write them in lower case, steampipe,
 * CloudQuery and Tailpipe with underscores (`../../docs/aws-facts.md`).
 */
const NAMES = [
  ...['eventVersion', 'userIdentity', 'eventTime', 'eventSource', 'eventName', 'awsRegion', 'sourceIPAddress'],
  ...['userAgent', 'errorCode', 'errorMessage', 'requestParameters', 'responseElements', 'additionalEventData'],
  ...['requestID', 'eventID', 'eventType', 'recipientAccountId', 'sharedEventID', 'eventCategory', 'addendum'],
  ...['sessionCredentialFromConsole', 'originalEventID', 'updatedFields', 'reason', 'readOnly', 'managementEvent'],
  ...['vpcEndpointId', 'vpcEndpointAccountId', 'serviceEventDetails', 'tlsDetails', 'apiVersion'],
  ...['type', 'principalId', 'arn', 'accountId', 'accessKeyId', 'userName', 'invokedBy', 'invokedByDelegate'],
  ...['sessionContext', 'sessionIssuer', 'attributes', 'creationDate', 'mfaAuthenticated', 'sourceIdentity'],
  ...['webIdFederationData', 'federatedProvider', 'ec2RoleDelivery', 'signInSessionArn', 'onBehalfOf', 'userId'],
  ...['identityStoreArn', 'credentialId', 'identityProvider', 'inScopeOf', 'sourceArn', 'sourceAccount'],
  ...['issuerType', 'credentialsIssuedTo', 'queryString', 'workGroup', 'queryExecutionContext', 'database', 'catalog'],
  ...['resultConfiguration', 'outputLocation', 'queryExecutionId', 'clientRequestToken', 'roleArn', 'name', 'tags'],
  ...['roleSessionName', 'credentials', 'assumedRoleUser', 'assumedRoleId', 'federatedUser', 'federatedUserId'],
  ...['subject', 'subjectFromWebIdentityToken', 'subjectType', 'issuer', 'provider', 'sessionId', 'resource'],
  ...['accessToken', 'tokenOutput', 'incomingTransitiveTags', 'principalTags', 'key', 'value', 'identityId'],
];

const BY_PLAIN: ReadonlyMap<string, string> = new Map(NAMES.map((name) => [plainName(name), name]));
/** What callers name themselves: left as it is. */
const FREE = new Set(['principalTags', 'incomingTransitiveTags']);
const MAX_LAYERS = 12;

/** A name without its case and its underscores: what all spellings of it share. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[_\s-]/g, '');
}

/** The record with members named as CloudTrail names them, at every level; unknown names stay. JSON texts are left to their readers. */
export function withCloudTrailNames(record: JsonObject): JsonObject {
  return renamed(record, 0) as JsonObject;
}

function renamed(value: unknown, layer: number): unknown {
  if (layer > MAX_LAYERS) return value;
  if (Array.isArray(value)) return value.map((item) => renamed(item, layer + 1));
  if (!isObject(value)) return value;
  const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, inner] of Object.entries(value)) {
    const known = BY_PLAIN.get(plainName(name)) ?? name;
    out[known] = FREE.has(known) ? inner : renamed(jsonIn(known, inner), layer + 1);
  }
  return { ...out };
}

const TEXTS = new Set(['userIdentity', 'requestParameters', 'responseElements', 'additionalEventData', 'addendum']);

/** Tables keep objects as JSON text, whose names may be in lower case, too. */
function jsonIn(name: string, value: unknown): unknown {
  if (typeof value !== 'string' || !TEXTS.has(name) || !value.startsWith('{')) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
