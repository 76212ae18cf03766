import { isObject, type JsonObject } from './json-access.js';
import { plainName, withCloudTrailNames } from './member-names.js';

/** What an object is: a record, one that may be a record when nothing inside it is, or something else. */
export type Shape =
  | { readonly kind: 'record'; readonly record: JsonObject }
  | { readonly kind: 'perhaps'; readonly record: JsonObject }
  | { readonly kind: 'other' };

const OTHER: Shape = { kind: 'other' };
const NEEDED = ['eventname', 'eventsource', 'eventtime', 'useridentity'] as const;

/**
 * Tells a CloudTrail record by its shape, in any spelling of its members: name, source, time and identity of an event. Notifications
 * of S3, SQS, Kinesis and DynamoDB look alike; their source is `aws:…`, never a service's address.
 */
export function shapeOf(object: JsonObject): Shape {
  const { eventName, eventSource } = object;
  if (isForeignSource(eventSource)) return OTHER;
  if (typeof eventName === 'string') {
    const isWhole = typeof eventSource === 'string' && 'eventTime' in object && isIdentity(object.userIdentity);
    return isWhole ? { kind: 'record', record: object } : perhaps(object);
  }
  const names = new Set<string>();
  for (const name in object) names.add(plainName(name));
  if (!NEEDED.every((name) => names.has(name))) return OTHER;
  const record = withCloudTrailNames(object);
  if (typeof record.eventName !== 'string' || isForeignSource(record.eventSource)) return OTHER;
  // A table that keeps the text of the event beside its columns knows more by the text.
  return { kind: names.has('cloudtrailevent') ? 'perhaps' : 'record', record };
}

/** Too little of a record to be sure: one whose members were flattened to dotted names is none. */
function perhaps(object: JsonObject): Shape {
  for (const name in object) if (/^(?:userIdentity|responseElements|requestParameters)[._]/i.test(name)) return OTHER;
  return ['eventSource', 'eventTime', 'eventID', 'userIdentity', 'awsRegion'].some((name) => name in object)
    ? { kind: 'perhaps', record: object }
    : OTHER;
}

function isForeignSource(source: unknown): boolean {
  return typeof source === 'string' && source.startsWith('aws:');
}

function isIdentity(value: unknown): boolean {
  return isObject(value) || typeof value === 'string';
}

/**
 * Members that whoever made the call filled: what looks like a record in there is somebody's text. Also where an index keeps
 * them flat (`aws.cloudtrail.request_parameters`).
 */
const OF_CALLERS = new Set([
  ...['requestparameters', 'responseelements', 'additionaleventdata', 'serviceeventdetails', 'useridentity'],
  ...['useragent', 'errormessage', 'resources', 'tlsdetails', 'sourceipaddress', 'insightdetails'],
]);

/** Tells whether a member, at any depth of an envelope, may hold a record. */
export function mayHoldRecord(name: string): boolean {
  return name.includes('.')
    ? !name.split('.').some((part) => OF_CALLERS.has(plainName(part)))
    : !OF_CALLERS.has(plainName(name));
}
