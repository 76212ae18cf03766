import type { Clock } from './clock.js';

/** Lets calls through at the pace of a quota; all users of one quota share one pacer. */
export interface Pacer {
  /** Resolves when the next call may be made, in the order of asking; rejects when the signal fires. */
  acquire(signal?: AbortSignal): Promise<void>;
  /** Says that a call was throttled: when that was not the only one for long, everybody pauses and goes on slower. */
  throttled(): void;
  /** Says that a call went through: the pace recovers with the time since it fell. */
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
  /** Calls that may follow each other at once after a rest, at most the burst of the quota; 1.5 lets a late one be made up for half. */
  readonly burst?: number;
  readonly clock: Clock;
  /** In `[0, 1)`; spreads the pauses of several processes that share the quota. */
  readonly random: () => number;
}

const PAUSE_MS = 250;
const SLOWER = 0.9;
/** A throttle that stands alone comes from calls that overtook each other on the way, not from another user of the quota. */
const ALONE_MS = 30_000;
/** How fast the pace grows, in shares of the quota a cubic second: all of it is tried again some 60 s after the last throttle. */
const GROWTH = 1.2e-5;
/** Share of the quota below which the pace never falls: others may use it up for hours, and the run must still end. */
const FLOOR = 0.05;

/**
 * Makes a pacer. Throttles of calls that were on the way together count once, and one that stands alone changes nothing: a call
 * that was refused used nothing up. After others the pace falls by a tenth, comes back fast to where it was throttled, stays near it
 * for long and tries for more ever faster (a cubic of the time, as TCP CUBIC of RFC 9438 does it). `bench/shared-quota.ts` shows
 * what that leaves unused beside other tools, and how many calls are throttled.
 */
export function createPacer({ ratePerSecond, burst = 1, clock, random }: PacerOptions): Pacer {
  let rate = ratePerSecond;
  /** When the pace fell last, to what, and where it was throttled. */
  let slowed = { at: Number.NEGATIVE_INFINITY, from: ratePerSecond, most: ratePerSecond };
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
      if (isAlone) return;
      // Throttled before it came back: somebody takes more than before.
      const most = rate < slowed.most ? (rate * (1 + SLOWER)) / 2 : rate;
      rate = Math.max(rate * SLOWER, ratePerSecond * FLOOR);
      slowed = { at: now, from: rate, most };
      pausedUntil = now + PAUSE_MS * (1 + random() / 2);
    },
    succeeded() {
      const { at, from, most } = slowed;
      const flatAt = Math.cbrt(Math.max(0, most - from) / ratePerSecond / GROWTH);
      const grown = most + ratePerSecond * GROWTH * ((clock.now() - at) / 1000 - flatAt) ** 3;
      rate = Math.max(rate, Math.min(ratePerSecond, grown));
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
