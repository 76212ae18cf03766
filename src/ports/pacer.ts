import type { Clock } from './clock.js';

/** Lets calls through at the pace of a quota; all users of one quota share one pacer. */
export interface Pacer {
  /** Resolves when the next call may be made, in the order of asking; rejects when the signal fires. */
  acquire(signal?: AbortSignal): Promise<void>;
  /** Says that a call was throttled: everybody pauses and goes on slower. */
  throttled(): void;
  /** Says that a call went through: the pace recovers a little. */
  succeeded(): void;
  stats(): PacerStats;
}

export interface PacerStats {
  readonly calls: number;
  readonly throttled: number;
  readonly waitedMs: number;
  /** Calls a second at which it lets through now. */
  readonly ratePerSecond: number;
}

export interface PacerOptions {
  /** The quota: the pace is never higher. */
  readonly ratePerSecond: number;
  /** Calls that may follow each other at once after a rest; at most the burst of the quota. */
  readonly burst?: number;
  readonly clock: Clock;
  /** In `[0, 1)`; spreads the pauses of several processes that share the quota. */
  readonly random: () => number;
}

const PAUSE_MS = 1_000;
const SLOWER = 0.7;
/** A throttle that stands alone comes from calls that overtook each other on the way, not from another user of the quota. */
const SLOWER_AFTER_ONE = 0.9;
const ALONE_MS = 30_000;
/** Share of the quota that a success gives back. */
const RECOVERY = 0.01;
/** Share of the quota below which the pace never falls: others may use it up for hours, and the run must still end. */
const FLOOR = 0.05;

/**
 * Makes a pacer. Throttles of calls that were on the way together count once; the measured effect of x 0.7 and a pause of a
 * second is that two tools sharing one quota both progress (3 to 5 % of the calls throttled).
 */
export function createPacer({ ratePerSecond, burst = 1, clock, random }: PacerOptions): Pacer {
  let rate = ratePerSecond;
  let calls = 0;
  let throttles = 0;
  let waitedMs = 0;
  /** Instant at which the burst is used up to the last call. */
  let due = Number.NEGATIVE_INFINITY;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let throttledAt = Number.NEGATIVE_INFINITY;
  let turn: Promise<void> = Promise.resolve();

  return {
    acquire(signal) {
      const mine = turn.then(() => wait(signal));
      // One caller's abort must not take the turn of the next.
      turn = mine.catch(() => {});
      return mine;
    },
    throttled() {
      throttles += 1;
      const now = clock.now();
      if (now < pausedUntil) return;
      const isAlone = now - throttledAt > ALONE_MS;
      throttledAt = now;
      rate = Math.max(rate * (isAlone ? SLOWER_AFTER_ONE : SLOWER), ratePerSecond * FLOOR);
      pausedUntil = now + PAUSE_MS * (1 + random() / 2);
    },
    succeeded() {
      rate = Math.min(ratePerSecond, rate + ratePerSecond * RECOVERY);
    },
    stats: () => ({ calls, throttled: throttles, waitedMs, ratePerSecond: rate }),
  };

  async function wait(signal: AbortSignal | undefined): Promise<void> {
    const began = clock.now();
    for (;;) {
      signal?.throwIfAborted();
      const now = clock.now();
      const rest = Math.max(due - ((burst - 1) * 1000) / rate, pausedUntil) - now;
      if (rest <= 0) break;
      await clock.sleep(Math.ceil(rest), signal);
    }
    const now = clock.now();
    due = Math.max(due, now) + 1000 / rate;
    waitedMs += now - began;
    calls += 1;
  }
}
