import { expect, it } from 'vitest';
import { endOf, restOf } from './time-left.js';

const NOW = 1_000_000;

it('work ends before Lambda does, and a scan rests early enough to be durable then', () => {
  const context = { getRemainingTimeInMillis: () => 600_000 };
  expect(endOf(context, NOW)).toBe(NOW + 575_000);
  expect(restOf(context, NOW)).toEqual({ restsAt: NOW + 560_000, endsAt: NOW + 575_000 });
});

it('work has fifteen minutes when it is called from elsewhere', () => {
  expect(endOf(undefined, NOW)).toBe(NOW + 875_000);
});
