import { budgetOf, openReading } from './reading.js';
import { type InvocationContext, parseDayRequest } from './requests.js';
import { type ScanOutcome, scanRound } from './scan-round.js';

/** Reads CloudTrail for a report day, for as long as one invocation lasts; the state machine asks again until it is done. */
export async function handler(event: unknown, context?: InvocationContext): Promise<ScanOutcome> {
  const reading = await openReading(process.env, context);
  return scanRound({
    ...reading,
    ...parseDayRequest(event, reading.config.timezone),
    sharesQuota: reading.config.source.kind === 'lookup',
    budgetMs: budgetOf(process.env, context),
  });
}
