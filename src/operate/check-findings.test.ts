import { expect, it } from 'vitest';
import { closedDay } from '../tree/daily/closed-day.fixture.js';
import { checkFindings } from './check-findings.js';

it('tells the file of a whole day that is older than its hours, until it is made anew', async () => {
  const { store, collect, compact } = await closedDay();
  const clock = { now: () => Date.UTC(2026, 8, 5), sleep: async () => {} };
  const check = async () => (await checkFindings({ store, clock })).message;
  expect(await check()).toBe('no finding of the last 45 days is open');
  await compact();
  expect(await check()).toBe('no finding of the last 45 days is open');
  await collect([1, 5, 23, 7], 'b');
  expect(await check()).toMatch(/^Files of whole days that are older than their hours \(1\): daily\/date=2026-09-02\//);
  await compact();
  expect(await check()).toBe('no finding of the last 45 days is open');
});
