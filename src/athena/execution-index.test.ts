import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createExecutionIndex } from './execution-index.js';

const uuid = (n: number) =>
  createHash('md5')
    .update(String(n))
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

describe('the index of executions', () => {
  it('is what a map would be, for ids of any form', () => {
    const id = fc.oneof(fc.nat(40).map(uuid), fc.uuid(), fc.string(), fc.constantFrom('', uuid(1).toUpperCase()));
    fc.assert(
      fc.property(fc.array(fc.tuple(id, fc.nat(2 ** 31 - 1)), { maxLength: 120 }), (entries) => {
        const index = createExecutionIndex();
        const map = new Map(entries);
        for (const [key, at] of entries) index.set(key, at);
        expect(index.size).toBe(map.size);
        for (const [key, at] of map) expect(index.get(key)).toBe(at);
        expect(index.get('ffffffff-ffff-4fff-8fff-ffffffffffff')).toBe(map.get('ffffffff-ffff-4fff-8fff-ffffffffffff'));
      }),
    );
  });

  it('grows, and knows places beyond 4 GB', () => {
    const index = createExecutionIndex();
    for (let n = 0; n < 20_000; n++) index.set(uuid(n), n * 2 ** 24);
    expect(index.size).toBe(20_000);
    for (let n = 0; n < 20_000; n += 97) expect(index.get(uuid(n))).toBe(n * 2 ** 24);
    expect(index.get(uuid(20_000))).toBeUndefined();
    index.clear();
    expect([index.size, index.get(uuid(1))]).toEqual([0, undefined]);
  });
});
