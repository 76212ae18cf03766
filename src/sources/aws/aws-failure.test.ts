import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLookupEventsPage, PACED_CLIENT } from '../lookup/lookup-events-client.js';
import {
  isAccessDenied,
  isClockSkew,
  isExpiredCredentials,
  isThrottling,
  isTransient,
  describe as say,
} from './aws-failure.js';

/** What the loopback server answers next: a status and a body, or a way to fail. */
let next: { status: number; body: string } | 'reset' | 'hang' | 'cut' = 'reset';
const server = createServer((request, response) => {
  request.resume();
  if (next === 'hang') return;
  if (next === 'reset') {
    request.socket.destroy();
  } else if (next === 'cut') {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"Events":[', () => response.destroy());
  } else {
    response.writeHead(next.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(next.body);
  }
});
let client: CloudTrailClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new CloudTrailClient({
    ...PACED_CLIENT,
    requestHandler: { ...PACED_CLIENT.requestHandler, requestTimeout: 200 },
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  });
});
afterAll(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

const request = {
  attribute: 'EventName',
  value: 'StartQueryExecution',
  startTime: 0,
  endTime: 1000,
  nextToken: null,
} as const;

async function failure(answer: typeof next): Promise<unknown> {
  next = answer;
  try {
    await createLookupEventsPage(client)(request);
    return null;
  } catch (error) {
    return error;
  }
}

const named = (name: string, status = 400) => ({ status, body: JSON.stringify({ __type: name, message: 'because' }) });
const verdict = (error: unknown) =>
  Object.entries({ isThrottling, isExpiredCredentials, isAccessDenied, isClockSkew, isTransient })
    .filter(([, guard]) => guard(error))
    .map(([name]) => name)[0];

describe('what the SDK throws', () => {
  it.each<[string, typeof next, string | undefined]>([
    ['a throttle, which comes as HTTP 400', named('ThrottlingException'), 'isThrottling'],
    [
      'a throttle under another name',
      { status: 400, body: '{"__type":"InvalidRequestException","Message":"Rate exceeded"}' },
      'isThrottling',
    ],
    ['HTTP 429', named('Whatever', 429), 'isThrottling'],
    ['HTML with HTTP 400', { status: 400, body: '<html>busy</html>' }, 'isThrottling'],
    ['no body with HTTP 400', { status: 400, body: '' }, 'isThrottling'],
    ['HTML with HTTP 503', { status: 503, body: '<html>down</html>' }, 'isTransient'],
    ['no body with HTTP 500', { status: 500, body: '' }, 'isTransient'],
    ['an internal failure', named('InternalServerException', 500), 'isTransient'],
    ['HTML with HTTP 200', { status: 200, body: '<html>' }, 'isTransient'],
    ['half a body', { status: 200, body: '{"Events":[{"EventId":"x"' }, 'isTransient'],
    ['an empty body with HTTP 200, which is no page without events', { status: 200, body: '' }, 'isTransient'],
    ['an answer without events', { status: 200, body: '{}' }, 'isTransient'],
    ['a broken connection', 'reset', 'isTransient'],
    ['a connection that breaks within the body', 'cut', 'isTransient'],
    ['no answer in time', 'hang', 'isTransient'],
    ['a missing permission', named('AccessDeniedException'), 'isAccessDenied'],
    ['expired credentials', named('ExpiredTokenException'), 'isExpiredCredentials'],
    ['unknown credentials', named('com.amazonaws#UnrecognizedClientException'), 'isExpiredCredentials'],
    ['a signature out of its time', named('InvalidSignatureException'), 'isClockSkew'],
    ['a refused page token', named('InvalidNextTokenException'), undefined],
    ['a wrong time range', named('InvalidTimeRangeException'), undefined],
  ])('is told for %s', async (_, answer, expected) => {
    const error = await failure(answer);
    expect(error).not.toBeNull();
    expect(verdict(error)).toBe(expected);
  });

  it('is a page when AWS answers one, and nothing of the answer is lost', async () => {
    next = {
      status: 200,
      body: JSON.stringify({ Events: [{ EventId: 'a', EventTime: 1.5e9, CloudTrailEvent: '{}' }, {}], NextToken: 't' }),
    };
    expect(await createLookupEventsPage(client)(request)).toEqual({
      events: [
        { eventId: 'a', eventTime: 1.5e12, cloudTrailEvent: '{}' },
        { eventId: null, eventTime: null, cloudTrailEvent: null },
      ],
      nextToken: 't',
    });
  });

  it('is told for a place where nobody listens, and for missing credentials', async () => {
    const dead = new CloudTrailClient({
      ...PACED_CLIENT,
      region: 'eu-west-1',
      endpoint: 'http://127.0.0.1:1',
      credentials: { accessKeyId: 'A', secretAccessKey: 'b' },
    });
    const missing = new CloudTrailClient({
      ...PACED_CLIENT,
      region: 'eu-west-1',
      credentials: () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' })),
    });
    const errors = await Promise.allSettled([dead, missing].map((each) => createLookupEventsPage(each)(request)));
    expect(errors.map((each) => each.status === 'rejected' && verdict(each.reason))).toEqual([
      'isTransient',
      'isExpiredCredentials',
    ]);
  });

  it('is described in one line', async () => {
    expect(say(await failure(named('AccessDeniedException')))).toBe('AccessDeniedException: because');
    expect(say('x')).toBe('');
  });
});
