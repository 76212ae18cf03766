import { describe, expect, it } from 'vitest';
import { reportDay } from '../../calendar/report-day.js';
import type { ExecutionLister, ExecutionSource } from '../../ports/execution-source.js';
import { executionOf, startOf } from '../../record/evidence.fixture.js';
import { addToHour } from '../../tree/evidence/evidence-lines.js';
import { liveEvidence } from '../../tree/evidence/evidence-view.js';
import { readHour } from '../../tree/evidence/hour-evidence.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { collectorOf } from '../collector.fixture.js';
import { keepTold } from '../evidence/keep-told.js';
import { openEnrichment } from '../hour/open-enrichment.js';
import { closeDay } from './close-day.js';

const DAY = reportDay('2026-11-02', 'America/New_York');
const HOUR_MS = 3_600_000;
const PLACE = { accountId: '111122223333', region: 'us-east-1' };
const PAGE = 50;

/** An account whose executions end an hour after they were submitted, and Athena tells of some of them; newest first in its lists. */
async function account(count: number, idsInMemory?: number) {
  const store = createMemoryStore();
  // Every hour one: the newest at the end of the day, the oldest weeks before it.
  const submittedAt = new Map(
    Array.from({ length: count }, (_, back) => [`q-${back}`, DAY.window.end - (back + 0.5) * HOUR_MS]),
  );
  let [outcome, pages] = ['found' as 'found' | 'pending' | 'denied', 0];
  const executions: ExecutionSource = {
    fetch: async (wanted) =>
      wanted.map((queryExecutionId) => {
        const origin = 'athena' as const;
        if (outcome !== 'found') return { queryExecutionId, origin, outcome, reason: outcome };
        const execution = executionOf({ queryExecutionId, submittedAt: submittedAt.get(queryExecutionId) ?? null });
        return { queryExecutionId, origin, outcome, execution };
      }),
    account: () => ({ kind: 'athena-api', accountId: null, region: null, counts: {} }),
  };
  const ids = [...submittedAt.keys()];
  const lister: ExecutionLister = {
    async *list({ isEnough }) {
      for (let at = 0; at < ids.length; at += PAGE) {
        pages++;
        const page = { workGroup: 'primary', ids: ids.slice(at, at + PAGE), failure: null };
        yield page;
        if (at + PAGE >= ids.length || !(await isEnough?.(page))) continue;
        yield { ...page, ids: [], isRecent: true };
        return;
      }
    },
  };
  const collector = collectorOf(store, DAY.window.end + HOUR_MS, {
    executions: ({ accountId }) => (accountId === PLACE.accountId ? executions : null),
  });
  const start = (id: string) => {
    const at = submittedAt.get(id) ?? 0;
    const hour = DAY.hours.find(({ window }) => window.start <= at && at < window.end);
    const line = { start: startOf({ ...PLACE, queryExecutionId: id, eventId: `e-${id}`, eventTime: at }) };
    return hour ? addToHour(store, hour, [line]) : Promise.resolve([]);
  };
  const tell = (told: readonly string[], place = PLACE) =>
    keepTold(collector, {
      told: told.map((queryExecutionId) => ({ ...place, queryExecutionId, at: DAY.window.end })),
      timezone: DAY.timezone,
    });
  const close = async (hearsEvents = true) =>
    closeDay(
      collector,
      { listers: [{ ...PLACE, lister }], exported: null },
      {
        day: DAY,
        format: 'csv',
        enrichment: await openEnrichment(collector, DAY.reportDate),
        hearsEvents,
        ...(idsInMemory === undefined ? {} : { idsInMemory }),
      },
    );
  return {
    ...{ store, start, tell, close, ids },
    pages: () => pages,
    answers: (next: typeof outcome) => {
      outcome = next;
    },
  };
}

const idsTo = (count: number) => Array.from({ length: count }, (_, index) => `q-${index}`);

describe.each([
  ['with known ids in memory', undefined],
  ['with lists that wait for the evidence to pass', -1],
])('Athena’s events, %s', (_, idsInMemory) => {
  it('put executions, with their texts, into the hours of their submission, whatever comes twice', async () => {
    const { store, tell } = await account(24, idsInMemory);
    expect(await tell(['q-0', 'q-1', 'q-0'])).toEqual({ kept: 2, unplaced: [], foreign: [], later: [] });
    await tell(['q-1']);
    const [last, before] = [DAY.hours[23], DAY.hours[22]];
    if (!last || !before) throw new Error('no hours');
    const { told, answers, listed } = await readHour(liveEvidence(store), before);
    expect([...told.keys(), ...answers.keys()]).toEqual(['q-1', 'q-1']);
    expect(listed.size).toBe(0);
    expect((await readHour(liveEvidence(store), last)).answers.get('q-0')?.answer).toMatchObject({ outcome: 'found' });
  });

  it('are tried again while Athena has no time, and told where it may not be asked', async () => {
    const { tell, answers } = await account(2, idsInMemory);
    answers('pending');
    expect(await tell(['q-0'])).toEqual({ kept: 0, unplaced: [], foreign: [], later: ['q-0'] });
    answers('denied');
    expect(await tell(['q-0', 'q-1'])).toEqual({ kept: 0, unplaced: ['q-0', 'q-1'], foreign: [], later: [] });
  });

  it('of an account that is not collected are told apart: nobody can be asked', async () => {
    const { store, tell } = await account(2, idsInMemory);
    const answer = await tell(['q-0'], { accountId: '999999999999', region: 'us-east-1' });
    expect(answer).toEqual({ kept: 0, unplaced: [], foreign: ['q-0'], later: [] });
    expect([...store.files.keys()].filter((key) => key.includes('evidence/'))).toEqual([]);
  });

  it('are a witness: what CloudTrail never showed and no list names any more becomes a row', async () => {
    const { close, tell, ids } = await account(3, idsInMemory);
    await tell(['q-1']);
    ids.length = 0;
    expect(await close()).toMatchObject({ unattributed: ['q-1'], events: [{ ...PLACE, seen: 1, absent: 0 }] });
  });

  it('that told of all executions, from before the day on, spare Athena’s lists of the weeks before it', async () => {
    const { start, tell, close, pages } = await account(1000, idsInMemory);
    for (const id of idsTo(24)) await start(id);
    await tell(idsTo(30));
    const closing = await close();
    expect(closing).toMatchObject({
      events: [{ seen: 24, absent: 0 }],
      workGroups: [{ workGroup: 'primary', isRecent: true, listed: 3 * PAGE }],
      unattributed: [],
    });
    expect(pages()).toBe(3);
  });

  it.each([
    ['lost one of them', [...idsTo(5), ...idsTo(30).slice(6)]],
    ['were heard from the middle of the day on', idsTo(12)],
    ['were heard from its beginning on only', idsTo(24)],
  ])('that %s spare nothing', async (_name, told) => {
    const { start, tell, close, pages } = await account(1000, idsInMemory);
    for (const id of idsTo(24)) await start(id);
    await tell(told);
    const closing = await close();
    expect(pages()).toBe(20);
    expect(closing?.workGroups).toEqual([{ ...PLACE, workGroup: 'primary', listed: 1000, failure: null }]);
    expect(closing?.events).toMatchObject([
      { seen: Math.min(24, told.filter((id) => Number(id.slice(2)) < 24).length) },
    ]);
  });

  it('are not compared where nobody listens', async () => {
    const { tell, close } = await account(30, idsInMemory);
    await tell(idsTo(30));
    expect(await close(false)).not.toHaveProperty('events');
  });
});
