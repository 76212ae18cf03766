import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdSieve } from './id-sieve.js';

/** Few different ids, so that most are met again; some are no UUID, or one in another spelling. */
const id = fc.oneof(
  fc
    .integer({ min: 0, max: 40 })
    .map((low) => `00000000-0000-4000-8000-0000000000${low.toString(16).padStart(2, '0')}`),
  fc.uuid().map((text) => text.toUpperCase()),
  fc.constantFrom('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'q-1', ''),
);

describe('a sieve of ids', () => {
  it('keeps what a set of texts keeps, in whatever order ids are added and struck out', () => {
    const step = fc.record({ id, strikes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const sieve = createIdSieve();
        const [added, struck] = [new Set<string>(), new Set<string>()];
        for (const { id, strikes } of steps) {
          if (!strikes) {
            sieve.add(id);
            added.add(id);
          } else {
            sieve.strike(id);
            if (added.has(id)) struck.add(id);
          }
        }
        const rest = [...added].filter((each) => !struck.has(each));
        expect([...sieve.rest()].sort()).toEqual(rest.sort());
        expect([sieve.size, sieve.left]).toEqual([added.size, rest.length]);
      }),
    );
  });

  it('remembers what is struck out when it grows', () => {
    const sieve = createIdSieve();
    const name = (number: number) => `${number.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
    for (let number = 0; number < 10_000; number++) {
      sieve.add(name(number));
      if (number % 2 === 0) sieve.strike(name(number));
    }
    expect([sieve.size, sieve.left]).toEqual([10_000, 5000]);
    expect([...sieve.rest()].every((each) => Number.parseInt(each.slice(0, 8), 16) % 2 === 1)).toBe(true);
  });
});
