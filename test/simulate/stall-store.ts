import type { Clock, ReportStore } from '../../src/collect/ports.js';
import type { Random } from '../../src/simulator/random.js';

/** Where a process may stand still, and how likely it is there: just before it writes what it has read long ago. */
const PLACES: readonly (readonly [RegExp, number])[] = [
  [/^_work\/seals\//, 0.3],
  [/^_work\/scan\//, 0.08],
  [/^_work\/(evidence|links)\//, 0.05],
  [/^year=/, 0.02],
];
/** A process that stood still so often goes on. */
const MAX_STALLS = 4;

/** A store whose process is now and then suspended before a write, for seconds or hours, while others work on. */
export function createStallStore(
  store: ReportStore,
  plan: {
    readonly random: Random;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly onStall: () => void;
  },
): ReportStore {
  const { random, clock, signal, onStall } = plan;
  let left = MAX_STALLS;
  return {
    ...store,
    async write(key, content, condition) {
      const [, probability = 0] = PLACES.find(([place]) => place.test(key)) ?? [];
      if (left > 0 && probability > 0 && random.chance(probability)) {
        left--;
        onStall();
        await clock.sleep(random.pick([2_000, 30_000, 600_000, 7_200_000]), signal);
      }
      return store.write(key, content, condition);
    },
  };
}
