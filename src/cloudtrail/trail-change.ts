import { parseEventTime } from './event-time.js';
import { isObject, type JsonObject, objectAt, stringAt } from './json-access.js';

/** Somebody told a trail to log no more, elsewhere or otherwise, or to log again (CloudTrail user guide, "logging-management-events"). */
export interface TrailChange {
  readonly kind: 'trail-change';
  readonly eventName: string;
  /** Name of the trail; of an ARN the last part. */
  readonly trail: string;
  readonly accountId: string;
  readonly region: string;
  readonly eventTime: number;
  /** Who did it: ARN, else what else is known. */
  readonly by: string;
  /** `stops`: log files may end with it. `narrows`: starts of Athena are logged no more. `resumes`: both are over. */
  readonly effect: 'stops' | 'narrows' | 'resumes';
}

/** What tells that a trail changed; records of these names are looked for. */
export const TRAIL_CHANGE_NAMES: readonly string[] = [
  'StopLogging',
  'StartLogging',
  'DeleteTrail',
  'UpdateTrail',
  'PutEventSelectors',
];

/** Reads a change of a trail; null for every other record, for refused calls, and for changes that take no log file away. */
export function readTrailChange(record: unknown): TrailChange | null {
  if (!isObject(record) || record.eventSource !== 'cloudtrail.amazonaws.com') return null;
  const { eventName } = record;
  if (typeof eventName !== 'string' || !TRAIL_CHANGE_NAMES.includes(eventName)) return null;
  const eventTime = parseEventTime(record.eventTime);
  if (eventTime === null || stringAt(record, 'errorCode') !== null) return null;
  const request = objectAt(record, 'requestParameters');
  const effect = effectOf(eventName, request);
  if (effect === null) return null;
  const name = stringAt(request, 'name') ?? stringAt(request, 'trailName') ?? '';
  const identity = objectAt(record, 'userIdentity');
  return {
    ...{ kind: 'trail-change', eventName, trail: name.slice(name.lastIndexOf('/') + 1), eventTime, effect },
    accountId: stringAt(record, 'recipientAccountId') ?? stringAt(identity, 'accountId') ?? '',
    region: stringAt(record, 'awsRegion') ?? '',
    by: stringAt(identity, 'arn') ?? stringAt(identity, 'invokedBy') ?? stringAt(identity, 'principalId') ?? 'somebody',
  };
}

function effectOf(eventName: string, request: JsonObject | null): TrailChange['effect'] | null {
  switch (eventName) {
    case 'StartLogging':
      return 'resumes';
    case 'UpdateTrail':
      return movesFiles(request) ? 'stops' : null;
    case 'PutEventSelectors':
      return selectsStarts(request) ? 'resumes' : 'narrows';
    default:
      return 'stops';
  }
}

/** To another bucket or folder, or out of other Regions or accounts. */
function movesFiles(request: JsonObject | null): boolean {
  const isOff = (name: string) => String(request?.[name]).toLowerCase() === 'false';
  return (
    stringAt(request, 's3BucketName') !== null ||
    stringAt(request, 's3KeyPrefix') !== null ||
    isOff('isMultiRegionTrail') ||
    isOff('isOrganizationTrail')
  );
}

/** Tells whether `StartQueryExecution`, a management event that writes, is among what is logged. What cannot be read may leave it out. */
function selectsStarts(request: JsonObject | null): boolean {
  const basic = listAt(request, 'eventSelectors');
  const advanced = listAt(request, 'advancedEventSelectors');
  return basic.some(selectsBasic) || advanced.some(selectsAdvanced);
}

function selectsBasic(selector: JsonObject): boolean {
  const { includeManagementEvents = true, readWriteType = 'All', excludeManagementEventSources = [] } = selector;
  return (
    String(includeManagementEvents).toLowerCase() === 'true' &&
    (readWriteType === 'All' || readWriteType === 'WriteOnly') &&
    !JSON.stringify(excludeManagementEventSources).includes('athena')
  );
}

/** Every field must let it through. */
function selectsAdvanced(selector: JsonObject): boolean {
  const fields = listAt(selector, 'fieldSelectors');
  return fields.some(({ field }) => field === 'eventCategory') && fields.every(letsStartThrough);
}

function letsStartThrough({ field, equals, ...others }: JsonObject): boolean {
  const value = {
    eventCategory: 'Management',
    readOnly: 'false',
    eventSource: 'athena.amazonaws.com',
    eventName: 'StartQueryExecution',
  }[String(field)];
  if (value === undefined) return false;
  if (Array.isArray(equals) && equals.length > 0 && !equals.includes(value)) return false;
  const { notEquals = [], ...unusual } = others;
  const isEmpty = Object.values(unusual).every((one) => Array.isArray(one) && one.length === 0);
  return isEmpty && Array.isArray(notEquals) && !notEquals.includes(value);
}

function listAt(parent: JsonObject | null, key: string): readonly JsonObject[] {
  const value = parent?.[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}
