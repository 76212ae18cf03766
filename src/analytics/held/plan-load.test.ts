import { describe, expect, it } from 'vitest';
import { EMPTY_BYTES, type LoadedSpan, MOST_LOADED, newestThatFit, planLoad } from './plan-load.js';

const MB = 1_000_000;
/** Thirty days of 10 MB each. */
const days = Array.from({ length: 30 }, (_, index) => ({
  date: `2026-11-${String(index + 1).padStart(2, '0')}`,
  hours: 24,
  bytes: 10 * MB,
}));
const day = (number: number) => `2026-11-${String(number).padStart(2, '0')}`;
const span = (from: number, to: number) => ({ from: day(from), to: day(to) });
const loaded = (from: number, to: number): LoadedSpan => ({
  ...span(from, to),
  bytes: EMPTY_BYTES + (to - from + 1) * 10 * MB,
});
const plan = (from: number, to: number, holds: { limit: number; loaded?: readonly LoadedSpan[] }) =>
  planLoad({ days, limitBytes: holds.limit * MB, loaded: holds.loaded ?? [], span: span(from, to) });

describe('the plan of a load', () => {
  it('loads the days beside the newest, of which fewer are held then', () => {
    expect(plan(3, 6, { limit: 120 })).toEqual({ kind: 'load', letGo: [], bytes: EMPTY_BYTES + 40 * MB, days: 4 });
  });

  it('is none where the newest days reach there', () => {
    expect(plan(25, 26, { limit: 120 })).toEqual({ kind: 'newest', letGo: [] });
  });

  it('lets days go where the newest reach there without them, those looked at longest ago first', () => {
    const [old, older] = [loaded(1, 2), loaded(5, 6)];
    // Of 120 MB, 63 are left beside both: five days; of 92 beside one: eight; of all: eleven.
    expect(plan(23, 30, { limit: 120, loaded: [old, older] })).toEqual({ kind: 'newest', letGo: [old] });
    expect(plan(20, 30, { limit: 120, loaded: [old, older] })).toEqual({ kind: 'newest', letGo: [old, older] });
  });

  it('refuses what is too large beside two of the newest days, whatever is let go', () => {
    expect(plan(1, 8, { limit: 110, loaded: [loaded(9, 9)] })).toMatchObject({ kind: 'refused', days: 8 });
    expect(plan(1, 7, { limit: 110, loaded: [loaded(9, 9)] })).toMatchObject({ kind: 'load', days: 7 });
    expect(plan(1, 1, { limit: 0 })).toMatchObject({ kind: 'refused' });
  });

  it('leaves the newest days half of the room before it lets loaded days go, as few as it must', () => {
    const holds = { limit: 200, loaded: [loaded(1, 2), loaded(5, 6)] };
    expect(plan(9, 9, holds)).toMatchObject({ kind: 'load', letGo: [] });
    expect(plan(9, 12, holds)).toMatchObject({ kind: 'load', letGo: [holds.loaded[0]] });
    expect(plan(8, 14, holds)).toMatchObject({ kind: 'load', letGo: holds.loaded });
  });

  it('keeps nothing twice, and not more databases open than a few', () => {
    expect(plan(3, 6, { limit: 900, loaded: [loaded(4, 5)] })).toEqual({ kind: 'newest', letGo: [] });
    expect(plan(3, 6, { limit: 200, loaded: [loaded(4, 5), loaded(1, 1)] })).toMatchObject({ letGo: [loaded(4, 5)] });
    const many = Array.from({ length: MOST_LOADED }, (_, index) => ({ ...span(index + 1, index + 1), bytes: 1 }));
    expect(plan(9, 9, { limit: 200, loaded: many })).toMatchObject({ letGo: [many[0]] });
  });

  it('always stays within the bound with two of the newest days, and loads what was asked', () => {
    for (let limit = 0; limit <= 330; limit += 7)
      for (let from = 1; from <= 30; from++)
        for (let to = from; to <= 30; to += 3) {
          const before = [loaded(2, 3), loaded(9, 12), loaded(4, 4)];
          const made = plan(from, to, { limit, loaded: before });
          if (made.kind === 'refused') continue;
          const rest = before.filter((one) => !made.letGo.includes(one)).reduce((sum, { bytes }) => sum + bytes, 0);
          const taken = rest + (made.kind === 'load' ? made.bytes : 0);
          const held = newestThatFit(days, limit * MB - taken);
          if (made.kind === 'load') expect(EMPTY_BYTES + held.bytes + taken).toBeLessThanOrEqual(limit * MB);
          else expect(held.count).toBeGreaterThanOrEqual(31 - from);
        }
  });
});
