import {
  CloudTrailClient,
  ListPublicKeysCommand,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from '@aws-sdk/client-cloudtrail';
import { afterEach, expect, test } from 'vitest';
import { startTestSimulator } from '../clients.fixture.js';

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

const STARTS = [{ AttributeKey: 'EventName' as const, AttributeValue: 'StartQueryExecution' }];

async function readAll({ cloudtrail, clock }: Started, input: LookupEventsCommandInput, client = cloudtrail) {
  const pages: number[] = [];
  const events = [];
  let token: string | undefined;
  do {
    const page = await client.send(new LookupEventsCommand({ ...input, NextToken: token }));
    pages.push(page.Events?.length ?? 0);
    events.push(...(page.Events ?? []));
    token = page.NextToken;
    await clock.sleep(500);
  } while (token);
  return { events, pages };
}

test('all starts of the Region come newest first in pages of 50, each once, paced at two calls a second', async () => {
  const started = await start();
  const { events, pages } = await readAll(started, { LookupAttributes: STARTS });
  const expected = [
    ...started.simulator.truth.rows({ accountId: started.world.company.accounts.main, region: 'us-east-1' }),
  ].flatMap((row) => row.eventIds);
  expect(events.map((event) => event.EventId).sort()).toEqual(expected.sort());
  expect(pages.slice(0, -1).every((size) => size === 50)).toBe(true);
  expect(pages).toHaveLength(Math.ceil(expected.length / 50));
  const times = events.map((event) => event.EventTime?.getTime() ?? 0);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  expect(started.simulator.stats.throttled).toEqual({});
});

test('pages are as short as asked for, and a refused token is refused as CloudTrail does it', async () => {
  const rule = { kind: 'refused-token' as const, calls: [3] };
  const started = await start({ pageSize: 7, faults: { rules: [rule] } });
  const input = { LookupAttributes: STARTS };
  const first = await started.cloudtrail.send(new LookupEventsCommand(input));
  const second = await started.cloudtrail.send(new LookupEventsCommand({ ...input, NextToken: first.NextToken }));
  expect([first.Events?.length, second.Events?.length]).toEqual([7, 7]);
  await started.clock.sleep(1000);
  const third = started.cloudtrail.send(new LookupEventsCommand({ ...input, NextToken: second.NextToken }));
  await expect(third).rejects.toMatchObject({ name: 'InvalidNextTokenException' });
  expect(started.simulator.stats.faults).toEqual({ 'refused-token': 1 });
});

test('an event says what its record says', async () => {
  const started = await start();
  const { events } = await readAll(started, {
    LookupAttributes: [{ AttributeKey: 'EventSource', AttributeValue: 'sts.amazonaws.com' }],
  });
  expect(events.length).toBeGreaterThan(20);
  for (const event of events) {
    const record = JSON.parse(event.CloudTrailEvent ?? '');
    expect(record.eventID).toBe(event.EventId);
    expect(record.eventName).toBe(event.EventName);
    expect(Date.parse(record.eventTime)).toBe(event.EventTime?.getTime());
    expect(String(record.readOnly)).toBe(event.ReadOnly);
  }
});

test('an issued key finds the event that issued it', async () => {
  const started = await start();
  const credential = started.world.credentials.find(
    (candidate) =>
      candidate.issue?.eventName === 'AssumeRole' && candidate.issue.region === 'us-east-1' && candidate.accessKeyId,
  );
  const key = credential?.accessKeyId ?? '';
  const { events } = await readAll(started, {
    LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: key }],
  });
  expect(events).toHaveLength(1);
  expect(events[0]?.Resources?.map((resource) => resource.ResourceType)).toEqual([
    'AWS::IAM::AccessKey',
    'AWS::STS::AssumedRole',
    'AWS::STS::AssumedRole',
    'AWS::STS::AssumedRole',
    'AWS::IAM::Role',
  ]);
  expect(JSON.parse(events[0]?.CloudTrailEvent ?? '').responseElements.credentials.accessKeyId).toBe(key);
});

test('bounds are inclusive on both sides, in whole seconds', async () => {
  const started = await start();
  const { events } = await readAll(started, { LookupAttributes: STARTS });
  const time = events[10]?.EventTime ?? new Date(0);
  const exact = await readAll(started, { LookupAttributes: STARTS, StartTime: time, EndTime: time });
  expect(exact.events.map((event) => event.EventId)).toContain(events[10]?.EventId);
  expect(exact.events.every((event) => event.EventTime?.getTime() === time.getTime())).toBe(true);
});

test('Regions and accounts see their own events only', async () => {
  const started = await start();
  const { accounts } = started.world.company;
  const abroad = await readAll(
    started,
    { LookupAttributes: STARTS },
    new CloudTrailClient(started.config('AKIATEST', 'eu-west-1')),
  );
  const sandbox = await readAll(
    started,
    { LookupAttributes: STARTS },
    new CloudTrailClient(started.config(`AKIA${accounts.sandbox}`)),
  );
  expect(abroad.events.every((event) => JSON.parse(event.CloudTrailEvent ?? '').awsRegion === 'eu-west-1')).toBe(true);
  expect(
    sandbox.events.every((event) => JSON.parse(event.CloudTrailEvent ?? '').recipientAccountId === accounts.sandbox),
  ).toBe(true);
  expect(abroad.events.length).toBeGreaterThan(0);
  expect(sandbox.events.length).toBeGreaterThan(0);
});

test('an event shows some minutes after it happened, and not before', async () => {
  const started = await start({ now: Date.UTC(2026, 10, 1, 20), company: { days: 1, queriesPerDay: 3_000 } });
  const { simulator, clock, world, cloudtrail } = started;
  const place = { accountId: world.company.accounts.main, region: 'us-east-1' };
  const recent = [...simulator.truth.rows({ ...place, from: clock.now() - 10 * 60_000, until: clock.now() })];
  const isVisible = (row: (typeof recent)[number]) => (row.visibleAt ?? Infinity) <= clock.now();
  const page = await cloudtrail.send(new LookupEventsCommand({ LookupAttributes: STARTS }));
  const seen = new Set(page.Events?.map((event) => event.EventId));
  expect(recent.filter(isVisible).length).toBeGreaterThan(0);
  expect(recent.filter((row) => !isVisible(row)).length).toBeGreaterThan(0);
  for (const row of recent) expect(seen.has(row.eventIds[0])).toBe(isVisible(row));
});

test('the history ends after 90 days', async () => {
  const started = await start({ now: Date.UTC(2026, 10, 1, 4) + 91 * 86_400_000 });
  const { events } = await readAll(started, { LookupAttributes: STARTS });
  const oldest = Math.min(...events.map((event) => event.EventTime?.getTime() ?? 0));
  expect(oldest).toBeGreaterThanOrEqual(started.world.startsAt + 86_400_000 - 60_000);
  expect(events.length).toBeGreaterThan(0);
});

test('the third call within a second is throttled with HTTP 400, and a second later it is not', async () => {
  const { cloudtrail, clock, simulator } = await start();
  const call = () => cloudtrail.send(new LookupEventsCommand({ MaxResults: 1 }));
  await call();
  await call();
  await expect(call()).rejects.toMatchObject({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } });
  expect(simulator.stats.throttled).toEqual({ LookupEvents: 1 });
  clock.advance(500);
  await call();
});

test.each([
  ['a range that ends before it starts', { StartTime: new Date(2), EndTime: new Date(1) }, null],
  ['a reversed range', { StartTime: new Date(2_000_000), EndTime: new Date(1_000) }, 'InvalidTimeRangeException'],
  ['two attributes', { LookupAttributes: [...STARTS, ...STARTS] }, 'InvalidLookupAttributesException'],
  ['a page of 51', { MaxResults: 51 }, 'InvalidMaxResultsException'],
  ['a token from elsewhere', { NextToken: 'bm9uc2Vuc2U=' }, 'InvalidNextTokenException'],
] as const)('%s is answered as AWS does', async (_, input, name) => {
  const { cloudtrail } = await start();
  const call = cloudtrail.send(new LookupEventsCommand(input as unknown as LookupEventsCommandInput));
  if (name === null) await expect(call).resolves.toMatchObject({ Events: [] });
  else await expect(call).rejects.toMatchObject({ name });
});

test('a token is bound to its parameters and to its life', async () => {
  const { cloudtrail, clock } = await start({ lookupTokenLifetimeMs: 60_000 });
  const page = await cloudtrail.send(
    new LookupEventsCommand({ LookupAttributes: STARTS, EndTime: new Date(clock.now()) }),
  );
  clock.advance(1_000);
  const other = { LookupAttributes: STARTS, EndTime: new Date(clock.now()), NextToken: page.NextToken };
  await expect(cloudtrail.send(new LookupEventsCommand(other))).rejects.toMatchObject({
    name: 'InvalidNextTokenException',
  });
  const same = { LookupAttributes: STARTS, EndTime: new Date(clock.now() - 1_000), NextToken: page.NextToken };
  await cloudtrail.send(new LookupEventsCommand(same));
  clock.advance(120_000);
  await expect(cloudtrail.send(new LookupEventsCommand(same))).rejects.toMatchObject({
    name: 'InvalidNextTokenException',
  });
});

test('a public key is there for the digests', async () => {
  const { cloudtrail } = await start();
  const keys = await cloudtrail.send(new ListPublicKeysCommand({}));
  expect(keys.PublicKeyList?.[0]?.Value?.length).toBeGreaterThan(250);
});
