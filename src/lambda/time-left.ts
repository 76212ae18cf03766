import type { InvocationContext } from './requests.js';

/** Everything that is not written by then is lost: so long before Lambda's own end work ends. */
const MARGIN_MS = 25_000;
/** A scan makes its progress durable every ten seconds; with this margin before the end it has done so. */
const CHECKPOINT_MS = 15_000;

/** Epoch milliseconds until which work may go on: what Lambda leaves, less a margin to end in. */
export function endOf(context: InvocationContext | undefined, now: number): number {
  return now + (context?.getRemainingTimeInMillis?.() ?? 900_000) - MARGIN_MS;
}

/** When a scan rests, so that all it read is durable at its end, and when it must end. Epoch milliseconds. */
export function restOf(
  context: InvocationContext | undefined,
  now: number,
): { readonly restsAt: number; readonly endsAt: number } {
  const endsAt = endOf(context, now);
  return { restsAt: endsAt - CHECKPOINT_MS, endsAt };
}
