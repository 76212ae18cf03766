import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centsText, centsThatAddUp, toCents, usdText } from './money.js';

describe('money', () => {
  it.each([
    [0n, '0.00'],
    [4_999_999n, '0.00'],
    [5_000_000n, '0.01'],
    [1_234_567_890_000_000n, '1,234,567.89'],
    [-15_000_000n, '-0.02'],
  ])('writes %s billionths as %s', (nanos, text) => {
    expect(usdText(nanos)).toBe(text);
  });

  it('rounds rows so that they add up to the rounded sum, each by less than a cent', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { maxLength: 50 }), (nanos) => {
        const cents = centsThatAddUp(nanos);
        const total = nanos.reduce((sum, amount) => sum + amount, 0n);
        expect(cents.reduce((sum, amount) => sum + amount, 0n)).toBe(toCents(total));
        for (const [index, amount] of nanos.entries()) {
          const off = (cents[index] ?? 0n) * 10_000_000n - amount;
          expect(off > -10_000_000n && off < 10_000_000n).toBe(true);
        }
      }),
    );
  });

  it('gives the cent that is left to the largest remainder', () => {
    expect(centsThatAddUp([3_333_333n, 3_333_333n, 3_333_334n]).map(centsText)).toEqual(['0.00', '0.00', '0.01']);
  });
});
