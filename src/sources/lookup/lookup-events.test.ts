import { describe, expect, it } from 'vitest';
import { unionOf } from '../../calendar/window.js';
import { EVENT_HISTORY_MS } from '../../cloudtrail/limits.js';
import { createPacer } from '../../ports/pacer.js';
import { CredentialsExpired, PermissionDenied } from '../aws/aws-failure.js';
import { startRecord } from '../record.fixture.js';
import { drain, testStartSource } from '../start-source.contract.js';
import { createLookupEvents } from './lookup-events.js';
import { awsError, createTestClock, fakeHistory } from './lookup-history.fixture.js';
import type { LookupEventsPage } from './lookup-page.js';

const START = Date.parse('2026-11-01T05:00:00Z');
const WINDOW = { start: START, end: START + 86_400_000 };
const at = (ms: number) => new Date(ms).toISOString();

function open(page: LookupEventsPage, { clock = createTestClock(), maxScanners = 4 } = {}) {
  const random = () => 0.5;
  const pacer = createPacer({ ratePerSecond: 2, clock, random });
  return createLookupEvents({
    page,
    pacer,
    clock,
    random,
    maxScanners,
    accountId: '111122223333',
    region: 'eu-west-1',
  });
}

/** Makes every page take a while, so that one chain of pages cannot use the quota. */
function slowly(page: LookupEventsPage, clock: ReturnType<typeof createTestClock>, ms: number): LookupEventsPage {
  return async (request, signal) => {
    const answer = await page(request, signal);
    clock.advance(ms);
    return answer;
  };
}

testStartSource('LookupEvents', (records) => open(fakeHistory(records).page));
testStartSource('LookupEvents, split', (records) => {
  const clock = createTestClock();
  return open(slowly(fakeHistory(records).page, clock, 1500), { clock });
});
testStartSource('LookupEvents, with tokens refused', (records) =>
  open(fakeHistory(records, { refuse: (call) => call === 3 || call === 7 }).page),
);

const many = (count: number, spanMs: number) =>
  Array.from({ length: count }, (_, index) =>
    startRecord({ eventID: `e-${index}`, eventTime: at(START + Math.floor((index * spanMs) / count / 1000) * 1000) }),
  );

describe('createLookupEvents', () => {
  it('leaves the cursor it was given as it was when it fails before its first page', async () => {
    const segment = { start: START / 1000, end: START / 1000 + 59, floor: START / 1000, position: START / 1000 + 60 };
    const cursor = { window: WINDOW, segments: [{ ...segment, token: 'T', seen: 0, isOrdered: true }] };
    const before = JSON.stringify(cursor);
    const source = open(() => Promise.reject(Object.assign(new Error('expired'), { name: 'ExpiredTokenException' })));
    await expect(source.scan(WINDOW, { cursor })[Symbol.asyncIterator]().next()).rejects.toThrow();
    expect(JSON.stringify(cursor)).toBe(before);
  });

  it('asks once for an idle day, with inclusive bounds inside of the window', async () => {
    const history = fakeHistory([]);
    const source = open(history.page);
    await drain(source, WINDOW);
    expect(history.requests).toEqual([
      {
        attribute: 'EventName',
        value: 'StartQueryExecution',
        startTime: WINDOW.start,
        endTime: WINDOW.end - 1000,
        nextToken: null,
      },
    ]);
    expect(source.account().counts.calls).toBe(1);
  });

  it('reads a busy range with one call for each page', async () => {
    const history = fakeHistory(many(1000, 86_400_000));
    const { ids } = await drain(open(history.page), WINDOW);
    expect(ids).toHaveLength(1000);
    expect(history.requests).toHaveLength(20);
  });

  it('splits what is left when calls are slow, at little cost and without reporting an event twice', async () => {
    const clock = createTestClock();
    const history = fakeHistory(many(5000, 86_400_000));
    const source = open(slowly(history.page, clock, 1500), { clock });
    const { ids, repeated, covered } = await drain(source, WINDOW);
    expect([ids.length, repeated]).toEqual([5000, 0]);
    expect(covered).toEqual([WINDOW]);
    expect(source.account().counts.splits).toBeGreaterThan(0);
    // Hundred pages; a split costs half of one.
    expect(history.requests.length).toBeLessThan(103);
  });

  it('reports what is covered as it goes, newest first', async () => {
    const parts = [];
    for await (const batch of open(fakeHistory(many(200, 86_400_000)).page).scan(WINDOW, {})) parts.push(batch.covered);
    expect(parts).toHaveLength(4);
    expect(parts[0]?.[0]?.end).toBe(WINDOW.end);
    expect(parts[3]?.[0]?.start).toBe(WINDOW.start);
    expect(unionOf(parts.flat())).toEqual([WINDOW]);
  });

  it('stays complete when pages come out of order, and covers only at the end', async () => {
    const records = many(300, 86_400_000);
    const pages = [2, 0, 5, 1, 4, 3].map((page) => records.slice(page * 50, page * 50 + 50));
    let call = 0;
    const page: LookupEventsPage = async () => {
      const events = (pages[call++] ?? []).map((record) => ({
        eventId: String(record.eventID),
        eventTime: Date.parse(String(record.eventTime)),
        cloudTrailEvent: JSON.stringify(record),
      }));
      return { events, nextToken: call < 6 ? String(call) : null };
    };
    const { ids, covered } = await drain(open(page), WINDOW);
    expect(ids).toHaveLength(300);
    expect(covered).toEqual([WINDOW]);
  });

  it('gives up when a token is refused again and again at one place', async () => {
    const history = fakeHistory(many(200, 1000), { refuse: () => true });
    await expect(drain(open(history.page), WINDOW)).rejects.toThrow(/refused 6 page tokens/);
  });

  it('gives up when a token repeats', async () => {
    const page: LookupEventsPage = async () => ({ events: [], nextToken: 'same' });
    await expect(drain(open(page), WINDOW)).rejects.toThrow(/repeats the same page token/);
  });

  it.each([
    ['ThrottlingException', 400, 'throttled'],
    ['InternalServerException', 500, 'retries'],
    ['TimeoutError', 0, 'retries'],
  ])('tries again after %s, and counts it', async (name, status, count) => {
    const history = fakeHistory(many(10, 1000));
    let calls = 0;
    const page: LookupEventsPage = async (request, signal) => {
      calls += 1;
      if (calls <= 3) throw awsError(name, status);
      return history.page(request, signal);
    };
    const source = open(page);
    expect((await drain(source, WINDOW)).ids).toHaveLength(10);
    expect(source.account().counts[count]).toBe(3);
  });

  it('says the way out when credentials have expired or a permission is missing', async () => {
    const fail =
      (name: string): LookupEventsPage =>
      async () =>
        Promise.reject(awsError(name));
    await expect(drain(open(fail('ExpiredTokenException')), WINDOW)).rejects.toThrow(CredentialsExpired);
    await expect(drain(open(fail('AccessDeniedException')), WINDOW)).rejects.toThrow(PermissionDenied);
    await expect(drain(open(fail('AccessDeniedException')), WINDOW)).rejects.toThrow('cloudtrail:LookupEvents');
    await expect(drain(open(fail('InternalServerException')), WINDOW)).rejects.toThrow('InternalServerException');
  });

  it('rejects an event whose record is no JSON, with its id and time', async () => {
    const history = fakeHistory([startRecord(), { ...startRecord(), eventID: 'bad', text: '{"eventVersion":' }]);
    const { items, ids } = await drain(open(history.page), WINDOW);
    expect(ids).toEqual(['e-1']);
    expect(items.find(({ kind }) => kind === 'reject')).toMatchObject({
      reason: 'CloudTrailEvent is not JSON',
      origin: 'LookupEvents eu-west-1 event bad',
      raw: '{"eventVersion":',
      eventTime: START,
    });
  });

  it('ignores events of the same name of other services', async () => {
    const history = fakeHistory([startRecord({ eventSource: 'cloudtrail.amazonaws.com' })]);
    expect((await drain(open(history.page), WINDOW)).items).toEqual([]);
  });

  it('says how much of the window the event history has forgotten', async () => {
    const clock = createTestClock(WINDOW.start + EVENT_HISTORY_MS + 3_600_000);
    const source = open(fakeHistory([]).page, { clock });
    await drain(source, WINDOW);
    expect(source.account().counts.beyondRetentionMs).toBe(3_600_000);
  });
});
