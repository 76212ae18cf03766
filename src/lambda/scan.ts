import { type LookBackOutcome, lookBackRound } from '../collect/days/look-back.js';
import { divisionFrom } from '../collect/days/part-plan.js';
import type { PartsToRead } from '../collect/days/scan-parts.js';
import { scanPart, scanRound } from '../collect/days/scan-round.js';
import type { CollectConfig } from './environment.js';
import { openReading } from './open-function.js';
import { type InvocationContext, parseDayRequest, parsePartRequest } from './requests.js';
import { restOf } from './time-left.js';

/** What the state machine is told: of parts, the bucket and the key of their list. */
export type ScanAnswer =
  | Exclude<LookBackOutcome, { readonly state: 'parts' }>
  | (PartsToRead & { readonly bucket: string })
  | { readonly state: 'done' | 'more' };

/**
 * Reads CloudTrail for a report day, for as long as one invocation lasts; the state machine asks again until it is done. In the
 * phase `late` it reads the last 31 days again instead, when that is due; in the phase `part` a part of a scan that was divided.
 */
export async function handler(event: unknown, context?: InvocationContext): Promise<ScanAnswer> {
  const { config, work, sources } = await openReading(process.env, context);
  const rest = restOf(context, work.clock.now());
  const part = parsePartRequest(event);
  if (part) return { state: await scanPart(work, sources, { ...rest, part, timezone: config.timezone }) };
  const request = parseDayRequest(event, config.timezone, work.clock.now());
  const round = request.phase === 'late' ? lookBackRound : scanRound;
  const sharesQuota = config.source.kind === 'lookup';
  const division = divisionFrom(config.divideScanFrom);
  const outcome = await round(work, sources, { ...request, ...rest, sharesQuota, division });
  return outcome.state === 'parts' ? placed(outcome, config) : outcome;
}

/** Keys of the tree lie below its prefix. */
function placed(parts: PartsToRead, { bucket, prefix }: CollectConfig): PartsToRead & { readonly bucket: string } {
  return { ...parts, bucket, key: prefix === '' ? parts.key : `${prefix}/${parts.key}` };
}
