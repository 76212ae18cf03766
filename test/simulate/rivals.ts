import type { ReportStore } from '../../src/ports/report-store.js';
import { createRandom } from '../../src/simulator/wire/random.js';
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
  /** Where it stands still, or dies, for certain; elsewhere chance decides. */
  readonly fate?: Fate;
  /** Begins so much later than the first one. */
  readonly delayMs?: number;
}

/** What happens at some write to keys of one kind. */
export interface Fate {
  readonly at: RegExp;
  /** Such writes before it. */
  readonly spared: number;
  /** How long it stands still; null when it dies of it. */
  readonly stallMs: number | null;
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
  /** Epoch milliseconds. */
  readonly startedAt: number;
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

/** Where a process likes to die: what it has written then speaks of more, or of less, than there is. */
const FATAL = [/^_work\/scan\//, /^_work\/scan\//, /^_work\/evidence\//, /^_work\/seals\//, /_manifest\.json$/];
const MINUTE_MS = 60_000;

async function playOne(stage: Stage, rival: Rival, index: number): Promise<Ended> {
  const { seed, collector, mischief, count, onEnding } = stage;
  const { clock } = collector.simulator;
  const random = createRandom(seed, 'rival', stage.started++);
  const stop = new AbortController();
  const { signal } = stop;
  const { fate, delayMs } = rival;
  const dies = random.chance(0.3) ? { at: random.pick(FATAL), spared: random.int(0, 3) } : null;
  const fatal = fate?.stallMs === null ? fate : fate ? null : dies;
  let spared = fatal?.spared ?? 0;
  const base = mischief.store?.(stage.store) ?? stage.store;
  const store = createCrashStore(
    createStallStore(base, { random, clock, signal, fate: fate ?? null, onStall: () => count('stall') }),
    {
      afterSteps: !fate && fatal === null && random.chance(0.25) ? Math.floor(random.next() ** 2 * 900) : null,
      isFatal: (key) => fatal?.at.test(key) === true && spared-- <= 0,
      random,
      isInterleaved: true,
      onCrash() {
        count('crash');
        stop.abort(new Crash('the process died'));
      },
    },
  );
  let startedAt = clock.now();
  try {
    // A little later, or so much later that more can be read than the first one saw.
    const later = random.pick([random.int(0, 90_000), random.int(5, 100) * MINUTE_MS]);
    if (index > 0) await clock.sleep(delayMs ?? later);
    startedAt = clock.now();
    return { rival, startedAt, outcome: await runProcess(collector, { ...rival, store, signal }) };
  } catch (error) {
    onEnding(rival, error);
    if (!isExpectedEnding(error)) throw error;
    return { rival, startedAt, outcome: null };
  }
}
