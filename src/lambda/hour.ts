import { collectHour } from '../collect/hour/collect-hour.js';
import { openCollection } from './collection.js';
import { type HourSummary, summarize } from './hour-summary.js';
import { type InvocationContext, parseHourRequest } from './requests.js';

/** Collects one report hour and returns its manifest in short. Errors are thrown: the state machine retries and lists them. */
export async function handler(event: unknown, context?: InvocationContext): Promise<HourSummary> {
  const { config, request } = await openCollection(process.env, context);
  let costUsd = 0;
  const manifest = await collectHour({
    ...request,
    ...parseHourRequest(event, config.timezone),
    onRow: (row) => {
      costUsd += row.cost_usd ?? 0;
    },
  });
  return summarize(manifest, costUsd);
}
