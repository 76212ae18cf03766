import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/simulator/wire/random.js';
import { type Mischief, PLANTED_FAULTS } from './planted-faults.js';
import { settingOf } from './setting.js';
import { simulateSeed } from './simulate-seed.js';

/** Seeds tried for each fault, of those whose setting it fits: what runs at once shifts with the program. */
const MAX_SEEDS = 60;

describe('a fault in the product', () => {
  it.each(PLANTED_FAULTS.map((fault) => [fault.name, fault] as const))(
    'is found: %s',
    async (_, { mischief, seed: first, fits = () => true }) => {
      let finder: number | null = null;
      for (let seed = first, tried = 0; tried < MAX_SEEDS && finder === null; seed++) {
        if (!fits(settingOf(seed, createRandom(seed, 'crowded')))) continue;
        tried++;
        if ((await faultsOf(seed, mischief)).length > 0) finder = seed;
      }
      expect(finder, `found by one of ${MAX_SEEDS} seeds`).not.toBeNull();
      // It is the fault that was found: without it the same seed finds nothing.
      expect(await faultsOf(finder ?? first, {})).toEqual([]);
    },
    600_000,
  );
});

async function faultsOf(seed: number, mischief: Mischief): Promise<readonly string[]> {
  try {
    return (await simulateSeed(seed, { stories: ['crowded'], mischief })).faults;
  } catch (error) {
    // The product itself may notice.
    return [error instanceof Error ? error.message : String(error)];
  }
}
