import { describe, expect, it } from 'vitest';
import { type ReportDay, reportDay } from '../../calendar/report-day.js';
import type { ExecutionLister, ExecutionSource } from '../../ports/execution-source.js';
import { decodeManifest } from '../../record/encode-manifest.js';
import { executionOf } from '../../record/evidence.fixture.js';
import { manifestKey, workKey } from '../../tree/layout.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { collectorOf } from '../collector.fixture.js';
import { openEnrichment } from '../hour/open-enrichment.js';
import { closeDay } from './close-day.js';

const DAY = reportDay('2026-11-02', 'America/New_York');
const HOUR_MS = 3_600_000;
const SECOND_MS = 1000;

/** An account without a trail, of which Athena lists `q-0`, `q-1`, … submitted at these instants, in pages of 50. */
async function account(
  submittedAt: readonly number[],
  {
    pageMs = SECOND_MS,
    beforeWrite = (_: string) => {},
  }: { pageMs?: number; beforeWrite?: (key: string) => void } = {},
) {
  const pageSize = 50;
  const store = createMemoryStore({ beforeWrite });
  const asked: string[] = [];
  const listed: number[] = [];
  let now = DAY.window.end + HOUR_MS;
  const clock = { now: () => now, sleep: async () => {} };
  const ids = submittedAt.map((_, index) => `q-${index}`);
  const executions: ExecutionSource = {
    fetch: async (wanted) => {
      asked.push(...wanted);
      return wanted.map((queryExecutionId) => {
        const instant = submittedAt[ids.indexOf(queryExecutionId)] ?? null;
        const execution = executionOf({ queryExecutionId, submittedAt: instant });
        return { queryExecutionId, origin: 'athena', outcome: 'found', execution } as const;
      });
    },
    account: () => ({ kind: 'athena-api', accountId: null, region: null, counts: {} }),
  };
  const lister: ExecutionLister = {
    async *list({ cursor = 0 }) {
      for (let at = cursor as number; at < ids.length; at += pageSize) {
        now += pageMs;
        listed.push(at);
        yield { workGroup: 'primary', ids: ids.slice(at, at + pageSize), failure: null, cursor: at + pageSize };
      }
    },
  };
  const close = async ({ day = DAY, restsAfter }: { day?: ReportDay; restsAfter?: number } = {}) => {
    const collector = collectorOf(store, now, { executions: () => executions, clock });
    const listers = [{ accountId: '111122223333', region: 'us-east-1', lister }];
    const enrichment = await openEnrichment(collector, day.reportDate);
    const rest = restsAfter === undefined ? {} : { restsAt: now + restsAfter };
    return closeDay(collector, { listers, exported: null }, { day, format: 'csv', enrichment, ...rest });
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { store, close, asked, listed, pass };
}

describe('closing a day', () => {
  it('writes the hours of executions that CloudTrail never showed, whether anybody listens or not', async () => {
    const { store, close } = await account([DAY.window.start + 5.5 * HOUR_MS]);
    expect((await close())?.unattributed).toEqual(['q-0']);
    const stored = await store.read(manifestKey({ reportDate: '2026-11-02', hour: 5 }));
    expect(decodeManifest(Buffer.from(stored?.bytes ?? []).toString())).toMatchObject({
      ledger: { unattributed: 1, rows: 1 },
    });
  });

  it('takes an hour whose manifest is damaged for one that failed, as one without: the day stays owed', async () => {
    const { store, close } = await account([DAY.window.start + 5.5 * HOUR_MS, DAY.window.start + 7.5 * HOUR_MS]);
    await close();
    const key = manifestKey({ reportDate: '2026-11-02', hour: 5 });
    await store.write(key, Buffer.from('{'), 'any');
    const closing = await close();
    expect(closing?.missingHours).toContain(5);
    expect(closing?.missingHours).not.toContain(7);
  });

  it('gives an execution its row when it was stopped between its evidence and its report', async () => {
    let isStopped = false;
    const beforeWrite = (key: string) => {
      if (isStopped || !key.includes('/report_2026_11_02_h07')) return;
      isStopped = true;
      throw new Error('Lambda ends here');
    };
    const instants = [5.5, 7.5].map((hours) => DAY.window.start + hours * HOUR_MS);
    const { store, close } = await account(instants, { beforeWrite });
    await expect(close()).rejects.toThrow('Lambda ends here');
    expect(await close()).toMatchObject({
      unattributed: ['q-0', 'q-1'],
      workGroups: [{ workGroup: 'primary', listed: 2 }],
    });
    for (const hour of [5, 7]) {
      const stored = await store.read(manifestKey({ reportDate: '2026-11-02', hour }));
      expect(decodeManifest(Buffer.from(stored?.bytes ?? []).toString())).toMatchObject({
        ledger: { unattributed: 1, rows: 1 },
      });
    }
  });

  it('asks once for executions of other days, and leaves them to the closing of their own', async () => {
    const yesterday = reportDay('2026-11-01', DAY.timezone);
    const tomorrow = reportDay('2026-11-03', DAY.timezone);
    const instants = [yesterday.window.start, DAY.window.start, tomorrow.window.start];
    const { close, asked, pass } = await account(instants);
    expect((await close())?.unattributed).toEqual(['q-1']);
    await close();
    expect(asked).toEqual(['q-0', 'q-1', 'q-2']);
    pass(24 * HOUR_MS);
    expect((await close({ day: yesterday }))?.unattributed).toEqual(['q-0']);
    expect((await close({ day: tomorrow }))?.unattributed).toEqual(['q-2']);
    expect(asked.slice(3)).toEqual(['q-0', 'q-2']);
  });

  it('rests when its time is over, and goes on behind the page it read last', async () => {
    const instants = Array.from({ length: 300 }, (_, index) => DAY.window.start + index * SECOND_MS);
    const { close, listed, store } = await account(instants);
    expect(await close({ restsAfter: 2 * SECOND_MS })).toBeNull();
    expect(await store.read(workKey.closing(DAY.reportDate))).toBeNull();
    expect(await close({ restsAfter: 1 })).toBeNull();
    const closing = await close({ restsAfter: HOUR_MS });
    expect(listed).toEqual([0, 50, 100, 150, 200, 250]);
    expect(closing?.workGroups).toMatchObject([{ workGroup: 'primary', listed: 300, failure: null }]);
    expect(closing?.unattributed).toHaveLength(300);
    expect([...store.files.keys()].filter((key) => key.includes('listings'))).toEqual([]);
  });

  it('gives up a list that is not read in twenty hours, and says so', async () => {
    const instants = Array.from({ length: 200 }, (_, index) => DAY.window.start + index * SECOND_MS);
    const { close } = await account(instants, { pageMs: 8 * HOUR_MS });
    const closing = await close();
    expect(closing?.workGroups).toMatchObject([{ listed: 150, failure: expect.stringContaining('20 hours') }]);
    expect(closing?.unattributed).toHaveLength(150);
  });

  it('begins again when it rested long ago, or what was kept is no listing', async () => {
    const instants = Array.from({ length: 100 }, (_, index) => DAY.window.start + index * SECOND_MS);
    const { close, listed, pass, store } = await account(instants);
    await close({ restsAfter: 1 });
    pass(HOUR_MS);
    await close({ restsAfter: 1 });
    expect(listed).toEqual([0, 0]);
    store.files.set(`_work/listings/${DAY.reportDate}.json`, Buffer.from('{"schema":1'));
    expect((await close())?.workGroups).toMatchObject([{ listed: 100 }]);
    expect(listed).toEqual([0, 0, 0, 50]);
  });

  it('does not ask for more texts at once than memory should hold', async () => {
    const instants = Array.from({ length: 12_000 }, (_, index) => DAY.window.start - (index + 1) * SECOND_MS);
    const { close, store, asked } = await account(instants);
    expect((await close())?.unattributed).toEqual([]);
    expect(new Set(asked).size).toBe(12_000);
    expect(asked).toHaveLength(12_000);
    expect(
      [...store.files.keys()].filter((key) => key.startsWith('_work/evidence/2026-11-01/day/')).length,
    ).toBeLessThan(4);
  });
});
