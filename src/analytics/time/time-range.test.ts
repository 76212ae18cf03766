import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketIndex, bucketsOf, resolveRange, TimeRangeError } from './time-range.js';

const HOUR = 3_600_000;
const collected = { start: Date.UTC(2026, 9, 1, 4), end: Date.UTC(2026, 10, 22, 5) };

describe('a time range', () => {
  it('counts back from the end of what is collected, in days of the zone', () => {
    expect(resolveRange({ range: '24h' }, collected, 'America/New_York').start).toBe(collected.end - 24 * HOUR);
    // The clock went back on 1 November: 30 days are an hour longer.
    expect(resolveRange({ range: '30d' }, collected, 'America/New_York').start).toBe(
      collected.end - (30 * 24 + 1) * HOUR,
    );
  });

  it('begins no earlier than what is collected', () => {
    expect(resolveRange({ range: '90d' }, collected, 'UTC')).toEqual(collected);
  });

  it('takes days of the zone, the last one whole', () => {
    expect(resolveRange({ from: '2026-11-01', to: '2026-11-01' }, collected, 'America/New_York')).toEqual({
      start: Date.UTC(2026, 10, 1, 4),
      end: Date.UTC(2026, 10, 2, 5),
    });
  });

  it.each([
    { range: 'soon' },
    { from: 'yesterday' },
    { from: '2026-11-02', to: '2026-11-01' },
    { from: '2026-11-01T00:00' },
  ])('refuses %j', (request) => {
    expect(() => resolveRange(request, collected, 'UTC')).toThrow(/no range|no time|ends/);
  });

  it('names its errors', () => {
    expect(() => resolveRange({ range: '7' }, collected, 'UTC')).toThrow(TimeRangeError);
  });
});

describe('the bars of a histogram', () => {
  it('cover the window without gap or overlap, in any zone and length', () => {
    const zone = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe');
    const start = fc.integer({ min: Date.UTC(2025, 0, 1) / 60_000, max: Date.UTC(2027, 0, 1) / 60_000 });
    fc.assert(
      fc.property(zone, start, fc.integer({ min: 1, max: 400 * 24 * 60 }), (timezone, minute, minutes) => {
        const window = { start: minute * 60_000, end: (minute + minutes) * 60_000 };
        const { windows } = bucketsOf(window, timezone);
        expect(windows[0]?.start).toBeLessThanOrEqual(window.start);
        expect(windows.at(-1)?.end).toBeGreaterThanOrEqual(window.end);
        for (const [index, bar] of windows.entries()) {
          expect(windows[index + 1]?.start ?? bar.end).toBe(bar.end);
          expect(bucketIndex(windows, bar.start)).toBe(index);
        }
        expect(windows.length).toBeLessThanOrEqual(260);
      }),
      { numRuns: 150 },
    );
  });

  it('has days of 25 hours where the clock goes back', () => {
    const { windows, unit } = bucketsOf(
      { start: Date.UTC(2026, 8, 1), end: Date.UTC(2026, 11, 1) },
      'America/New_York',
    );
    expect(unit).toBe('day');
    expect(windows.filter(({ start, end }) => end - start === 25 * HOUR)).toHaveLength(1);
  });

  it('begins hours of half-hour zones on their own wall clock', () => {
    const { windows } = bucketsOf({ start: Date.UTC(2026, 10, 1), end: Date.UTC(2026, 10, 4) }, 'Asia/Kolkata');
    expect(windows.every(({ start }) => start % HOUR === HOUR / 2)).toBe(true);
  });
});
