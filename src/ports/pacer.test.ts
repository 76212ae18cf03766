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

  it('pauses and slows down when throttled, more when it happens again soon, once for calls that were on the way together, and recovers', async () => {
    const clock = testClock();
    const pacer = createPacer({ ratePerSecond: 2, clock, random: () => 0 });
    await pacer.acquire();
    pacer.throttled();
    pacer.throttled();
    expect(pacer.stats()).toMatchObject({ throttled: 2, ratePerSecond: 1.8 });
    await pacer.acquire();
    expect(clock.now()).toBe(1000);
    pacer.throttled();
    expect(pacer.stats().ratePerSecond).toBeCloseTo(1.26);
    for (let call = 0; call < 100; call++) pacer.succeeded();
    expect(pacer.stats().ratePerSecond).toBe(2);
    for (let call = 0; call < 100; call++) {
      clock.advance(5000);
      pacer.throttled();
    }
    expect(pacer.stats().ratePerSecond).toBeCloseTo(0.1);
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
