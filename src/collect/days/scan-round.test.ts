import { describe, expect, it } from 'vitest';
import { addDays, type ReportDay, reportDay } from '../../calendar/report-day.js';
import type { Window } from '../../calendar/window.js';
import type { Start } from '../../cloudtrail/start.js';
import type { Progress, ProgressEvent } from '../../ports/progress.js';
import type { DividedSource, EvidenceBatch, StartSource } from '../../ports/start-source.js';
import { startOf } from '../../record/evidence.fixture.js';
import { liveEvidence } from '../../tree/evidence/evidence-view.js';
import { readHour } from '../../tree/evidence/hour-evidence.js';
import { keepDeliveries } from '../../tree/files/deliveries.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import { collectHour } from './collect-hour.js';
import { HOURS_AT_ONCE, type LookBackOutcome, lookBackRound } from './look-back.js';
import { type DivisionLimits, divisionFrom } from './part-plan.js';
import { type ScanOutcome, scanRound } from './scan-round.js';

const DAY = reportDay('2026-06-10', 'America/New_York');
const NOW = Date.parse('2026-06-11T05:00:00Z');
const HOUR_MS = 3_600_000;
const BEFORE = reportDay('2026-06-09', 'America/New_York');

/** What lies there comes in two parts of a hundred files. */
const PARTS: DividedSource = {
  async *parts() {
    yield { after: null, to: 'k', files: 100, bytes: 1 };
    yield { after: 'k', to: null, files: 100, bytes: 1 };
  },
  join: () => ({ notRead: [], deliveries: [] }),
  async *goneFolders() {},
};

/** A source with a start in the middle of every hour; reading an hour takes `msPerHour` of the clock. */
function createWorld(options: { msPerHour?: number; principal?: Start['principal']; isLarge?: boolean } = {}) {
  const store = createMemoryStore();
  let now = NOW;
  const reads: number[] = [];
  const shown = options.principal ? { principal: options.principal } : {};
  const starts = { perHour: 1 };
  const clock = {
    msPerHour: options.msPerHour ?? 0,
    advance: (ms: number) => {
      now += ms;
    },
    now: () => now,
    // Only the end of a round sleeps here, and the clock is moved by reading alone.
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  };
  const source: StartSource = {
    account: () => ({ kind: 'lookup-events', accountId: null, region: 'us-east-1', counts: {} }),
    async *scan(window: Window, { cursor }): AsyncGenerator<EvidenceBatch> {
      for (let at = typeof cursor === 'number' ? cursor : window.start; at < window.end; at += HOUR_MS) {
        now += clock.msPerHour;
        reads.push(at);
        const items = Array.from({ length: starts.perHour }, (_, index) =>
          startOf({
            eventId: `${at}-${index}`,
            queryExecutionId: `q-${at}-${index}`,
            eventTime: at + HOUR_MS / 2,
            ...shown,
          }),
        );
        yield { items, covered: [{ start: at, end: at + HOUR_MS }], cursor: at + HOUR_MS };
      }
    },
    ...(options.isLarge ? { divided: PARTS } : {}),
  };
  const sources = startsFrom(source);
  const round = ({
    restsAfterMs = 60_000,
    isLookBack = false,
    progress = () => {},
    ...options
  }: {
    day?: ReportDay;
    round?: number;
    holder?: string;
    restsAfterMs?: number;
    after?: string;
    isLookBack?: boolean;
    sharesQuota?: boolean;
    division?: DivisionLimits | null;
    progress?: Progress;
  } = {}) =>
    (isLookBack ? lookBackRound : scanRound)(
      { ...collectorOf(store, now, { progress }), clock, random: () => 0.5, newStop: () => new AbortController() },
      sources,
      {
        day: DAY,
        round: 0,
        holder: 'day-2026-06-10',
        restsAt: now + restsAfterMs,
        endsAt: now + 900_000,
        sharesQuota: true,
        division: null,
        after: '',
        ...options,
      },
    );
  /** Writes the hours that a round named, as the hour function would. */
  const write = async (outcome: ScanOutcome, day: ReportDay) => {
    for (const { report_date, hour: label } of outcome.state === 'done' ? outcome.hours : []) {
      const hour = day.hours.find((one) => one.reportDate === report_date && one.hour === label);
      const task = { day, format: 'csv' as const, isScanned: true };
      if (hour) await collectHour(collectorOf(store, now, { clock }), sources, { ...task, hour });
    }
  };
  return { store, reads, starts, clock, round, write };
}

const HOURS = DAY.hours.map(({ hour }) => ({ report_date: '2026-06-10', hour }));

describe('a round of a scan', () => {
  it('reads the day, puts every hour’s starts where they belong, and names the hours', async () => {
    const { store, round } = createWorld();
    expect(await round()).toEqual({ state: 'done', hours: HOURS });
    for (const hour of DAY.hours) expect((await readHour(liveEvidence(store), hour)).starts).toHaveLength(1);
  });

  it('stops when its time is over and goes on in the next, reading nothing twice', async () => {
    const { reads, round } = createWorld({ msPerHour: 5_000 });
    const outcomes = [];
    for (let number = 0; outcomes.at(-1)?.state !== 'done' && number < 20; number++) {
      outcomes.push(await round({ round: number, restsAfterMs: 35_000 }));
    }
    expect(outcomes.map(({ state }) => state)).toEqual(['more', 'more', 'more', 'done']);
    expect(new Set(reads).size).toBe(24);
    expect(reads).toHaveLength(24);
  });

  it('puts days into their hours as soon as they are read, before the scan is at its end', async () => {
    const { store, round, write } = createWorld({ msPerHour: 5_000 });
    await write(await round({ day: BEFORE, restsAfterMs: 600_000 }), BEFORE);
    for (let number = 0; number < 6; number++) {
      expect(await round({ round: number, restsAfterMs: 35_000 })).toEqual({ state: 'more' });
    }
    const stored = await Promise.all(BEFORE.hours.map((hour) => readHour(liveEvidence(store), hour)));
    expect(stored.every(({ reading }) => reading !== null)).toBe(true);
    expect([...store.files.keys()].some((key) => key.startsWith('_work/evidence/2026-06-09/day'))).toBe(true);
  });

  it('lets another day wait until it is done', async () => {
    const { round } = createWorld({ msPerHour: 5_000 });
    expect(await round({ restsAfterMs: 35_000 })).toEqual({ state: 'more' });
    expect(await round({ holder: 'day-2026-06-09' })).toMatchObject({ state: 'wait' });
    await round({ round: 1, restsAfterMs: 600_000 });
    expect(await round({ holder: 'day-2026-06-09', restsAfterMs: 600_000 })).toMatchObject({ state: 'done' });
  });

  it('lets nobody wait when the days share no quota', async () => {
    const { round } = createWorld({ msPerHour: 5_000 });
    await round({ restsAfterMs: 35_000, sharesQuota: false });
    expect(await round({ holder: 'other', sharesQuota: false, restsAfterMs: 600_000 })).toMatchObject({
      state: 'done',
    });
  });

  it('reads collected days before it again while they are fresh, and names their hours that gained starts', async () => {
    const { reads, starts, round, write } = createWorld();
    await write(await round({ day: BEFORE }), BEFORE);
    expect(await round()).toEqual({ state: 'done', hours: HOURS });
    expect(new Set(reads).size).toBe(48);
    starts.perHour = 2;
    const outcome = await round();
    expect(outcome).toMatchObject({ hours: expect.arrayContaining([{ report_date: '2026-06-09', hour: 5 }]) });
    expect(outcome).toMatchObject({ hours: { length: 48 } });
  });

  it('names them again when the run that stored them died before it wrote them', async () => {
    const { starts, round, write } = createWorld();
    await write(await round({ day: BEFORE }), BEFORE);
    starts.perHour = 2;
    await round();
    const outcome = await round();
    expect(outcome).toMatchObject({ hours: { length: 48 } });
    await write(outcome, BEFORE);
    expect(await round()).toEqual({ state: 'done', hours: HOURS });
  });

  it('gets on even when a checkpoint comes after the time to rest', async () => {
    const { round } = createWorld({ msPerHour: 20_000 });
    const outcomes = [];
    for (let number = 0; outcomes.at(-1)?.state !== 'done' && number < 60; number++) {
      outcomes.push(await round({ round: number, restsAfterMs: 1 }));
    }
    expect(outcomes.at(-1)).toMatchObject({ state: 'done' });
  });
});

describe('a round of looking back', () => {
  const collected = async (count: number, options: { readonly isLarge?: boolean } = {}) => {
    // A principal without ids: what a day shows of ids is news for the days beside it, and no matter here.
    const principal = { ...startOf().principal, principalId: null, issuerPrincipalId: null };
    const world = createWorld({ principal, ...options });
    for (let back = count; back > 0; back--) {
      const day = reportDay(addDays(DAY.reportDate, -back), DAY.timezone);
      await world.write(await world.round({ day }), day);
    }
    world.reads.length = 0;
    return world;
  };

  it('finds late events of all collected days of a month, once a week, in whichever run comes first', async () => {
    const { reads, starts, round } = await collected(6);
    starts.perHour = 2;
    // Of a day of last month, as a back-fill or a day that was owed would be.
    const first = { isLookBack: true, day: reportDay('2026-05-02', DAY.timezone), holder: 'day-2026-05-02' };
    const outcome = (await round(first)) as LookBackOutcome;
    expect(outcome).toMatchObject({ state: 'done', hours: { length: HOURS_AT_ONCE }, next: '2026-06-07 23' });
    expect(new Set(reads).size).toBe(6 * 24);
    reads.length = 0;
    const rest = await round({ ...first, after: outcome.next ?? '' });
    expect(rest).toMatchObject({ state: 'done', hours: { length: 6 * 24 - HOURS_AT_ONCE } });
    expect(rest).not.toHaveProperty('next');
    expect(await round({ isLookBack: true })).toEqual({ state: 'done', hours: [] });
    expect(reads).toEqual([]);
  });

  it('clears away what one that failed in an earlier week has left', async () => {
    const { store, round } = await collected(2);
    const key = '_work/scan/back-2026-05-20-part-0123456789abcdef01234567.json';
    for (const left of [key, '_work/scan/back-2026-05-20.json']) store.files.set(left, Buffer.from('{}'));
    expect(await round({ isLookBack: true })).toEqual({ state: 'done', hours: [] });
    expect([...store.files.keys()].filter((name) => name.startsWith('_work/scan/'))).toEqual([]);
  });

  it('is due again for the next run when its last hours were never asked for', async () => {
    const { starts, clock, round } = await collected(6);
    starts.perHour = 2;
    await round({ isLookBack: true });
    expect(await round({ isLookBack: true, holder: 'another' })).toEqual({ state: 'done', hours: [] });
    clock.advance(HOUR_MS);
    expect(await round({ isLookBack: true, holder: 'another' })).toMatchObject({ hours: { length: HOURS_AT_ONCE } });
  });

  it('is made up for by the next run when it failed', async () => {
    const { store, clock, starts, round } = await collected(6);
    starts.perHour = 2;
    const { write } = store;
    store.write = async () => {
      throw new Error('the bucket is away');
    };
    await expect(round({ isLookBack: true })).rejects.toThrow('the bucket is away');
    store.write = write;
    clock.advance(24 * HOUR_MS);
    const day = reportDay('2026-06-11', DAY.timezone);
    expect(await round({ isLookBack: true, day, holder: 'next' })).toMatchObject({ hours: { length: HOURS_AT_ONCE } });
  });

  it('comes a day later where a log file of a day could not be read that the daily run does not list, and says so', async () => {
    const { store, clock, reads, round } = await collected(6);
    const told: string[] = [];
    const progress = (event: ProgressEvent) => event.kind === 'warning' && told.push(event.message);
    const back = { isLookBack: true, progress };
    expect(await round(back)).toEqual({ state: 'done', hours: [] });
    clock.advance(24 * HOUR_MS);
    reads.length = 0;
    expect(await round({ ...back, holder: 'next' })).toEqual({ state: 'done', hours: [] });
    expect(reads).toEqual([]);
    const unread = { place: 's3://trail', date: '2026-06-05', listed: 5, read: 4 };
    await keepDeliveries(store, [unread], { now: clock.now() });
    await round({ ...back, holder: 'next' });
    expect(reads.length).toBeGreaterThan(0);
    expect(told).toEqual([
      'the last 31 days are read again, for 1 log file that was delivered on 2026-06-05 could not be read before',
    ]);
  });

  it('hands out parts where they hold ten times as much as a day that is divided, and leaves it to nobody else while they are read', async () => {
    const { clock, round } = await collected(6, { isLarge: true });
    const back = { isLookBack: true, sharesQuota: false };
    const parts = { state: 'parts', parts: 2 };
    expect(await round({ ...back, division: divisionFrom(20), holder: 'first' })).toMatchObject(parts);
    clock.advance(11 * HOUR_MS);
    expect(await round({ ...back, division: divisionFrom(20), holder: 'another' })).toEqual({
      state: 'done',
      hours: [],
    });
    clock.advance(2 * HOUR_MS);
    expect(await round({ ...back, division: divisionFrom(20), holder: 'another' })).toMatchObject(parts);
    // One file more would be needed.
    const whole = await collected(6, { isLarge: true });
    expect(await whole.round({ ...back, division: divisionFrom(21) })).toEqual({ state: 'done', hours: [] });
  });

  it('has nothing to do in a new tree, and stays due', async () => {
    const { reads, round } = createWorld();
    expect(await round({ isLookBack: true })).toEqual({ state: 'done', hours: [] });
    expect(reads).toEqual([]);
  });

  it('passes over days that were never collected', async () => {
    const { store, round } = await collected(6);
    for (const key of [...store.files.keys()])
      if (/^(year=.*day=07|_work\/evidence\/2026-06-07)/.test(key)) store.files.delete(key);
    expect(await round({ isLookBack: true })).toEqual({ state: 'done', hours: [] });
    expect([...store.files.keys()].filter((key) => key.startsWith('_work/evidence/2026-06-07'))).toEqual([]);
    expect([...store.files.keys()].filter((key) => key.startsWith('_work/scan/'))).toEqual([]);
  });

  it('lets days that wait have the quota between its rounds, goes on after midnight, and is one at a time', async () => {
    const { reads, clock, round } = await collected(6);
    const next = reportDay('2026-06-11', DAY.timezone);
    const other = { day: next, holder: 'day-2026-06-11' };
    const back = { isLookBack: true, restsAfterMs: 60_000 };
    clock.msPerHour = 5_000;
    clock.advance(22.8 * HOUR_MS);
    expect(await round(back)).toEqual({ state: 'wait', wait_seconds: 300 });
    expect(await round({ ...other, restsAfterMs: 20_000 })).toEqual({ state: 'more' });
    expect(await round({ ...back, round: 1 })).toMatchObject({ state: 'wait', wait_seconds: expect.any(Number) });
    while ((await round(other)).state !== 'done');
    // It is the next day by now: another run might look back, too.
    clock.advance(15 * 60_000);
    expect(await round({ ...back, ...other })).toEqual({ state: 'done', hours: [] });
    let outcome = await round({ ...back, round: 2 });
    for (let number = 3; outcome.state !== 'done' && number < 20; number++)
      outcome = await round({ ...back, round: number });
    expect(outcome).toEqual({ state: 'done', hours: [] });
    expect(new Set(reads).size).toBe(7 * 24);
  });
});
