import { parseEventTime } from './event-time.js';
import { booleanAt, type JsonObject, objectAt, stringAt } from './json-access.js';
import { type Principal, readPrincipal } from './principal.js';

/** One `StartQueryExecution` event: a query that was started, or an attempt that was refused. */
export interface Start {
  readonly kind: 'start';
  readonly eventId: string;
  /** Completion of the API call, epoch milliseconds, whole seconds. */
  readonly eventTime: number;
  /** Region of the call (`awsRegion`). */
  readonly region: string;
  /** Account in which the query ran: `recipientAccountId`, else the principal's account. */
  readonly accountId: string;
  readonly principal: Principal;
  /** Null for a refused start: AWS gives no id and no text for it (aws-facts 2.4). */
  readonly queryExecutionId: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly workGroup: string | null;
  readonly catalog: string | null;
  readonly database: string | null;
  /** The SQL where the record still shows it (before 2023-07-03); null when it is `***OMITTED***` or absent. */
  readonly queryString: string | null;
  readonly outputLocation: string | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  /** True when the credentials came from the console; null when the record is too old to say. */
  readonly console: boolean | null;
  /** Set when copies of this event went to several accounts. */
  readonly sharedEventId: string | null;
  /** Event id that this record replaces: CloudTrail delivered it again with corrected fields (`addendum`, aws-facts 3.1). */
  readonly replacesEventId: string | null;
}

/** A record that looked like evidence and could not be used. */
export interface Reject {
  readonly kind: 'reject';
  /** Why, in words for the user: names the field and the value. */
  readonly reason: string;
  /** Epoch milliseconds when the record still told its time: the hour whose ledger counts it. */
  readonly eventTime: number | null;
  /** The record, whole: its JSON text, or the bytes of a file that could not be read. */
  readonly raw: string | Uint8Array;
  /** File and position, or the page it came from; filled in by the source. */
  readonly origin: string;
}

/** What redaction leaves in place of the SQL (Athena user guide, "monitor-with-cloudtrail"; since 2023-07-03). */
export const OMITTED = '***OMITTED***';

/**
 * Tells whether a parsed record is a `StartQueryExecution` event of Athena (the name alone is not unique to Athena). The source is
 * `athena.amazonaws.com` where it has been seen; another partition's ending, or other letters, make it no other service's.
 */
export function isStartRecord(record: JsonObject): boolean {
  const { eventName, eventSource } = record;
  return eventName === 'StartQueryExecution' && typeof eventSource === 'string' && /^athena(?:$|\.)/i.test(eventSource);
}

/** Tells a record of a VPC endpoint's log: a call that passed the endpoint has a management event of the same `requestID`, too. */
export function isNetworkActivity(record: JsonObject): boolean {
  return record.eventCategory === 'NetworkActivity' || /^AwsVpceEvents?$/.test(String(record.eventType));
}

/** Tells a network activity record that says nothing which the management event of the same call does not say. */
export function isNetworkTwin(record: JsonObject): boolean {
  return isNetworkActivity(record) && record.errorCode !== 'VpceAccessDenied';
}

/**
 * Reads a `StartQueryExecution` record of eventVersion 1.x.
 * Needs an id, a time and an account, and an execution id unless AWS refused the call; everything else may be absent, but what is
 * there must be readable. Returns a `Reject` (without origin) when one of these is missing, or when the version is one
 * whose meaning is not known (2.x).
 */
export function readStart(record: JsonObject): Start | Omit<Reject, 'raw' | 'origin'> {
  const eventTime = parseEventTime(record.eventTime);
  const reject = (reason: string) => ({ kind: 'reject', reason, eventTime }) as const;
  if (eventTime === null) return reject(`eventTime is not a time: ${quote(record.eventTime)}`);
  const version = stringAt(record, 'eventVersion');
  if (version !== null && !/^1\.\d+$/.test(version)) return reject(`eventVersion ${quote(version)} is not 1.x`);
  // Records before eventVersion 1.01 have no eventID; requestID is then the only name the event has.
  const eventId = stringAt(record, 'eventID') ?? stringAt(record, 'requestID');
  if (eventId === null) return reject('eventID and requestID are both missing');
  const identity = objectAt(record, 'userIdentity');
  if (identity === null && isText(record.userIdentity))
    return reject(`userIdentity is text that is not JSON: ${quote(record.userIdentity)}`);
  const principal = readPrincipal(identity);
  const accountId = accountOf(record, principal);
  if (accountId === null) return reject('recipientAccountId and userIdentity.accountId are both missing');
  const region = stringAt(record, 'awsRegion');
  if (region === null) return reject('awsRegion is missing');
  const request = objectAt(record, 'requestParameters');
  const context = objectAt(request, 'queryExecutionContext');
  const queryString = stringAt(request, 'queryString');
  const queryExecutionId = stringAt(objectAt(record, 'responseElements'), 'queryExecutionId');
  const errorCode = stringAt(record, 'errorCode');
  // Only AWS refuses: a call without an error has an execution, even where its record does not tell which.
  if (queryExecutionId === null && errorCode === null)
    return reject(
      `responseElements.queryExecutionId is missing, and so is errorCode: ${quote(record.responseElements)}`,
    );
  return {
    kind: 'start',
    eventId,
    eventTime,
    region,
    accountId,
    principal,
    queryExecutionId,
    errorCode,
    errorMessage: stringAt(record, 'errorMessage'),
    workGroup: stringAt(request, 'workGroup'),
    catalog: stringAt(context, 'catalog'),
    database: stringAt(context, 'database'),
    queryString: queryString === OMITTED ? null : queryString,
    outputLocation: stringAt(objectAt(request, 'resultConfiguration'), 'outputLocation'),
    sourceIp: stringAt(record, 'sourceIPAddress'),
    userAgent: stringAt(record, 'userAgent'),
    console: isFromConsole(record, version),
    sharedEventId: stringAt(record, 'sharedEventID'),
    replacesEventId: replacedEventId(objectAt(record, 'addendum')),
  };
}

/**
 * The account in which the query ran, or would have run. Of a network activity record `recipientAccountId` may be the endpoint's
 * owner; the caller's account is in its identity.
 */
function accountOf(record: JsonObject, principal: Principal): string | null {
  const recipient = stringAt(record, 'recipientAccountId');
  return isNetworkActivity(record) ? (principal.accountId ?? recipient) : (recipient ?? principal.accountId);
}

/** Tells text that should be an object; masked sets write `null` and the like. */
function isText(value: unknown): boolean {
  return typeof value === 'string' && !/^(?:|null|none|-)$/i.test(value.trim());
}

/** The flag is there only when true, and only since eventVersion 1.08 (aws-facts 3.1); versions compare as numbers. */
function isFromConsole(record: JsonObject, version: string | null): boolean | null {
  if (booleanAt(record, 'sessionCredentialFromConsole')) return true;
  return version !== null && Number(version.slice(2)) >= 8 ? false : null;
}

function replacedEventId(addendum: JsonObject | null): string | null {
  return addendum?.reason === 'UPDATED_DATA' ? stringAt(addendum, 'originalEventID') : null;
}

function quote(value: unknown): string {
  return value === undefined ? 'absent' : (JSON.stringify(value)?.slice(0, 80) ?? String(value));
}
