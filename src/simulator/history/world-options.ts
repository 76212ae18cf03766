/** How much happens, how CloudTrail delivers it, and what goes wrong in the account itself. */
export interface WorldOptions {
  readonly seed: number;
  /** First instant of the history, epoch milliseconds; midnight of the company is 05:00 UTC. */
  readonly startsAt?: number;
  readonly days?: number;
  /** Attempts on a working day; people rest at weekends (the default history begins with a Sunday). */
  readonly queriesPerDay?: number;
  /** Management events of other services a day, in every account. */
  readonly noisePerDay?: number;
  readonly delivery?: Partial<Delivery>;
  readonly rates?: Partial<Rates>;
  /** Days after the start at which the workgroup `legacy-reports` is deleted; null never. */
  readonly legacyDeletedAfterDays?: number | null;
  /** Two weeks with something to find in them: a leaver's key, a burst of refusals, an UNLOAD to a foreign bucket, … */
  readonly hasStory?: boolean;
  /** Attempts come together at multiples of so many milliseconds, many within one second; absent: whenever they like. */
  readonly gatherMs?: number;
}

/** When an event can be read, after it happened. */
export interface Delivery {
  readonly typicalMs: number;
  /** Share of the events that come much later. */
  readonly lateShare: number;
  readonly lateMaxMs: number;
}

/** Shares of all attempts. */
export interface Rates {
  readonly refused: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly long: number;
  readonly reused: number;
  readonly requeued: number;
  /** Start repeated with the same client token: a second event for the same execution. */
  readonly repeated: number;
  /** Start repeated with the same client token by another principal. */
  readonly conflicting: number;
  /** Executions whose start CloudTrail never shows. */
  readonly unseen: number;
}

export const DELIVERY: Delivery = { typicalMs: 150_000, lateShare: 0.004, lateMaxMs: 26 * 3_600_000 };
export const RATES: Rates = {
  refused: 0.025,
  failed: 0.04,
  cancelled: 0.015,
  long: 0.006,
  reused: 0.03,
  requeued: 0.003,
  repeated: 0.008,
  conflicting: 0.0006,
  unseen: 0,
};
