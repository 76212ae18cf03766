import { describe, expect, it } from 'vitest';
import { endedRanges, planCollect } from './collect-options.js';

const NOON = Date.UTC(2026, 10, 29, 12, 30);
const rangesOf = (from: string, more: { to?: string; hour?: number } = {}) =>
  planCollect({ from, output: 'out', timezone: 'UTC', ...more }).ranges;
const hoursOf = (ranges: ReturnType<typeof endedRanges>) =>
  ranges.flat().map(({ reportDate, hours }) => [reportDate, hours.length]);

describe('days and hours that have not ended', () => {
  it('are left out of a day that runs: its ended hours are collected', () => {
    const ended = endedRanges(rangesOf('2026-11-28', { to: '2026-11-29' }), NOON);
    expect(hoursOf(ended)).toEqual([
      ['2026-11-28', 24],
      ['2026-11-29', 12],
    ]);
    expect(ended[0]?.[1]?.window.end).toBe(Date.UTC(2026, 10, 29, 12));
  });

  it.each([
    ['a future day', '2026-11-30', {}, /2026-11-30 has not ended in UTC, where it is 2026-11-29/],
    ['a range into the future', '2026-11-28', { to: '2026-12-02' }, /2026-11-30 has not ended/],
    ['the hour that runs', '2026-11-29', { hour: 12 }, /hour 12 of 2026-11-29 has not ended/],
  ] as const)('are refused: %s', (_, from, more, message) => {
    expect(() => endedRanges(rangesOf(from, more), NOON)).toThrow(message);
  });
});
