import { lookBackRound } from './look-back.js';
import { openReading, restOf } from './reading.js';
import { type InvocationContext, parseDayRequest } from './requests.js';
import { type ScanOutcome, scanRound } from './scan-round.js';

/**
 * Reads CloudTrail for a report day, for as long as one invocation lasts; the state machine asks again until it is done. In the
 * phase `late` it reads the last 31 days again instead, when that is due.
 */
export async function handler(event: unknown, context?: InvocationContext): Promise<ScanOutcome> {
  const reading = await openReading(process.env, context);
  const request = parseDayRequest(event, reading.config.timezone);
  const round = request.phase === 'late' ? lookBackRound : scanRound;
  const sharesQuota = reading.config.source.kind === 'lookup';
  return round(reading, reading, { ...request, sharesQuota, ...restOf(context, reading.clock.now()) });
}
