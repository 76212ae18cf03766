import type { Clock } from '../../ports/clock.js';
import type { Pacer } from '../../ports/pacer.js';
import {
  CredentialsExpired,
  isAccessDenied,
  isClockSkew,
  isExpiredCredentials,
  isThrottling,
  isTransient,
  PermissionDenied,
} from './aws-failure.js';
import type { Counts } from './counts.js';

export interface CallOptions {
  /** IAM action, for the message when it is denied. */
  readonly action: string;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly random: () => number;
  readonly counts: Counts;
  readonly signal?: AbortSignal | undefined;
  /** Tries at most, the first included; throttled ones have a bound of their own. */
  readonly tries?: number;
}

/** Throttled so often in a row, at ever longer pauses: something else is using the quota up. */
const MAX_THROTTLES = 40;
const BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 20_000;

/**
 * Makes one call of AWS within the pace of its quota, and again when it was throttled or failed in a way that may pass.
 * This is the only place that retries: the SDK's own retries would not keep the pace.
 * @throws CredentialsExpired, PermissionDenied, or the last error as it came
 */
export async function callAws<T>(call: () => Promise<T>, options: CallOptions): Promise<T> {
  const { pacer, clock, random, counts, signal, action, tries = 8 } = options;
  let throttles = 0;
  let failures = 0;
  let skews = 0;
  for (;;) {
    await pacer.acquire(signal);
    counts.add('calls', 1);
    try {
      const answer = await call();
      pacer.succeeded();
      return answer;
    } catch (error) {
      signal?.throwIfAborted();
      if (isExpiredCredentials(error)) throw new CredentialsExpired(error);
      if (error instanceof PermissionDenied) throw error;
      if (isAccessDenied(error)) throw new PermissionDenied(action, error);
      if (isThrottling(error)) {
        counts.add('throttled', 1);
        pacer.throttled();
        throttles += 1;
        if (throttles >= MAX_THROTTLES) throw error;
      } else if (isTransient(error)) {
        counts.add('retries', 1);
        failures += 1;
        // The SDK learns the server's time from the first one.
        if (isClockSkew(error)) skews += 1;
        if (skews >= 3) throw new CredentialsExpired(error);
        if (failures >= tries) throw error;
      } else throw error;
      const longest = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** Math.min(20, throttles + failures));
      await clock.sleep(Math.ceil(random() * longest), signal);
    }
  }
}
