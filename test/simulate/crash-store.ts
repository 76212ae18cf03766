import type { ReportStore } from '../../src/ports/report-store.js';
import type { Random } from '../../src/simulator/wire/random.js';

/** The process died. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

export interface CrashPlan {
  /** Operations on the store before the crash; null for none. */
  readonly afterSteps: number | null;
  /** A write of such a key is the last thing that the process does; absent: none is. */
  readonly isFatal?: (key: string) => boolean;
  readonly random: Random;
  /** Lets another run come between two steps. */
  readonly isInterleaved: boolean;
  readonly onCrash: () => void;
}

/**
 * A store whose process dies at some operation: a write or a removal may have had its effect, or not, and nothing of this run
 * reaches the store afterwards, whatever its `finally` blocks try.
 */
export function createCrashStore(
  store: ReportStore,
  { afterSteps, isFatal, random, isInterleaved, onCrash }: CrashPlan,
): ReportStore {
  let steps = 0;
  let isDead = false;
  const step = async <T>(action: () => Promise<T>, isLast = false): Promise<T> => {
    if (isDead) throw new Crash('the process is dead');
    if (isInterleaved && random.chance(0.5)) await new Promise(setImmediate);
    if (steps++ !== afterSteps && !isLast) return action();
    isDead = true;
    onCrash();
    if (random.chance(0.5)) await action().catch(() => {});
    throw new Crash('the process died');
  };
  return {
    location: store.location,
    read: (key) => step(() => store.read(key)),
    stream: (key) => step(() => store.stream(key)),
    tagOf: (key) => step(() => store.tagOf(key)),
    write: (key, content, condition) => step(() => store.write(key, content, condition), isFatal?.(key)),
    remove: (key) => step(() => store.remove(key)),
    async *list(prefix) {
      await step(async () => {});
      for await (const entry of store.list(prefix)) yield entry;
    },
  };
}
