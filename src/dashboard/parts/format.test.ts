import { describe, expect, test } from 'vitest';
import { count, signedUsd, time, usd } from './format.js';

/** A zone without its own code: the browser's formatter writes the same time there. */
const SAME_AS_UTC = 'Etc/UTC';
const MONEY = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

describe('numbers and times without a formatter of the browser', () => {
  test('times of UTC are written as the formatter writes them', () => {
    for (let n = 0; n < 200; n += 1) {
      const instant = n * 16_777_216_123 - 100_000_000_000;
      for (const precision of ['day', 'minute', 'second', 'short', 'short-minute'] as const)
        expect(time(instant, 'UTC', precision)).toBe(time(instant, SAME_AS_UTC, precision));
    }
  });

  test('digits are grouped as the formatter groups them', () => {
    for (const value of [
      0, 1, 12, 999, 1000, 12_345, 999_999, 1e6, 1_234_567_890, -1, -999, -1000, -1_234_567, 1234.5, 0.5, 1.2346,
      -12_345.6789,
    ]) {
      expect(count(value)).toBe(value.toLocaleString('en-US'));
      const money = Math.abs(value).toLocaleString('en-US', MONEY);
      if (value >= 0.01) expect(usd(value)).toBe(`$${money}`);
      expect(signedUsd(value)).toBe(value < 0 ? `−$${money}` : `$${money}`);
    }
    expect(usd(1234.005)).toBe(`$${(1234.005).toLocaleString('en-US', MONEY)}`);
  });
});
