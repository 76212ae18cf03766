import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOfLines, linesIn } from './part-lines.js';

const LENGTHS = [0, 1, 7, 65_535, 65_536, 65_537, 140_000];
const line = fc
  .tuple(fc.constantFrom('a', 'é', '𝕊', ' '), fc.constantFrom(...LENGTHS), fc.nat({ max: 3 }))
  .map(([sign, length, more]) => sign.repeat(Math.ceil(length / Buffer.byteLength(sign))) + 'b'.repeat(more));
const lines = fc.array(line, { minLength: 1, maxLength: 12 });

it('makes bytes of lines, and lines of bytes, as in one piece, however long they are', () => {
  fc.assert(
    fc.property(lines, fc.boolean(), (all, isBroken) => {
      const whole = Buffer.from(all.join('\n'));
      expect(bytesOfLines(all).equals(whole)).toBe(true);
      const bytes = isBroken ? Buffer.concat([whole, Buffer.from('\n')]) : whole;
      const text = bytes.toString('utf8');
      expect(linesIn(bytes)).toEqual((text.endsWith('\n') ? text.slice(0, -1) : text).split('\n'));
    }),
    { numRuns: 300 },
  );
});

it('makes bytes of many short lines', () => {
  const many = Array.from({ length: 50_000 }, (_, index) => `{"n":${index}}`);
  expect(bytesOfLines(many).toString()).toBe(many.join('\n'));
  expect(linesIn(bytesOfLines(many))).toEqual(many);
});
