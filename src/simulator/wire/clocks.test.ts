import { expect, test } from 'vitest';
import { createRunningClock, createVirtualClock } from './clocks.js';

test('a virtual clock wakes sleepers in the order of their time, without waiting', async () => {
  const clock = createVirtualClock({ startsAt: 1_000 });
  const woken: [string, number][] = [];
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms);
    woken.push([name, clock.now()]);
  };
  await Promise.all([sleep('day', 86_400_000), sleep('second', 1_000), sleep('at once', 0)]);
  expect(woken).toEqual([
    ['at once', 1_000],
    ['second', 2_000],
    ['day', 86_401_000],
  ]);
});

test('a virtual clock does not move while it is held', async () => {
  const clock = createVirtualClock({ startsAt: 0 });
  const release = clock.hold();
  let isAwake = false;
  const sleeping = clock.sleep(5).then(() => {
    isAwake = true;
  });
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(isAwake).toBe(false);
  release();
  await sleeping;
  expect(clock.now()).toBe(5);
});

test('sleep ends with the reason of the signal', async () => {
  for (const clock of [createVirtualClock({ startsAt: 0 }), createRunningClock({ startsAt: 0 })]) {
    const controller = new AbortController();
    const release = clock.hold?.();
    const sleeping = clock.sleep(60_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow('enough');
    release?.();
  }
});

test('a running clock starts at its instant and runs at its rate', async () => {
  const clock = createRunningClock({ startsAt: 1_000_000, rate: 100_000 });
  await clock.sleep(500_000);
  expect(clock.now()).toBeGreaterThanOrEqual(1_500_000 - 100_000);
});
