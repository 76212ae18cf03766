import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createExecutionIds } from './execution-ids.js';

const uuid = fc.uuid();
/** Few different ids, so that most are met again; some are no UUID, or one in another spelling. */
const id = fc.oneof(
  uuid,
  uuid.map((text) => text.toUpperCase()),
  fc.string({ maxLength: 40 }),
  fc.constantFrom('00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000001', 'q-1', ''),
);

describe('a set of execution ids', () => {
  it('knows what a set of texts knows', () => {
    fc.assert(
      fc.property(fc.array(id, { maxLength: 300 }), fc.array(id), (added, others) => {
        const ids = createExecutionIds();
        const known = new Set<string>();
        for (const each of added) {
          expect(ids.has(each)).toBe(known.has(each));
          ids.add(each);
          known.add(each);
        }
        expect(ids.size).toBe(known.size);
        for (const each of [...added, ...others]) expect(ids.has(each)).toBe(known.has(each));
      }),
    );
  });

  it('keeps them when it grows, also when they differ in few places', () => {
    const ids = createExecutionIds();
    const name = (number: number) => {
      const digits = number.toString(16).padStart(8, '0');
      return `${digits}-0000-4000-8000-0000${digits}`;
    };
    for (let number = 0; number < 20_000; number++) ids.add(name(number));
    expect(ids.size).toBe(20_000);
    for (let number = 0; number < 20_000; number++) expect(ids.has(name(number))).toBe(true);
    expect(ids.has(name(20_000))).toBe(false);
  });
});
