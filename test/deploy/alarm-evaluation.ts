/** What of an alarm decides its state. */
export interface AlarmRule {
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData?: string;
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** CloudWatch looks further back than it must: AWS's own table has five points for three periods, and does not say more. */
const FURTHER_BACK = 2;

/**
 * The state that an alarm has after the newest of these points, oldest first, null for a period without data; by the rules of the CloudWatch guide,
 * "Configuring how CloudWatch alarms treat missing data": points that exist are enough when there are as many as periods; else what is missing is filled in.
 */
export function alarmState(rule: AlarmRule, points: readonly (number | null)[], before: AlarmState): AlarmState {
  const { EvaluationPeriods: periods, Threshold, TreatMissingData: treatment = 'missing' } = rule;
  if (rule.ComparisonOperator !== 'GreaterThanOrEqualToThreshold') throw new Error(rule.ComparisonOperator);
  const needed = rule.DatapointsToAlarm ?? periods;
  const range = points.slice(-(periods + FURTHER_BACK));
  const there = range.filter((point) => point !== null);
  const isBad = (point: number) => point >= Threshold;
  if (there.length >= periods) return there.slice(-periods).filter(isBad).length >= needed ? 'ALARM' : 'OK';
  const bad = there.filter(isBad).length;
  const filled = periods - there.length;
  switch (treatment) {
    case 'breaching':
      return bad + filled >= needed ? 'ALARM' : 'OK';
    case 'notBreaching':
      return bad >= needed ? 'ALARM' : 'OK';
    case 'ignore':
      return there.length === 0 ? before : bad >= needed ? 'ALARM' : there.length === bad ? before : 'OK';
    default:
      if (there.length === 0) return 'INSUFFICIENT_DATA';
      // What is missing is left out: points that are there decide alone.
      return bad >= Math.min(needed, there.length) ? 'ALARM' : 'OK';
  }
}
