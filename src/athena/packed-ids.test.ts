import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packIds, unpackIds } from './packed-ids.js';

const id = fc.oneof(
  { weight: 20, arbitrary: fc.uuid() },
  fc.constantFrom('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'q-1', ''),
);

describe('packed ids', () => {
  it('are the same ids in the same order, whatever is among them', () => {
    fc.assert(
      fc.property(fc.array(id, { maxLength: 60 }), (ids) => {
        expect(unpackIds(packIds(ids))).toEqual(ids);
      }),
    );
  });

  it('take 16 bytes each', () => {
    const packed = packIds(
      Array.from({ length: 50 }, (_, n) => `0000000${n % 10}-0000-4000-8000-00000000000${n % 10}`),
    );
    expect((packed as Uint32Array).byteLength).toBe(800);
  });
});
