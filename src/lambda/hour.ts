import { collectHour } from '../collect/days/collect-hour.js';
import type { ReportRow } from '../record/columns.js';
import { type HourSummary, summarize } from './hour-summary.js';
import { openWriting } from './open-function.js';
import { type InvocationContext, parseHourRequest } from './requests.js';

/** Collects one report hour and returns its manifest in short. Errors are thrown: the state machine retries and lists them. */
export async function handler(event: unknown, context?: InvocationContext): Promise<HourSummary> {
  const { config, collector, sources } = await openWriting(process.env, context);
  let costUsd = 0;
  const onRow = (row: ReportRow) => {
    costUsd += row.cost_usd ?? 0;
  };
  const task = { ...parseHourRequest(event, config.timezone, collector.clock.now()), format: config.format };
  const manifest = await collectHour({ ...collector, onRow }, sources, task);
  return summarize(manifest, costUsd);
}
