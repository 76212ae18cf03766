import { describe, expect, it } from 'vitest';
import { createPacer } from '../../ports/pacer.js';
import { createTestClock, fakeHistory } from './lookup-history.fixture.js';
import { createLookupLinks } from './lookup-links.js';

const NOON = Date.parse('2026-11-02T12:00:00Z');
const sessionId = (number: number) => `8b1f6c1e-7d7f-4b6e-9f4d-${String(number).padStart(12, '0')}`;

function startSession(number: number, secondsBeforeNoon: number, eventSource = 'athena.amazonaws.com') {
  return {
    eventVersion: '1.08',
    eventID: `event-${eventSource}-${number}`,
    eventName: 'StartSession',
    eventSource,
    eventTime: new Date(NOON - secondsBeforeNoon * 1000).toISOString().replace('.000', ''),
    awsRegion: 'us-east-1',
    recipientAccountId: '111122223333',
    userIdentity: { type: 'IAMUser', userName: 'ana', accountId: '111122223333', accessKeyId: 'AKIAANA' },
    responseElements: { sessionId: sessionId(number) },
  };
}

function sourceOf(records: readonly ReturnType<typeof startSession>[]) {
  const clock = createTestClock();
  const random = () => 0;
  const history = fakeHistory(records);
  const regions = ['us-east-1', 'eu-west-1'].map((region) => ({
    region,
    page: history.page,
    pacer: createPacer({ ratePerSecond: 2, clock, random }),
  }));
  return { source: createLookupLinks({ accountId: null, regions, clock, random }), history };
}

describe('looking for the start of a Spark session', () => {
  const use = (number: number) => ({
    sessionId: sessionId(number),
    region: 'us-east-1',
    firstUse: NOON - 600_000,
    lastUse: NOON,
  });

  it('scans its Region by the event name, and stops when every session is found', async () => {
    const noise = Array.from({ length: 120 }, (_, number) =>
      startSession(1000 + number, 60 + number, 'ssm.amazonaws.com'),
    );
    const { source, history } = sourceOf([
      ...noise,
      startSession(1, 100),
      startSession(2, 90),
      ...Array.from({ length: 200 }, (_, number) => startSession(2000 + number, 7200 + number)),
    ]);
    const found = [];
    for await (const link of source.findSparkStarts?.([use(1), use(2)]) ?? []) found.push(link.sparkSessionId);
    expect(found.sort()).toEqual([sessionId(1), sessionId(2)]);
    expect(history.requests).toHaveLength(1);
    expect(history.requests[0]).toMatchObject({ attribute: 'EventName', value: 'StartSession', endTime: NOON });
  });

  it('begins again at the first page when a page token is refused', async () => {
    const clock = createTestClock();
    const random = () => 0;
    const noise = Array.from({ length: 120 }, (_, number) => startSession(1000 + number, 60 + number));
    const history = fakeHistory([...noise, startSession(1, 500)], { refuse: (call) => call === 2 });
    const source = createLookupLinks({
      accountId: '111122223333',
      regions: [{ region: 'us-east-1', page: history.page, pacer: createPacer({ ratePerSecond: 2, clock, random }) }],
      clock,
      random,
    });
    const found = [];
    for await (const link of source.findSparkStarts?.([use(1)]) ?? []) found.push(link.sparkSessionId);
    expect(found).toEqual([sessionId(1)]);
    expect(history.requests.map(({ nextToken }) => nextToken === null)).toEqual([true, false, true, false, false]);
  });

  it('gives up at the end of the history', async () => {
    const { source, history } = sourceOf([startSession(3, 100)]);
    const found = [];
    for await (const link of source.findSparkStarts?.([use(1)]) ?? []) found.push(link);
    expect(found).toEqual([]);
    expect(history.requests).toHaveLength(1);
  });
});

describe('a Region that is only looked into for credentials', () => {
  it('is told of and left out when it may not be asked; one that is collected fails', async () => {
    const clock = createTestClock();
    const random = () => 0;
    const denied = Object.assign(new Error('explicit deny'), { name: 'AccessDeniedException' });
    const history = fakeHistory([]);
    const warnings: string[] = [];
    const open = (isLinkOnly: boolean) =>
      createLookupLinks({
        accountId: '111122223333',
        regions: [
          { region: 'eu-west-1', page: history.page, pacer: createPacer({ ratePerSecond: 2, clock, random }) },
          {
            region: 'us-east-1',
            isLinkOnly,
            page: () => Promise.reject(denied),
            pacer: createPacer({ ratePerSecond: 2, clock, random }),
          },
        ],
        clock,
        random,
        warn: (message) => void warnings.push(message),
      });
    const ask = async (source: ReturnType<typeof open>) => {
      for await (const _ of source.find(['ASIA1', 'ASIA2']));
    };
    const source = open(true);
    await ask(source);
    expect(warnings).toEqual([expect.stringContaining('111122223333 us-east-1: AWS denied cloudtrail:LookupEvents')]);
    expect(history.requests).toHaveLength(2);
    expect(source.hasFailed?.()).toBe(false);
    await expect(ask(open(false))).rejects.toThrow('AWS denied cloudtrail:LookupEvents');
  });
});

describe('looking for whom a key acts', () => {
  const event = (number: number, secondsBeforeNoon: number, userId: string | null) => ({
    ...startSession(number, secondsBeforeNoon, 'glue.amazonaws.com'),
    eventName: 'GetTables',
    userIdentity: {
      type: 'AssumedRole',
      userName: 'x',
      accountId: '111122223333',
      accessKeyId: 'ASIASTUDIO',
      ...(userId === null
        ? {}
        : { onBehalfOf: { userId, identityStoreArn: 'arn:aws:identitystore::1:identitystore/d' } }),
    },
  });

  it('looks at one page of its own events, and takes the earliest that names a user', async () => {
    const { source, history } = sourceOf([event(1, 300, null), event(2, 200, 'u-1'), event(3, 100, 'u-1')]);
    const found = [];
    for await (const use of source.findUses?.(['AKIAANA', 'ASIASTUDIO']) ?? []) found.push(use);
    expect(found).toMatchObject([
      {
        kind: 'link',
        eventId: 'event-glue.amazonaws.com-2',
        issuedAccessKeyId: null,
        caller: { onBehalfOfUserId: 'u-1' },
      },
    ]);
    expect(history.requests.map(({ attribute, value }) => [attribute, value])).toEqual([['AccessKeyId', 'ASIASTUDIO']]);
  });

  it('asks every Region where none of them names anybody', async () => {
    const { source, history } = sourceOf([event(1, 300, null)]);
    for await (const use of source.findUses?.(['ASIASTUDIO']) ?? []) expect(use).toBeNull();
    expect(history.requests).toHaveLength(2);
  });
});
