import { describe, expect, it } from 'vitest';
import { reportDay } from '../calendar/report-day.js';
import type { Window } from '../calendar/window.js';
import { readHourEvidence } from '../collect/hour-evidence.js';
import { createMemoryStore } from '../collect/memory-store.fixture.js';
import type { EvidenceBatch, StartSource } from '../collect/ports.js';
import { startOf } from '../record/evidence.fixture.js';
import { manifestKey } from '../record/report-path.js';
import { scanRound } from './scan-round.js';

const DAY = reportDay('2026-06-10', 'America/New_York');
const NOW = Date.parse('2026-06-11T05:00:00Z');
const HOUR_MS = 3_600_000;

/** A source with a start in the middle of every hour; reading an hour takes `msPerHour` of the clock. */
function createWorld({ msPerHour = 0 } = {}) {
  const store = createMemoryStore();
  let now = NOW;
  const reads: number[] = [];
  const starts = { perHour: 1 };
  const clock = {
    now: () => now,
    // Only the end of a round sleeps here, and the clock is moved by reading alone.
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  };
  const source: StartSource = {
    account: () => ({ kind: 'lookup-events', accountId: null, region: 'us-east-1', counts: {} }),
    async *scan(window: Window, { cursor }): AsyncGenerator<EvidenceBatch> {
      for (let at = typeof cursor === 'number' ? cursor : window.start; at < window.end; at += HOUR_MS) {
        now += msPerHour;
        reads.push(at);
        const items = Array.from({ length: starts.perHour }, (_, index) =>
          startOf({ eventId: `${at}-${index}`, queryExecutionId: `q-${at}-${index}`, eventTime: at + HOUR_MS / 2 }),
        );
        yield { items, covered: [{ start: at, end: at + HOUR_MS }], cursor: at + HOUR_MS };
      }
    },
  };
  const round = (options: { round?: number; holder?: string; budgetMs?: number; sharesQuota?: boolean } = {}) =>
    scanRound({
      day: DAY,
      round: 0,
      holder: 'day-2026-06-10',
      budgetMs: 60_000,
      sharesQuota: true,
      store,
      source,
      linkSource: null,
      clock,
      random: () => 0.5,
      progress: () => {},
      ...options,
    });
  return { store, reads, starts, round };
}

const HOURS = DAY.hours.map(({ hour }) => ({ report_date: '2026-06-10', hour }));

describe('a round of a scan', () => {
  it('reads the day, puts every hour’s starts where they belong, and names the hours', async () => {
    const { store, round } = createWorld();
    expect(await round()).toEqual({ state: 'done', hours: HOURS });
    for (const hour of DAY.hours) expect((await readHourEvidence(store, hour)).evidence.starts).toHaveLength(1);
  });

  it('stops when its time is over and goes on in the next, reading nothing twice', async () => {
    const { reads, round } = createWorld({ msPerHour: 5_000 });
    const outcomes = [];
    for (let number = 0; outcomes.at(-1)?.state !== 'done' && number < 20; number++) {
      outcomes.push(await round({ round: number, budgetMs: 50_000 }));
    }
    expect(outcomes.map(({ state }) => state)).toEqual(['more', 'more', 'more', 'done']);
    expect(new Set(reads).size).toBe(24);
    expect(reads).toHaveLength(24);
  });

  it('lets another day wait until it is done', async () => {
    const { round } = createWorld({ msPerHour: 5_000 });
    expect(await round({ budgetMs: 50_000 })).toEqual({ state: 'more' });
    expect(await round({ holder: 'day-2026-06-09' })).toMatchObject({ state: 'wait' });
    await round({ round: 1, budgetMs: 600_000 });
    expect(await round({ holder: 'day-2026-06-09', budgetMs: 600_000 })).toMatchObject({ state: 'done' });
  });

  it('lets nobody wait when the days share no quota', async () => {
    const { round } = createWorld({ msPerHour: 5_000 });
    await round({ budgetMs: 50_000, sharesQuota: false });
    expect(await round({ holder: 'other', sharesQuota: false, budgetMs: 600_000 })).toMatchObject({ state: 'done' });
  });

  it('reads collected days before it again while they are fresh, and names their hours that gained starts', async () => {
    const { store, reads, starts, round } = createWorld();
    const before = reportDay('2026-06-09', 'America/New_York');
    const [first] = before.hours;
    if (first) await store.write(manifestKey(first), Buffer.from('{}'), { absent: true });
    const outcome = await round();
    expect(new Set(reads).size).toBe(48);
    expect(outcome).toEqual({
      state: 'done',
      hours: [...before.hours.map(({ hour }) => ({ report_date: '2026-06-09', hour })), ...HOURS],
    });
    expect(await round()).toEqual({ state: 'done', hours: HOURS });
    starts.perHour = 2;
    expect(await round()).toMatchObject({ hours: expect.arrayContaining([{ report_date: '2026-06-09', hour: 5 }]) });
  });
});
