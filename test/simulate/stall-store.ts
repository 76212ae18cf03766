import type { Clock } from '../../src/ports/clock.js';
import type { ReportStore } from '../../src/ports/report-store.js';
import type { Random } from '../../src/simulator/wire/random.js';

/** Where a process may stand still, and how likely it is there: just before it writes what it has read long ago. */
const PLACES: readonly (readonly [RegExp, number])[] = [
  [/^_work\/seals\//, 0.3],
  [/^_work\/scan\//, 0.08],
  [/^_work\/(evidence|links)\//, 0.08],
  [/^year=/, 0.04],
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
    /** One stall that is certain; null for none. */
    readonly fate: { readonly at: RegExp; readonly spared: number; readonly stallMs: number | null } | null;
    readonly onStall: () => void;
  },
): ReportStore {
  const { random, clock, signal, fate, onStall } = plan;
  let left = fate === null ? MAX_STALLS : 0;
  let spared = fate?.spared ?? 0;
  return {
    ...store,
    async write(key, content, condition) {
      const stallMs = fate?.stallMs ?? null;
      if (stallMs !== null && fate?.at.test(key) && spared-- === 0) {
        onStall();
        await clock.sleep(stallMs, signal);
      }
      const [, probability = 0] = PLACES.find(([place]) => place.test(key)) ?? [];
      if (left > 0 && probability > 0 && random.chance(probability)) {
        left--;
        onStall();
        await clock.sleep(random.pick([2_000, 600_000, 7_200_000]), signal);
      }
      return store.write(key, content, condition);
    },
  };
}
