import type { Clock } from '../../ports/clock.js';
import type { LookupEventsPage } from './lookup-page.js';

type Json = Readonly<Record<string, unknown>>;

/** Times pass only while somebody sleeps. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

/** A clock for one caller at a time: sleeping moves it. */
export function createTestClock(startsAt = Date.parse('2026-11-02T12:00:00Z')): TestClock {
  let now = startsAt;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      now += ms;
    },
  };
}

/** What the service said, with the name the SDK would give it. */
export function awsError(name: string, status = 400): Error {
  return Object.assign(new Error(`${name} (test)`), { name, $metadata: { httpStatusCode: status } });
}

function attributeOf(record: Json, attribute: Parameters<LookupEventsPage>[0]['attribute']): unknown {
  if (attribute === 'EventName') return record.eventName;
  if (attribute === 'ResourceName') return record.resourceName;
  return (record.userIdentity as Json | undefined)?.accessKeyId;
}

/**
 * Event history over records: inclusive whole-second bounds, newest first, 50 a page, tokens good only with the same parameters.
 * `refuse` may refuse a token by returning true for a number of a call.
 */
export function fakeHistory(records: readonly Json[], options: { readonly refuse?: (call: number) => boolean } = {}) {
  const requests: Parameters<LookupEventsPage>[0][] = [];
  const newestFirst = records
    .map((record) => ({ record, time: Date.parse(String(record.eventTime)) }))
    .sort((a, b) => b.time - a.time);
  const page: LookupEventsPage = async (request, signal) => {
    signal?.throwIfAborted();
    requests.push(request);
    const { attribute, value, startTime, endTime, nextToken } = request;
    const scope = JSON.stringify([attribute, value, startTime, endTime]);
    const [of, from = 0] = nextToken === null ? [scope] : (JSON.parse(nextToken) as [string, number]);
    if (of !== scope || (nextToken !== null && options.refuse?.(requests.length)))
      throw awsError('InvalidNextTokenException');
    const found = newestFirst.filter(
      ({ record, time }) =>
        attributeOf(record, attribute) === value && time >= (startTime ?? 0) && time <= (endTime ?? Infinity),
    );
    return {
      events: found.slice(from, from + 50).map(({ record, time }) => ({
        eventId: String(record.eventID),
        eventTime: time,
        cloudTrailEvent: typeof record.text === 'string' ? record.text : JSON.stringify(record),
      })),
      nextToken: from + 50 < found.length ? JSON.stringify([scope, from + 50]) : null,
    };
  };
  return { page, requests };
}
