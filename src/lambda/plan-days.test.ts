import { describe, expect, it } from 'vitest';
import { executionName, plannedDates } from './plan-days.js';

const config = { stateMachineArn: 'arn', timezone: 'America/New_York', range: null };
const now = Date.parse('2026-06-15T12:00:00Z');

describe('the days of a planner invocation', () => {
  it.each([
    ['an ordinary night', '2026-11-21T06:00:00Z', '2026-11-20'],
    ['the night after the clocks go back', '2026-11-02T06:00:00Z', '2026-11-01'],
    ['the night on which the clocks go back, before they do', '2026-11-01T05:00:00Z', '2026-10-31'],
    ['the night after the clocks go forward', '2026-03-09T05:00:00Z', '2026-03-08'],
    ['a run that came late', '2026-11-21T17:30:00Z', '2026-11-20'],
  ])('are the day before, in the report time zone: %s', (_, scheduledTime, date) => {
    expect(plannedDates(config, { scheduledTime, now })).toEqual([date]);
  });

  it.each([undefined, null, '', 42, {}, 'soon', '<aws.scheduler.scheduled-time>'])(
    'go by the clock when the payload names no time: %j',
    (scheduledTime) => {
      expect(plannedDates(config, { scheduledTime, now })).toEqual(['2026-06-14']);
    },
  );

  it('are those of the range, both ends included, whatever the time', () => {
    const range = { from: '2026-02-27', to: '2026-03-01' };
    expect(plannedDates({ ...config, range }, { scheduledTime: '2026-11-21T06:00:00Z', now })).toEqual([
      '2026-02-27',
      '2026-02-28',
      '2026-03-01',
    ]);
  });
});

describe('the name of an execution', () => {
  it('is the same for the same day, so that a retry starts nothing twice', () => {
    expect(executionName('2026-11-20')).toBe('day-2026-11-20');
  });
});
