import type { ReportStore } from '../../src/collect/ports.js';
import { createRandom } from '../../src/simulator/random.js';
import { type Collector, type Outcome, type Process, runProcess, type Work } from './collector.js';
import { Crash, createCrashStore } from './crash-store.js';
import { isExpectedEnding } from './expected-ending.js';
import type { Mischief } from './planted-faults.js';
import type { Trouble } from './simulate-seed.js';
import { createStallStore } from './stall-store.js';

/** One of several processes that work on one tree at once. */
export interface Rival {
  /** Of its scan: the same name goes on where another of that name stopped. */
  readonly scan: string;
  readonly work: Work;
  readonly part?: NonNullable<Process['part']>;
}

export interface Stage {
  readonly seed: number;
  readonly collector: Collector;
  readonly store: ReportStore;
  readonly mischief: Mischief;
  readonly count: (what: 'crash' | Trouble) => void;
  readonly onEnding: (rival: Rival, error: unknown) => void;
  /** Processes so far: each has a stream of chance of its own, whatever the others do. */
  started: number;
}

/** A rival and how it ended; null when it died or gave up. */
export interface Ended {
  readonly rival: Rival;
  readonly outcome: Outcome | null;
}

/** Runs processes at once; each begins a little later than the one before, may stand still, and may die. */
export async function playRivals(stage: Stage, rivals: readonly Rival[]): Promise<Ended[]> {
  if (rivals.length > 1) stage.count('rivals');
  const ended = await Promise.allSettled(rivals.map((rival, index) => playOne(stage, rival, index)));
  return ended.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

const FATAL = [/checkpoint\.json$/, /^_work\/scan\//, /^_work\/evidence\//, /^_work\/seals\//, /_manifest\.json$/];

async function playOne(stage: Stage, rival: Rival, index: number): Promise<Ended> {
  const { seed, collector, mischief, count, onEnding } = stage;
  const { clock } = collector.simulator;
  const random = createRandom(seed, 'rival', stage.started++);
  const stop = new AbortController();
  const { signal } = stop;
  const fatal = random.chance(0.2) ? random.pick(FATAL) : null;
  let spared = random.int(0, 6);
  const base = mischief.store?.(stage.store) ?? stage.store;
  const store = createCrashStore(createStallStore(base, { random, clock, signal, onStall: () => count('stall') }), {
    afterSteps: fatal === null && random.chance(0.25) ? Math.floor(random.next() ** 2 * 900) : null,
    isFatal: (key) => fatal?.test(key) === true && spared-- <= 0,
    random,
    isInterleaved: true,
    onCrash() {
      count('crash');
      stop.abort(new Crash('the process died'));
    },
  });
  try {
    if (index > 0) await clock.sleep(random.int(0, 90_000));
    return { rival, outcome: await runProcess(collector, { ...rival, store, signal }) };
  } catch (error) {
    onEnding(rival, error);
    if (!isExpectedEnding(error)) throw error;
    return { rival, outcome: null };
  }
}
