import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceOf, expectTruthUnderLoss, resolveWith, worlds } from './loss-worlds.js';

describe('worlds of which events are lost', () => {
  it('verify nobody but who it was, and lose no true person to an event that is added', () => {
    expectTruthUnderLoss(400);
  });

  it('name every person, verified, when nothing is lost', () => {
    const everything = fc.property(worlds, (world) => {
      const all = resolveWith(world, evidenceOf(world));
      for (const [index, { person }] of world.entries()) {
        if (person !== null) expect(all[index]).toMatchObject({ person, confidence: 'verified' });
      }
    });
    fc.assert(everything, { numRuns: 200 });
  });
});
