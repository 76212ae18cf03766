import { SFNClient } from '@aws-sdk/client-sfn';
import { type PlannedDay, planDays } from '../collect/days/owed-days.js';
import { owedMetrics } from './day-metrics.js';
import type { PlannerConfig } from './environment.js';
import { createdAt, readKnownDays } from './known-days.js';
import { logMetrics, stackOf } from './log.js';
import { openTree } from './open-function.js';
import { datesOwed } from './plan-days.js';

const client = new SFNClient({ maxAttempts: 6 });

/** Plans the days that were asked for and those that are owed, and tells how old the oldest of them is. */
export async function planOwed(
  config: PlannerConfig,
  request: {
    readonly output: NonNullable<PlannerConfig['output']>;
    readonly asked: readonly string[];
    readonly now: number;
    /** A rule tells of a day that ended well: there is room for the next one, and nothing else is asked for. */
    readonly isByRule: boolean;
  },
): Promise<readonly PlannedDay[]> {
  const { stateMachineArn, timezone, range } = config;
  const { output, asked, now, isByRule } = request;
  const store = await openTree(process.env, output);
  const known = await readKnownDays({ client, stateMachineArn, store, now });
  const born = await createdAt(client, stateMachineArn);
  const { days, owed } = planDays({
    asked: isByRule ? [] : asked,
    owed: datesOwed(config, { asked, known, born }),
    known,
    mostAtOnce: config.daysAtOnce,
    now,
    sparesLate: isByRule,
  });
  const stamp = { now, stack: stackOf(process.env.AWS_LAMBDA_FUNCTION_NAME), also: { DaysOwed: owed.length } };
  if (range === null) logMetrics(owedMetrics({ owed, closed: known.closed, born, timezone, now }), stamp);
  return days;
}
