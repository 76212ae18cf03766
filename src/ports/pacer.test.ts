import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from './clock.js';
import { createPacer } from './pacer.js';

/** Sleeping moves the clock; `late` is by how much sleepers oversleep. */
function testClock(late = 0): Clock & { advance(ms: number): void } {
  let now = 0;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      now += ms + late;
    },
  };
}

describe('createPacer', () => {
  it('spaces calls evenly and lets the first through at once', async () => {
    const clock = testClock();
    const pacer = createPacer({ ratePerSecond: 2, clock, random: () => 0 });
    const times: number[] = [];
    for (let call = 0; call < 5; call++) {
      await pacer.acquire();
      times.push(clock.now());
    }
    expect(times).toEqual([0, 500, 1000, 1500, 2000]);
    expect(pacer.stats()).toMatchObject({ calls: 5, throttled: 0, waitedMs: 2000, ratePerSecond: 2 });
  });

  it('lets a burst through after a rest, and never more than the quota over any stretch', async () => {
    const clock = testClock();
    const pacer = createPacer({ ratePerSecond: 10, burst: 5, clock, random: () => 0 });
    const times: number[] = [];
    for (let call = 0; call < 30; call++) {
      await pacer.acquire();
      times.push(clock.now());
      if (call === 20) clock.advance(10_000);
    }
    expect(times.filter((time) => time === 0)).toHaveLength(5);
    for (const [index, from] of times.entries()) {
      for (const [later, to] of times.entries()) {
        if (later > index) expect(later - index + 1).toBeLessThanOrEqual(5 + ((to - from) / 1000) * 10 + 1e-6);
      }
    }
  });

  it('never passes a token bucket of the quota, whoever asks and however late sleepers wake', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 40 }),
        fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 40 }),
        async (late, rests) => {
          const clock = testClock(late);
          const pacer = createPacer({ ratePerSecond: 2, clock, random: () => 0 });
          let tokens = 1;
          let last = 0;
          for (const rest of rests) {
            await pacer.acquire();
            tokens = Math.min(1, tokens + ((clock.now() - last) / 1000) * 2) - 1;
            last = clock.now();
            expect(tokens).toBeGreaterThanOrEqual(-1e-9);
            clock.advance(rest);
          }
        },
      ),
    );
  });

  it('keeps the order of those who wait', async () => {
    const clock = testClock();
    const pacer = createPacer({ ratePerSecond: 1, clock, random: () => 0 });
    const order: string[] = [];
    await Promise.all(
      ['a', 'b', 'c'].map(async (name) => order.push(`${name}${await pacer.acquire().then(() => clock.now())}`)),
    );
    expect(order).toEqual(['a0', 'b1000', 'c2000']);
  });

  it('takes a throttle that stands alone for chance: it neither pauses nor slows down', async () => {
    const clock = testClock();
    const pacer = createPacer({ ratePerSecond: 2, clock, random: () => 0 });
    for (let call = 0; call < 5; call++) {
      await pacer.acquire();
      pacer.throttled();
      clock.advance(31_000);
    }
    expect(pacer.stats()).toMatchObject({ throttled: 5, waitedMs: 0, ratePerSecond: 2 });
  });

  it('pauses and slows down when throttled again soon, once for calls that were on the way together', async () => {
    const clock = testClock();
    const pacer = createPacer({ ratePerSecond: 20, clock, random: () => 0 });
    await pacer.acquire();
    for (let call = 0; call < 3; call++) pacer.throttled();
    expect(pacer.stats()).toMatchObject({ throttled: 3, ratePerSecond: 18 });
    await pacer.acquire();
    expect(clock.now()).toBe(250);
    pacer.throttled();
    expect(pacer.stats().ratePerSecond).toBeCloseTo(16.2);
    for (let call = 0; call < 200; call++) {
      clock.advance(5000);
      pacer.throttled();
    }
    expect(pacer.stats().ratePerSecond).toBeCloseTo(1);
  });

  it('comes back to where it was throttled, stays near it, and tries for all of the quota a minute later', async () => {
    const clock = testClock();
    const pacer = createPacer({ ratePerSecond: 2, clock, random: () => 0 });
    pacer.throttled();
    pacer.throttled();
    const rates: number[] = [];
    for (let second = 0; second <= 90; second++) {
      pacer.succeeded();
      rates.push(pacer.stats().ratePerSecond);
      clock.advance(1000);
    }
    expect([0, 10, 20, 30, 90].map((second) => rates[second]?.toFixed(2))).toEqual([
      '1.80',
      '1.97',
      '2.00',
      '2.00',
      '2.00',
    ]);

    // Throttled at 1.8, then below that: others take more than before, and it stays below longer.
    for (let throttle = 0; throttle < 8; throttle++) {
      clock.advance(1000);
      pacer.throttled();
    }
    const low = pacer.stats().ratePerSecond;
    const again: number[] = [];
    for (let second = 0; second <= 60; second++) {
      pacer.succeeded();
      again.push(pacer.stats().ratePerSecond);
      clock.advance(1000);
    }
    expect(low).toBeLessThan(1);
    expect(again.every((rate, second) => second === 0 || rate >= (again[second - 1] ?? 0))).toBe(true);
    // It was throttled at 0.96 last: for twenty seconds around that it takes no more than a few hundredths.
    expect((again[25] ?? 0) - (again[10] ?? 0)).toBeLessThan(0.1);
    expect(again[60]).toBeGreaterThan(1.5);
  });

  it('lets go of a caller whose signal fires, and serves the others', async () => {
    const clock = testClock();
    const pacer = createPacer({ ratePerSecond: 1, clock, random: () => 0 });
    const stop = new AbortController();
    const waits = [pacer.acquire(), pacer.acquire(stop.signal), pacer.acquire()];
    stop.abort(new Error('enough'));
    const results = await Promise.allSettled(waits);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(pacer.stats().calls).toBe(2);
  });
});
