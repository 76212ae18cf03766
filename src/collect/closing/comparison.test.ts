import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, reportDay } from '../../calendar/report-day.js';
import type { ListedPlace } from '../../tree/evidence/evidence-lines.js';
import { appendPart } from '../../tree/evidence/evidence-log.js';
import { hourEvidence } from '../../tree/layout.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { noteElsewhere } from '../evidence/known-ids.js';
import { openComparison } from './comparison.js';

const DAY = reportDay('2026-11-02', 'America/New_York');
const MINUTE_MS = 60_000;
const PLACES = ['us-east-1', 'eu-west-1'].map((region) => ({ accountId: '111122223333', region }));

/** Few different ids, so that lists and evidence meet; some are no UUIDs. */
const id = fc
  .integer({ min: 0, max: 40 })
  .map((n) => (n % 4 === 0 ? `q-${n}` : `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`));
const ids = fc.array(id, { maxLength: 12 });
const daysBack = fc.integer({ min: 0, max: 47 });

async function unknownOf(comparison: Awaited<ReturnType<typeof openComparison>>): Promise<ListedPlace[]> {
  const unknown: ListedPlace[] = [];
  for await (const listed of comparison.unknown()) unknown.push(listed);
  return unknown;
}

describe('the comparison of lists with evidence', () => {
  it('leaves what no evidence of the last weeks names, in memory or passing it, whatever is listed when', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ back: daysBack, ids }), { maxLength: 6 }),
        fc.array(fc.record({ back: daysBack, ids }), { maxLength: 3 }),
        fc.array(fc.record({ place: fc.constantFrom(...PLACES), ids, takes: fc.boolean() }), { maxLength: 8 }),
        async (named, elsewhere, lists) => {
          const store = createMemoryStore();
          const known = new Set<string>();
          for (const { back, ids } of named) {
            const [hour] = reportDay(addDays(DAY.reportDate, -back), DAY.timezone).hours;
            if (hour && ids.length > 0) await appendPart(store, hourEvidence(hour), { lines: ['{}'], ids });
            // Athena remembers 45 days; one more is read for the clock's sake, and the day before today's.
            if (back <= 45) for (const id of ids) known.add(id);
          }
          for (const { back, ids } of elsewhere) {
            await noteElsewhere(store, new Map([[addDays(DAY.reportDate, -back), ids]]));
            // What was left for this day is what its closing is for.
            if (back > 0 && back <= 45) for (const id of ids) known.add(id);
          }
          const clock = { now: () => DAY.window.end + MINUTE_MS, sleep: async () => {} };
          const request = { day: DAY, restsAt: Number.POSITIVE_INFINITY };
          for (const idsInMemory of [1000, -1]) {
            const comparison = await openComparison({ store, clock }, { ...request, idsInMemory });
            const found = new Set<string>();
            const listed = new Set<string>();
            for (const { place, ids, takes } of lists) {
              for (const queryExecutionId of ids) {
                comparison.add({ queryExecutionId, ...place });
                listed.add(queryExecutionId);
              }
              if (takes) for (const { queryExecutionId } of await unknownOf(comparison)) found.add(queryExecutionId);
            }
            for (const { queryExecutionId } of await unknownOf(comparison)) found.add(queryExecutionId);
            expect([...found].sort()).toEqual([...listed].filter((id) => !known.has(id)).sort());
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each([1000, -1])(
    'hands on where an execution was listed, and what was said last of who submitted it (%i)',
    async (idsInMemory) => {
      const [here, there] = PLACES as [ListedPlace, ListedPlace];
      const store = createMemoryStore();
      const clock = { now: () => DAY.window.end, sleep: async () => {} };
      const comparison = await openComparison(
        { store, clock },
        { day: DAY, restsAt: Number.POSITIVE_INFINITY, idsInMemory },
      );
      comparison.add({ ...here, queryExecutionId: 'q-1' });
      comparison.add({ ...there, queryExecutionId: 'q-2' });
      comparison.add({ ...here, queryExecutionId: 'q-1', principalArn: 'arn:aws:iam::111122223333:user/ada' });
      expect(await unknownOf(comparison)).toEqual([
        { ...here, queryExecutionId: 'q-1', principalArn: 'arn:aws:iam::111122223333:user/ada' },
        { ...there, queryExecutionId: 'q-2' },
      ]);
      expect(await unknownOf(comparison)).toEqual([]);
    },
  );

  it('ends in time for the evidence to be read once more, as long as that took', async () => {
    let now = DAY.window.end;
    const store = createMemoryStore();
    const [hour] = DAY.hours;
    if (hour) await appendPart(store, hourEvidence(hour), { lines: ['{}'], ids: ['q-1'] });
    const slow = {
      ...store,
      stream: async (key: string) => {
        now += 2 * MINUTE_MS;
        return store.stream(key);
      },
    };
    const clock = { now: () => now, sleep: async () => {} };
    const restsAt = now + 20 * MINUTE_MS;
    const comparison = await openComparison({ store: slow, clock }, { day: DAY, restsAt, idsInMemory: 0 });
    const opened = now;
    comparison.add({ queryExecutionId: 'q-2', accountId: '1', region: 'r' });
    expect(comparison.isDue(1000)).toBe(false);
    now = opened + (restsAt - opened) / 2;
    expect([comparison.isDue(1), comparison.endsAt]).toEqual([true, restsAt]);
    expect(await unknownOf(comparison)).toHaveLength(1);
    expect([comparison.isDue(1), comparison.endsAt]).toEqual([false, restsAt - 3 * MINUTE_MS]);
    now += 60 * MINUTE_MS;
    expect(comparison.isDue(1)).toBe(true);
  });
});
