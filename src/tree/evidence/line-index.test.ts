import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLineIndex } from './line-index.js';

const linesOf = (index: ReturnType<typeof createLineIndex>, name: number) => {
  const lines = new Set<number>();
  index.findIn(name, lines);
  return [...lines].sort((a, b) => a - b);
};

it('finds the lines of each name, and counts them', () => {
  const name = fc.oneof(fc.nat({ max: 5 }), fc.constantFrom(0xffff_ffff, 0xffff_fffe, 0x8000_0000));
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(name, { maxLength: 4 }), { maxLength: 600 }), (lines) => {
      const index = createLineIndex();
      for (const [line, names] of lines.entries()) index.add(line, names);
      index.close();
      for (const one of [0, 1, 5, 6, 0x8000_0000, 0xffff_fffe, 0xffff_ffff]) {
        const expected = lines.flatMap((names, line) => (names.includes(one) ? [line] : []));
        expect([linesOf(index, one), index.count(one)]).toEqual([expected, expected.length]);
      }
    }),
  );
});

it('goes on beyond a page of lines', () => {
  const index = createLineIndex();
  for (const line of [7, 2 ** 20 - 1, 2 ** 20, 3 * 2 ** 20 + 5]) index.add(line, [42, line % 2]);
  index.close();
  expect([linesOf(index, 42), index.count(42)]).toEqual([[7, 2 ** 20 - 1, 2 ** 20, 3 * 2 ** 20 + 5], 4]);
});
