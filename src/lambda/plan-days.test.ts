import { describe, expect, it } from 'vitest';
import { datesOwed, plannedDates } from './plan-days.js';

const config = {
  ...{ stateMachineArn: 'arn', timezone: 'America/New_York', range: null },
  ...{ output: null, owedDays: 45, firstDay: null, daysAtOnce: 10 },
};
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

describe('the days that are owed', () => {
  const asked = ['2026-06-14'];
  const run = { attempt: 1, isRunning: false, startedAt: 0 };
  const born = Date.parse('2026-06-12T12:00:00Z');
  const nothing = { runs: [], closed: new Set<string>() };

  it('begin with the day before the stack was made', () => {
    expect(datesOwed(config, { asked, known: nothing, born })).toEqual([
      '2026-06-11',
      '2026-06-12',
      '2026-06-13',
      '2026-06-14',
    ]);
    expect(datesOwed(config, { asked, known: nothing, born: now })).toEqual(asked);
  });

  it('begin earlier where the tree or a run does, and where the stack says so, but not before the last 45', () => {
    const first = (known: { closed?: Set<string>; runs?: { reportDate: string }[] }, more = {}) => {
      const runs = (known.runs ?? []).map(({ reportDate }) => ({ ...run, reportDate }));
      return datesOwed({ ...config, ...more }, { asked, known: { ...nothing, ...known, runs }, born })[0];
    };
    expect(first({ closed: new Set(['2026-06-01']) })).toBe('2026-06-01');
    expect(first({ runs: [{ reportDate: '2026-06-02' }] })).toBe('2026-06-02');
    expect(first({}, { firstDay: '2026-05-20' })).toBe('2026-05-20');
    expect(first({}, { firstDay: '2020-01-01' })).toBe('2026-05-01');
    expect(first({ closed: new Set(['2026-06-01']) }, { owedDays: 3 })).toBe('2026-06-12');
  });

  it('are none where a range was asked for', () => {
    const range = { from: '2026-06-01', to: '2026-06-02' };
    expect(datesOwed({ ...config, range }, { asked: ['2026-06-01', '2026-06-02'], known: nothing, born })).toEqual([]);
    expect(datesOwed({ ...config, owedDays: 0 }, { asked, known: nothing, born })).toEqual([]);
  });
});
