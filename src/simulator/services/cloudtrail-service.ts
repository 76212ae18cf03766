import { headOf, recordOf } from '../history/event-record.js';
import { type EventRow, lowerBound, type Partition, partitionOf, type World } from '../history/world.js';
import type { Fault } from '../wire/faults.js';
import { hash } from '../wire/random.js';
import { type EventHead, eventIdOf } from '../wire/record-frame.js';
import { jsonBodyOf, jsonResponse, ServiceError, type ServiceRequest, type ServiceResponse } from '../wire/service.js';
import { digestKeysOf } from './digest-key.js';

/** Event history goes back 90 days (aws-facts 1.1). */
const HISTORY_MS = 90 * 86_400_000;
const PAGE_SIZE = 50;

export interface CloudTrailOptions {
  /** After this long a token is refused; null for never (AWS does not say). */
  readonly tokenLifetimeMs: number | null;
  /** Events of a page at most; AWS has 50. */
  readonly pageSize: number;
  /** Additional delay of an event, milliseconds: what a fault plan makes late. */
  lateness(row: EventRow): number;
}

/** Answers `LookupEvents`: newest first, inclusive bounds, one attribute, tokens bound to their parameters (aws-facts 1.3). */
export function lookupEvents(
  world: World,
  request: ServiceRequest,
  options: CloudTrailOptions,
  fault: Fault | null,
): ServiceResponse {
  const query = readQuery(jsonBodyOf(request), request.now, options.pageSize);
  const partition = partitionOf(world, request.accountId, request.region);
  const rows = candidatesOf(partition, query.attribute);
  const after = query.token === null ? null : readToken(query.token, { query, request, options });
  if (after && fault?.kind === 'refused-token') throw invalidToken();
  const limit = fault?.kind === 'short-page' ? fault.random.int(0, query.limit - 1) : query.limit;
  const page: EventRow[] = [];
  let hasMore = false;
  for (let i = startOf(rows, query.end, after); i >= 0; i--) {
    const row = rows[i];
    if (!row || row.time < query.start) break;
    if (after && row.time === after.time && row.number >= after.number) continue;
    if (row.visibleAt + options.lateness(row) > request.now || !matches(world, row, query.attribute)) continue;
    if (page.length === limit) {
      hasMore = true;
      break;
    }
    page.push(row);
  }
  const last = page.at(-1) ?? after ?? { time: query.end + 1, number: 0 };
  return jsonResponse({
    Events: shaped(page, fault).map((row) => eventOf(world, row)),
    ...(hasMore ? { NextToken: writeToken(last, { query, request }) } : {}),
  });
}

/** Repeats or reorders entries when a fault says so. */
function shaped(page: readonly EventRow[], fault: Fault | null): readonly EventRow[] {
  if (fault?.kind === 'reordered-page') return page.toReversed();
  if (fault?.kind !== 'duplicate-event') return page;
  return page.flatMap((row) => (fault.random.chance(0.2) ? [row, row] : [row]));
}

/** Answers `ListPublicKeys`: the keys of the Region that were valid in the time asked for; without one, the present key. */
export function listPublicKeys(world: World, request: ServiceRequest): ServiceResponse {
  const { StartTime, EndTime } = jsonBodyOf(request);
  const to = typeof EndTime === 'number' ? EndTime * 1000 : request.now;
  const from = typeof StartTime === 'number' ? StartTime * 1000 : to;
  if (from > to)
    throw new ServiceError(400, 'InvalidTimeRangeException', 'The start time must not be after the end time.');
  const keys = digestKeysOf(world.seed, { region: request.region, from, to: Math.min(to, request.now) });
  return jsonResponse({
    PublicKeyList: keys.map(({ publicKey, fingerprint, validFrom, validTo }) => ({
      Value: publicKey.toString('base64'),
      ValidityStartTime: validFrom / 1000,
      ValidityEndTime: validTo / 1000,
      Fingerprint: fingerprint,
    })),
  });
}

interface Attribute {
  readonly key: string;
  readonly value: string;
}

interface LookupQuery {
  readonly attribute: Attribute | null;
  readonly start: number;
  readonly end: number;
  readonly limit: number;
  readonly token: string | null;
  /** Of everything that must stay the same from page to page. */
  readonly fingerprint: number;
}

const ATTRIBUTE_KEYS = new Set([
  'EventId',
  'EventName',
  'ReadOnly',
  'Username',
  'ResourceType',
  'ResourceName',
  'EventSource',
  'AccessKeyId',
]);

function readQuery(body: Readonly<Record<string, unknown>>, now: number, pageSize: number): LookupQuery {
  const { LookupAttributes: attributes = [], StartTime, EndTime, MaxResults = PAGE_SIZE, NextToken = null } = body;
  if (!Array.isArray(attributes) || attributes.length > 1) {
    throw new ServiceError(400, 'InvalidLookupAttributesException', 'Only one lookup attribute can be specified.');
  }
  const first = attributes[0] as { AttributeKey?: unknown; AttributeValue?: unknown } | undefined;
  if (
    first &&
    (typeof first.AttributeKey !== 'string' ||
      !ATTRIBUTE_KEYS.has(first.AttributeKey) ||
      typeof first.AttributeValue !== 'string' ||
      first.AttributeValue === '')
  ) {
    throw new ServiceError(400, 'InvalidLookupAttributesException', 'The lookup attribute is not valid.');
  }
  if (typeof MaxResults !== 'number' || MaxResults < 1 || MaxResults > PAGE_SIZE) {
    throw new ServiceError(400, 'InvalidMaxResultsException', `MaxResults must be between 1 and ${PAGE_SIZE}.`);
  }
  const start = typeof StartTime === 'number' ? Math.floor(StartTime) * 1000 : -Infinity;
  const end = typeof EndTime === 'number' ? Math.floor(EndTime) * 1000 : now;
  if (start > end)
    throw new ServiceError(400, 'InvalidTimeRangeException', 'The start time must not be after the end time.');
  return {
    attribute: first ? { key: String(first.AttributeKey), value: String(first.AttributeValue) } : null,
    start: Math.max(start, now - HISTORY_MS),
    end: Math.min(end, now),
    limit: Math.min(MaxResults, pageSize),
    token: typeof NextToken === 'string' ? NextToken : null,
    fingerprint: hash(JSON.stringify([attributes, StartTime ?? null, EndTime ?? null, MaxResults])),
  };
}

interface Position {
  readonly time: number;
  readonly number: number;
}

interface TokenContext {
  readonly query: LookupQuery;
  readonly request: ServiceRequest;
}

function writeToken(last: Position, { query, request }: TokenContext): string {
  const owner = hash(request.accountId, request.region);
  const parts = [last.time, last.number, query.fingerprint, owner, request.now];
  return Buffer.from(JSON.stringify(parts)).toString('base64');
}

function readToken(
  token: string,
  { query, request, options }: TokenContext & { readonly options: CloudTrailOptions },
): Position {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(token, 'base64').toString());
  } catch {
    throw invalidToken();
  }
  if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'number')) throw invalidToken();
  const [time = 0, number = 0, fingerprint, owner, issuedAt = 0] = parts as number[];
  const isStale = options.tokenLifetimeMs !== null && request.now - issuedAt > options.tokenLifetimeMs;
  if (fingerprint !== query.fingerprint || owner !== hash(request.accountId, request.region) || isStale)
    throw invalidToken();
  return { time, number };
}

function invalidToken(): ServiceError {
  return new ServiceError(400, 'InvalidNextTokenException', 'Invalid token. Provide a valid token.');
}

/** The shortest list that holds every event the attribute can match. */
function candidatesOf(partition: Partition, attribute: Attribute | null): readonly EventRow[] {
  if (attribute?.key === 'EventName' && attribute.value === 'StartQueryExecution') return partition.starts;
  if (attribute?.key === 'ResourceName') return partition.issuesByKey.get(attribute.value) ?? partition.issues;
  if (attribute?.key === 'ResourceType') return partition.issues;
  if (attribute?.key === 'EventName' && /^AssumeRole/.test(attribute.value)) return partition.issues;
  return partition.events;
}

function startOf(rows: readonly EventRow[], end: number, after: Position | null): number {
  const upper = after === null ? end : Math.min(end, after.time);
  return lowerBound(rows, upper + 1, (row) => row.time) - 1;
}

function matches(world: World, row: EventRow, attribute: Attribute | null): boolean {
  if (attribute === null) return true;
  const { key, value } = attribute;
  if (key === 'EventId') return eventIdOf(world, row) === value;
  // Most scans ask for the starts, and their list holds nothing else.
  if (key === 'EventName' && row.subject.kind === 'start') return value === 'StartQueryExecution';
  const head = headOf(row);
  switch (key) {
    case 'EventName':
      return head.eventName === value;
    case 'EventSource':
      return head.eventSource === value;
    case 'ReadOnly':
      return String(head.isReadOnly) === value;
    case 'Username':
      return head.username === value;
    case 'AccessKeyId':
      return head.accessKeyId === value;
    case 'ResourceType':
      return head.resources.some((resource) => resource.type === value);
    case 'ResourceName':
      return head.resources.some((resource) => resource.name === value);
    default:
      return false;
  }
}

/** The `Event` of the API; `ReadOnly` is text (aws-facts 1.2). */
function eventOf(world: World, row: EventRow): Record<string, unknown> {
  const head: EventHead = headOf(row);
  return {
    EventId: eventIdOf(world, row),
    EventName: head.eventName,
    ReadOnly: String(head.isReadOnly),
    ...(head.accessKeyId === null ? {} : { AccessKeyId: head.accessKeyId }),
    EventTime: row.time / 1000,
    EventSource: head.eventSource,
    ...(head.username === null ? {} : { Username: head.username }),
    Resources: head.resources.map(({ type, name }) => ({ ResourceType: type, ResourceName: name })),
    CloudTrailEvent: JSON.stringify(recordOf(world, row)),
  };
}
