import { type LookBackOutcome, lookBackRound } from '../collect/days/look-back.js';
import { scanRound } from '../collect/days/scan-round.js';
import { openReading } from './open-function.js';
import { type InvocationContext, parseDayRequest } from './requests.js';
import { restOf } from './time-left.js';

/**
 * Reads CloudTrail for a report day, for as long as one invocation lasts; the state machine asks again until it is done. In the
 * phase `late` it reads the last 31 days again instead, when that is due.
 */
export async function handler(event: unknown, context?: InvocationContext): Promise<LookBackOutcome> {
  const { config, work, sources } = await openReading(process.env, context);
  const request = parseDayRequest(event, config.timezone, work.clock.now());
  const round = request.phase === 'late' ? lookBackRound : scanRound;
  const sharesQuota = config.source.kind === 'lookup';
  return round(work, sources, { ...request, sharesQuota, ...restOf(context, work.clock.now()) });
}
