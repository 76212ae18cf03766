import { describe, expect, it } from 'vitest';
import { endOf, restOf } from './reading.js';

const NOW = 1_000_000;
const context = (remainingMs: number) => ({ getRemainingTimeInMillis: () => remainingMs });

describe('the time of a round', () => {
  it('ends before Lambda does, and rests early enough to be durable then', () => {
    expect(endOf(context(900_000), NOW)).toBe(NOW + 875_000);
    expect(restOf({}, { context: context(900_000), now: NOW })).toEqual({
      restsAt: NOW + 860_000,
      endsAt: NOW + 875_000,
    });
  });

  it('is fifteen minutes for whoever calls from elsewhere', () => {
    expect(endOf(undefined, NOW)).toBe(NOW + 875_000);
  });

  it('lets a scan rest earlier with SCAN_BUDGET_SECONDS, never later', () => {
    const at = (SCAN_BUDGET_SECONDS: string) =>
      restOf({ SCAN_BUDGET_SECONDS }, { context: context(900_000), now: NOW });
    expect(at('60')).toEqual({ restsAt: NOW + 60_000, endsAt: NOW + 875_000 });
    expect(at('9999').restsAt).toBe(NOW + 860_000);
    expect(at('').restsAt).toBe(NOW + 860_000);
  });

  it.each(['0', '-1', 'soon'])('refuses a budget of %s', (SCAN_BUDGET_SECONDS) => {
    expect(() => restOf({ SCAN_BUDGET_SECONDS }, { context: undefined, now: NOW })).toThrow('SCAN_BUDGET_SECONDS');
  });
});
