import { BatchGetQueryExecutionCommand, ListQueryExecutionsCommand } from '@aws-sdk/client-athena';
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, expect, test } from 'vitest';
import { startTestSimulator } from '../clients.fixture.js';
import { createFaultInjector, type FaultKind } from './faults.js';

type Started = Awaited<ReturnType<typeof startTestSimulator>>;
const running: Started[] = [];
async function start(...args: Parameters<typeof startTestSimulator>): Promise<Started> {
  const started = await startTestSimulator(...args);
  running.push(started);
  return started;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((started) => started.close()));
});

const once = (kind: FaultKind, more: object = {}) => ({ faults: { rules: [{ kind, calls: [1], ...more }] } });
const lookup = ({ cloudtrail }: Started) => cloudtrail.send(new LookupEventsCommand({ MaxResults: 50 }));

test.each([
  ['throttle', { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }],
  ['server-error', { name: 'InternalFailure' }],
  ['expired-token', { name: 'ExpiredTokenException' }],
  ['clock-skew', { name: 'InvalidSignatureException' }],
  ['html-body', { $metadata: { httpStatusCode: 400 } }],
  ['reset', {}],
  ['timeout', {}],
  ['truncated-body', {}],
] as const)('%s fails the call once, and the next call succeeds', async (kind, error) => {
  const started = await start(once(kind));
  await expect(lookup(started)).rejects.toMatchObject(error);
  expect(started.simulator.stats.faults).toEqual({ [kind]: 1 });
  started.clock.advance(1_000);
  expect((await lookup(started)).Events).toHaveLength(50);
});

test('a page may repeat entries, come in another order, or end early without losing any', async () => {
  const clean = (await lookup(await start())).Events?.map((event) => event.EventId) ?? [];
  const repeated = (await lookup(await start(once('duplicate-event')))).Events?.map((event) => event.EventId) ?? [];
  expect(repeated.length).toBeGreaterThan(50);
  expect(new Set(repeated)).toEqual(new Set(clean));
  const reordered = (await lookup(await start(once('reordered-page')))).Events?.map((event) => event.EventId);
  expect(reordered).toEqual(clean.toReversed());
  const started = await start({ faults: { rules: [{ kind: 'short-page', probability: 0.7 }] } });
  const got: (string | undefined)[] = [];
  let NextToken: string | undefined;
  while (got.length < 50) {
    const page = await started.cloudtrail.send(new LookupEventsCommand({ MaxResults: 50, NextToken }));
    got.push(...(page.Events ?? []).map((event) => event.EventId));
    NextToken = page.NextToken;
    expect(NextToken).toBeDefined();
    await started.clock.sleep(500);
  }
  expect(got.slice(0, 50)).toEqual(clean);
});

test('ids of a batch stay unprocessed, some of them without a word, and come with the next call', async () => {
  const started = await start(once('unprocessed-ids'));
  const { QueryExecutionIds = [] } = await started.athena.send(new ListQueryExecutionsCommand({ WorkGroup: 'bi' }));
  const command = new BatchGetQueryExecutionCommand({ QueryExecutionIds });
  const first = await started.athena.send(command);
  const answered = (first.QueryExecutions?.length ?? 0) + (first.UnprocessedQueryExecutionIds?.length ?? 0);
  expect(first.UnprocessedQueryExecutionIds?.length).toBeGreaterThan(0);
  expect(answered).toBeLessThan(QueryExecutionIds.length);
  expect((await started.athena.send(command)).QueryExecutions).toHaveLength(QueryExecutionIds.length);
});

test('S3 refuses a write with 409 and 412, and a lost answer leaves the object written', async () => {
  const Bucket = 'acorn-faults';
  const write = { Bucket, Key: 'report', Body: 'rows', IfNoneMatch: '*' };
  for (const [kind, status] of [
    ['conflict', 409],
    ['precondition', 412],
    ['throttle', 503],
  ] as const) {
    const { s3 } = await start({ ...once(kind), buckets: [Bucket] });
    await expect(s3.send(new PutObjectCommand(write))).rejects.toMatchObject({ $metadata: { httpStatusCode: status } });
    await s3.send(new PutObjectCommand(write));
  }
  const { s3 } = await start({ ...once('reset-after'), buckets: [Bucket] });
  await expect(s3.send(new PutObjectCommand(write))).rejects.toThrow();
  await expect(s3.send(new PutObjectCommand(write))).rejects.toMatchObject({ name: 'PreconditionFailed' });
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'report' }));
  expect(await Body?.transformToString()).toBe('rows');
});

test('late events are missing until their time has come', async () => {
  const STARTS = [{ AttributeKey: 'EventName' as const, AttributeValue: 'StartQueryExecution' }];
  const faults = { rules: [{ kind: 'late-event' as const, probability: 0.5, delayMs: 10 * 86_400_000 }] };
  const { cloudtrail, clock, simulator } = await start({ company: { days: 1, queriesPerDay: 50 }, faults });
  const count = async () =>
    (await cloudtrail.send(new LookupEventsCommand({ LookupAttributes: STARTS }))).Events?.length ?? 0;
  const early = await count();
  expect(simulator.stats.faults['late-event']).toBeGreaterThan(5);
  clock.advance(11 * 86_400_000);
  expect(await count()).toBeGreaterThan(early);
});

test('luck depends on the call and how often it was made, not on what overtakes it', () => {
  const plan = { rules: [{ kind: 'throttle' as const, probability: 0.5 }] };
  const decide = (fingerprints: readonly number[]) => {
    const injector = createFaultInjector(9, plan);
    const luck = new Map<string, boolean>();
    const times = new Map<number, number>();
    for (const fingerprint of fingerprints) {
      const time = (times.get(fingerprint) ?? 0) + 1;
      times.set(fingerprint, time);
      const fault = injector.decide({
        service: 'athena',
        region: 'us-east-1',
        accountId: '111122223333',
        operation: 'GetQueryExecution',
        fingerprint,
        now: 0,
      });
      luck.set(`${fingerprint}/${time}`, fault !== null);
    }
    return [...luck].sort();
  };
  const calls = [1, 2, 3, 1, 2, 3, 4, 5, 1];
  expect(decide(calls)).toEqual(decide(calls.toReversed()));
});

test('rules keep to their service, operation, account, time and limit', () => {
  const accountId = '111122223333';
  const rule = { kind: 'throttle' as const, service: 'athena' as const, accountId, from: 100, until: 200, limit: 1 };
  const injector = createFaultInjector(1, { rules: [rule] });
  const decide = (service: 'athena' | 's3', now: number, by = accountId) =>
    injector.decide({
      ...{ service, accountId: by, region: 'us-east-1', operation: 'PutObject' },
      ...{ fingerprint: now, now },
    })?.kind ?? null;
  expect([
    decide('s3', 150),
    decide('athena', 99),
    decide('athena', 150, '444455556666'),
    decide('athena', 150),
    decide('athena', 160),
    decide('athena', 200),
  ]).toEqual([null, null, null, 'throttle', null, null]);
});
