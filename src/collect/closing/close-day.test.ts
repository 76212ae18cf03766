import { describe, expect, it } from 'vitest';
import { type ReportDay, reportDay } from '../../calendar/report-day.js';
import type {
  ExecutionLister,
  ExecutionSource,
  ExecutionWitness,
  WitnessedExecution,
} from '../../ports/execution-source.js';
import { decodeManifest } from '../../record/encode-manifest.js';
import { executionOf } from '../../record/evidence.fixture.js';
import { liveEvidence } from '../../tree/evidence/evidence-view.js';
import { readHour } from '../../tree/evidence/hour-evidence.js';
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
    askMs = 0,
    seen = [],
    beforeWrite = (_: string) => {},
    idsInMemory,
  }: {
    pageMs?: number;
    askMs?: number;
    /** What a system table tells, an hour between each batch and the next. */
    seen?: readonly (readonly WitnessedExecution[])[];
    beforeWrite?: (key: string) => void;
    idsInMemory?: number | undefined;
  } = {},
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
      now += askMs;
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
  const witness: ExecutionWitness = {
    async *witness() {
      for (const rows of seen) {
        yield rows;
        now += HOUR_MS;
      }
    },
  };
  const close = async ({ day = DAY, restsAfter }: { day?: ReportDay; restsAfter?: number } = {}) => {
    const collector = collectorOf(store, now, { executions: () => executions, clock });
    const listers = [
      { accountId: '111122223333', region: 'us-east-1', lister, ...(seen.length > 0 ? { witness } : {}) },
    ];
    const enrichment = await openEnrichment(collector, day.reportDate);
    const rest = restsAfter === undefined ? {} : { restsAt: now + restsAfter };
    const memory = idsInMemory === undefined ? {} : { idsInMemory };
    return closeDay(collector, { listers, exported: null }, { day, format: 'csv', enrichment, ...rest, ...memory });
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { store, close, asked, listed, pass };
}

describe.each([
  ['known ids in memory', undefined],
  ['lists that wait for the evidence to pass', -1],
])('closing a day, with %s', (_, idsInMemory) => {
  it('writes the hours of executions that CloudTrail never showed, whether anybody listens or not', async () => {
    const { store, close } = await account([DAY.window.start + 5.5 * HOUR_MS], { idsInMemory });
    expect((await close())?.unattributed).toEqual(['q-0']);
    const stored = await store.read(manifestKey({ reportDate: '2026-11-02', hour: 5 }));
    expect(decodeManifest(Buffer.from(stored?.bytes ?? []).toString())).toMatchObject({
      ledger: { unattributed: 1, rows: 1 },
    });
  });

  it('takes an hour whose manifest is damaged for one that failed, as one without: the day stays owed', async () => {
    const { store, close } = await account([DAY.window.start + 5.5 * HOUR_MS, DAY.window.start + 7.5 * HOUR_MS], {
      idsInMemory,
    });
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
    const { store, close } = await account(instants, { beforeWrite, idsInMemory });
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
    const { close, asked, pass } = await account(instants, { idsInMemory });
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
    const { close, listed, store } = await account(instants, { idsInMemory });
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
    const { close } = await account(instants, { idsInMemory, pageMs: 8 * HOUR_MS });
    const closing = await close();
    expect(closing?.workGroups).toMatchObject([{ listed: 150, failure: expect.stringContaining('20 hours') }]);
    expect(closing?.unattributed).toHaveLength(150);
  });

  it('begins again when it rested long ago, or what was kept is no listing', async () => {
    const instants = Array.from({ length: 100 }, (_, index) => DAY.window.start + index * SECOND_MS);
    const { close, listed, pass, store } = await account(instants, { idsInMemory });
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
    const { close, store, asked } = await account(instants, { idsInMemory });
    expect((await close())?.unattributed).toEqual([]);
    expect(new Set(asked).size).toBe(12_000);
    expect(asked).toHaveLength(12_000);
    expect(
      [...store.files.keys()].filter((key) => key.startsWith('_work/evidence/2026-11-01/day/')).length,
    ).toBeLessThan(4);
  });

  it('goes on where everything has its row when its time ends among thousands without, and counts no page twice', async () => {
    const instants = Array.from({ length: 7000 }, (_, index) => DAY.window.start - (index + 1) * SECOND_MS);
    instants[6990] = DAY.window.start + SECOND_MS;
    const { close, asked, listed } = await account(instants, { idsInMemory, pageMs: SECOND_MS, askMs: 2 * SECOND_MS });
    let closing = await close({ restsAfter: 280 * SECOND_MS });
    expect(closing).toBeNull();
    for (let round = 0; closing === null && round < 10; round++) closing = await close({ restsAfter: 280 * SECOND_MS });
    expect(closing).toMatchObject({ unattributed: ['q-6990'], workGroups: [{ listed: 7000 }] });
    // Where lists waited, those behind the last place that was kept are listed again; nobody is asked again.
    expect(listed.length > 140).toBe(idsInMemory !== undefined);
    expect(new Set(asked).size).toBe(7000);
    expect(asked).toHaveLength(7000);
  });

  it('keeps who submitted an execution, as a system table says, and takes a failure of its own for no failure of the table', async () => {
    const [ada, bob] = ['ada', 'bob'].map((name) => `arn:aws:iam::111122223333:user/${name}`) as [string, string];
    const seen = [
      [{ queryExecutionId: 'q-0', principalArn: ada, submittedAt: DAY.window.start }],
      [{ queryExecutionId: 'q-1', principalArn: bob, submittedAt: DAY.window.start }],
      [],
    ];
    let stops = false;
    const beforeWrite = (key: string) => {
      if (stops && key.startsWith('_work/evidence/')) throw new Error('no room left');
    };
    const instants = [DAY.window.start, DAY.window.start];
    const { close, store } = await account(instants, { idsInMemory, seen, beforeWrite });
    stops = true;
    await expect(close()).rejects.toThrow('no room left');
    stops = false;
    expect(await close()).toMatchObject({
      unattributed: ['q-0', 'q-1'],
      systemTables: [{ seen: 2, failure: null }],
    });
    const [hour] = DAY.hours;
    const { listed } = await readHour(liveEvidence(store), hour as ReportDay['hours'][number]);
    expect([...listed.values()].map(({ principalArn }) => principalArn)).toEqual([ada, bob]);
  });
});

describe('closing a day whose lists wait for the evidence to pass', () => {
  it('finds the same wherever it is stopped', async () => {
    // Forty minutes a page: what waits is compared after the second, and what was kept is gone on with.
    const instants = Array.from(
      { length: 120 },
      (_, index) => DAY.window.start + (index % 2 === 0 ? 1 : -1) * (index + 1) * SECOND_MS,
    );
    let [writes, stopsAt] = [0, Number.POSITIVE_INFINITY];
    const beforeWrite = () => {
      writes++;
      if (writes === stopsAt) throw new Error('Lambda ends here');
    };
    const options = { idsInMemory: -1, beforeWrite, pageMs: (2 / 3) * HOUR_MS };
    const hour = manifestKey({ reportDate: DAY.reportDate, hour: 0 });
    const calm = await account(instants, options);
    const expected = { unattributed: (await calm.close())?.unattributed, rows: await rowsIn(calm.store, hour) };
    expect(expected.rows).toMatchObject({ rows: 60, unattributed: 60 });
    const total = writes;
    expect(total).toBeGreaterThan(7);
    for (stopsAt = 1; stopsAt <= total; stopsAt++) {
      writes = 0;
      const { close, store } = await account(instants, options);
      await expect(close()).rejects.toThrow('Lambda ends here');
      expect({ unattributed: (await close())?.unattributed, rows: await rowsIn(store, hour) }).toEqual(expected);
    }
  });
});

/** What the ledger of an hour says. */
async function rowsIn(store: ReturnType<typeof createMemoryStore>, key: string) {
  const stored = await store.read(key);
  const manifest = decodeManifest(Buffer.from(stored?.bytes ?? []).toString());
  return typeof manifest === 'string' ? manifest : manifest.ledger;
}
