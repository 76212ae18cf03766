import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom, numberOfUuid, uuidOf } from './random.js';

test('a UUID leads back to its number in its own space and in no other', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat({ max: 0xffffffff }), (space, n) => {
      const uuid = uuidOf(space, n);
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(numberOfUuid(space, uuid)).toBe(n);
      expect(numberOfUuid(space + 1, uuid)).toBeNull();
    }),
  );
});

test('text that is no UUID has no number', () => {
  for (const text of ['', 'nope', 'zzzzzzzz-0000-4000-8000-000000000000']) expect(numberOfUuid(1, text)).toBeNull();
});

test('ids of neighbours are all different', () => {
  const ids = new Set(Array.from({ length: 50_000 }, (_, n) => uuidOf(42, n)));
  expect(ids.size).toBe(50_000);
});

test('equal seeds give equal streams, others do not, and values spread evenly', () => {
  const draw = (seed: number) => {
    const random = createRandom(seed, 'stream');
    return Array.from({ length: 4_000 }, () => random.next());
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  const mean = draw(3).reduce((sum, value) => sum + value, 0) / 4_000;
  expect(mean).toBeGreaterThan(0.48);
  expect(mean).toBeLessThan(0.52);
});
