import { describe, expect, it } from 'vitest';
import { type AlarmRule, type AlarmState, alarmState } from './alarm-evaluation.js';
import { quickTemplate } from './infra-template.js';

type Alarm = AlarmRule & {
  readonly Period?: number;
  readonly Statistic?: string;
  readonly MetricName?: string;
  readonly Metrics?: readonly { readonly MetricStat?: { readonly Period: number; readonly Stat: string } }[];
  readonly AlarmActions: readonly unknown[];
  readonly OKActions: readonly unknown[];
  readonly InsufficientDataActions?: readonly unknown[];
};

const alarms = Object.fromEntries(
  Object.entries(quickTemplate().Resources)
    .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
    .map(([id, { Properties }]) => [id, Properties as unknown as Alarm]),
);
const AGES = ['HourNotFinal', 'NoDayClosed', 'TextNearlyLost', 'TextNotSaved'];

function alarmOf(id: string): Alarm {
  const alarm = alarms[id];
  if (!alarm) throw new Error(`no alarm ${id}`);
  return alarm;
}

/** The messages that a topic gets while these points come, a period each, from the creation of the alarm on. */
function messages(id: string, points: readonly (number | null)[]): AlarmState[] {
  const alarm = alarmOf(id);
  const told: AlarmState[] = [];
  // An alarm is made without a state; that is no change.
  let state: AlarmState = 'INSUFFICIENT_DATA';
  for (let count = 1; count <= points.length; count++) {
    const next = alarmState(alarm, points.slice(0, count), state);
    const actions = {
      ALARM: alarm.AlarmActions,
      OK: alarm.OKActions,
      INSUFFICIENT_DATA: alarm.InsufficientDataActions,
    };
    if (next !== state && (actions[next]?.length ?? 0) > 0) told.push(next);
    state = next;
  }
  return told;
}

describe('the evaluation', () => {
  // The table of the CloudWatch guide: three of three periods, points oldest first, X breaching.
  const rule = { EvaluationPeriods: 3, Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' };
  it.each([
    ['0 - X - X', ['OK', 'OK', 'OK', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'OK', 'OK']],
    ['- - - - -', ['INSUFFICIENT_DATA', 'BEFORE', 'ALARM', 'OK']],
    ['0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['- - X - -', ['ALARM', 'BEFORE', 'ALARM', 'OK']],
  ])('of %s is what AWS says', (points, expected) => {
    const given = points.split(' ').map((point) => (point === '-' ? null : point === 'X' ? 1 : 0));
    const states = ['missing', 'ignore', 'breaching', 'notBreaching'].map((TreatMissingData) =>
      alarmState({ ...rule, TreatMissingData }, given, 'BEFORE' as AlarmState),
    );
    expect(states).toEqual(expected);
  });
});

describe('the alarms', () => {
  it('have periods that CloudWatch takes: a week at most is evaluated', () => {
    for (const [id, alarm] of Object.entries(alarms)) {
      const period = alarm.Period ?? alarm.Metrics?.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 0;
      expect(`${id} ${period % 60}`).toBe(`${id} 0`);
      expect(period * alarm.EvaluationPeriods).toBeLessThanOrEqual(7 * 86_400);
      expect(alarm.DatapointsToAlarm ?? 1).toBeLessThanOrEqual(alarm.EvaluationPeriods);
    }
  });

  it.each(AGES)('%s is silent on a new stack, before its first day and after good ones', (id) => {
    expect(messages(id, Array(10).fill(null))).toEqual([]);
    // A good day ends the state without data, and says so: once.
    expect(messages(id, [null, null, 2, 2, 2, null, 2])).toEqual(['OK']);
  });

  it.each(AGES)('%s tells when no number comes any more, and when they come again', (id) => {
    expect(messages(id, [2, 2, null, null, null, null, null])).toEqual(['OK', 'INSUFFICIENT_DATA']);
    expect(messages(id, [2, 2, null, null, null, null, 2, 2])).toEqual(['OK', 'INSUFFICIENT_DATA', 'OK']);
  });

  it.each([
    ['NoDayClosed', [1, 25, 49, 73], [1, 25, 25, 25]],
    ['TextNotSaved', [1, 2, 3, 4], [0, 1, 2, 2]],
    ['TextNearlyLost', [36, 37, 38, 39], [34, 35, 36, 37]],
    ['HourNotFinal', [36, 37, 38, 39], [31, 32, 33, 34]],
  ])('%s tells of an age that grows, once, and when it is over; of a usual one it does not', (id, grows, usual) => {
    expect(messages(id, grows)).toEqual(['OK', 'ALARM']);
    expect(messages(id, [...grows, 1, 1, 1])).toEqual(['OK', 'ALARM', 'OK']);
    expect(messages(id, usual)).toEqual(['OK']);
  });

  it.each(AGES)('%s takes the oldest of a day: what a back-fill tells in between does not hide it', (id) => {
    expect(alarmOf(id).Statistic).toBe('Maximum');
  });

  it('tell of each failed day and of what could not start, and that it is over; nothing is no alarm', () => {
    for (const id of ['DayFailed', 'NotStarted']) {
      expect(messages(id, [null, null, 1, null, null, null])).toEqual(['OK', 'ALARM', 'OK']);
      expect(messages(id, [null, 0, null])).toEqual(['OK']);
    }
    // A run that lasts longer than the period is counted when it ends.
    expect(alarmOf('DayFailed').Metrics?.flatMap(({ MetricStat }) => MetricStat?.Stat ?? [])).toEqual(
      Array(3).fill('Sum'),
    );
  });
});
