import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { heldSince, LOOK_BACK_LEASE, LOOKUP_LEASE, releaseLease, takeLease } from './lease.js';

const NOW = Date.parse('2026-11-02T06:00:00Z');
const MINUTE = 60_000;

function lessor() {
  const store = createMemoryStore();
  const take = (holder: string, { now = NOW, round = 0, random = 0.5 } = {}) =>
    takeLease({ store, key: LOOKUP_LEASE, holder, now, until: now + 16 * MINUTE, round, random: () => random });
  return { store, take };
}

describe('the lease on the LookupEvents quota', () => {
  it('goes to the first day; the others wait', async () => {
    const { take } = lessor();
    expect(await take('day-1')).toBeNull();
    expect(await take('day-2')).toEqual({ waitSeconds: 12 });
  });

  it('stays with its holder, round after round', async () => {
    const { take } = lessor();
    await take('day-1');
    expect(await take('day-1', { now: NOW + 14 * MINUTE, round: 1 })).toBeNull();
    expect(await take('day-2', { now: NOW + 17 * MINUTE })).not.toBeNull();
  });

  it('passes on when it is given back, or when its holder is silent for too long', async () => {
    const { store, take } = lessor();
    await take('day-1');
    await releaseLease(store, { key: LOOKUP_LEASE, holder: 'day-1' });
    expect(await take('day-2')).toBeNull();
    expect(await take('day-3', { now: NOW + 17 * MINUTE })).toBeNull();
  });

  it('cannot be given back by somebody who does not hold it', async () => {
    const { store, take } = lessor();
    await take('day-1');
    await releaseLease(store, { key: LOOKUP_LEASE, holder: 'day-2' });
    expect(await take('day-2')).not.toBeNull();
  });

  it('lets waits grow to some minutes and no further, spread by chance', async () => {
    const { take } = lessor();
    await take('day-1');
    const waits = [];
    for (const round of [0, 1, 2, 4, 10, 1000])
      waits.push((await take('day-2', { round, random: 0.999 }))?.waitSeconds);
    expect(waits).toEqual([15, 30, 60, 240, 240, 240]);
    expect(await take('day-2', { round: 1000, random: 0 })).toEqual({ waitSeconds: 120 });
  });

  it('is known to be held by its holder, while it lasts, and under its own key only', async () => {
    const { store, take } = lessor();
    await take('day-1');
    const asks = { key: LOOKUP_LEASE, holder: 'day-1', now: NOW + MINUTE };
    expect(await heldSince(store, asks)).toBe(NOW);
    expect(await heldSince(store, { ...asks, holder: 'day-2' })).toBeNull();
    expect(await heldSince(store, { ...asks, now: NOW + 17 * MINUTE })).toBeNull();
    expect(await heldSince(store, { ...asks, key: LOOK_BACK_LEASE })).toBeNull();
    // Taken again in time it counts from its beginning; after a break from then on.
    await take('day-1', { now: NOW + 10 * MINUTE });
    expect(await heldSince(store, { ...asks, now: NOW + 20 * MINUTE })).toBe(NOW);
    await take('day-1', { now: NOW + 60 * MINUTE });
    expect(await heldSince(store, { ...asks, now: NOW + 60 * MINUTE })).toBe(NOW + 60 * MINUTE);
  });

  it('goes to one of many that ask at the same moment', async () => {
    const { take } = lessor();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => take(`day-${index}`)));
    expect(answers.filter((answer) => answer === null)).toHaveLength(1);
  });
});
