import { sha1 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha1Prefix } from './sha1.js';

const reference = (text: string) => bytesToHex(sha1(utf8ToBytes(text))).slice(0, 16);

test.each([
  ['', 'da39a3ee5e6b4b0d'],
  ['abc', 'a9993e364706816a'],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '84983e441c3bd26e'],
])('sha1Prefix knows the published digest of %j', (text, expected) => {
  expect(sha1Prefix(text)).toBe(expected);
});

test('sha1Prefix agrees with a library at every length around a block, and on any characters', () => {
  for (let length = 0; length < 200; length++)
    expect(sha1Prefix('a'.repeat(length))).toBe(reference('a'.repeat(length)));
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(sha1Prefix(text)).toBe(reference(text));
    }),
    { numRuns: 2000 },
  );
  expect(sha1Prefix('a\ud800b\udc00')).toBe(reference('a\ufffdb\ufffd'));
});
