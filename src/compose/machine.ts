import type { Clock } from '../ports/clock.js';

/** What a composition takes of the process that it runs in. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** 0 ≤ x < 1, for jitter only. */
  readonly random: () => number;
  /** What is written need not outlast a power failure: a demo in a folder that the system empties. */
  readonly isPassing?: boolean;
  /** Fires when the work is to stop. */
  readonly signal: AbortSignal;
}
