import { describe, expect, it } from 'vitest';
import { type DayRun, executionName, parseExecutionName, planDays } from './owed-days.js';

const NOW = Date.parse('2026-11-28T06:00:00Z');
const HOUR = 3_600_000;
const WEEK = ['2026-11-21', '2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'];
const [FIRST = '', SECOND = '', THIRD = ''] = WEEK;
const YESTERDAY = '2026-11-27';

function ran(reportDate: string, rest: Partial<DayRun> = {}): DayRun {
  return { reportDate, attempt: 1, isRunning: false, startedAt: NOW - 48 * HOUR, ...rest };
}

function plan(rest: Partial<Parameters<typeof planDays>[0]> & { runs?: DayRun[]; closed?: string[] } = {}) {
  const { runs = [], closed = [], ...more } = rest;
  const known = { runs, closed: new Set(closed) };
  const planned = planDays({ asked: [YESTERDAY], owed: WEEK, known, mostAtOnce: 10, now: NOW, ...more });
  return {
    owed: planned.owed,
    days: planned.days.map((day) => `${executionName(day)}${day.starts ? '' : ' is there'}`),
  };
}

describe('planning days', () => {
  it('starts every day of a week without a schedule, the oldest first', () => {
    expect(plan({ closed: [] }).days).toEqual(WEEK.map((date) => `day-${date}`));
  });

  it('starts a day that failed under the next name, however often it failed', () => {
    const closed = WEEK.slice(1, -1);
    const failed = [ran(FIRST), ran(FIRST, { attempt: 2 }), ran(FIRST, { attempt: 3 })];
    expect(plan({ closed, runs: failed }).days).toEqual([`day-${FIRST}-4`, `day-${YESTERDAY}`]);
  });

  it('starts a day whose run ended well and whose closing is gone or lacks hours', () => {
    expect(plan({ closed: WEEK.slice(1), runs: [ran(FIRST), ran(YESTERDAY)] }).days).toEqual([
      `day-${FIRST}-2`,
      `day-${YESTERDAY} is there`,
    ]);
  });

  it('leaves alone what runs, also as part of a back-fill, and says which days are not closed', () => {
    const runs = [ran(FIRST, { isRunning: true, attempt: 2 }), ran(SECOND, { isRunning: true, attempt: 0 })];
    const { days, owed } = plan({ closed: WEEK.slice(2), runs });
    expect(days).toEqual([`day-${YESTERDAY}`]);
    expect(owed).toEqual([FIRST, SECOND]);
  });

  it('starts so many that no more run than may, but what was asked for always', () => {
    const runs = [ran('2026-01-01', { isRunning: true })];
    expect(plan({ runs, mostAtOnce: 3 }).days).toEqual([`day-${FIRST}`, `day-${SECOND}`, `day-${YESTERDAY}`]);
    expect(plan({ runs, mostAtOnce: 1 }).days).toEqual([`day-${YESTERDAY}`]);
  });

  it('gives the same names to two planners that know the same, and new ones when the first have failed', () => {
    const runs = [ran(FIRST)];
    expect(plan({ runs })).toEqual(plan({ runs }));
    const next = [...runs, ...WEEK.slice(1).map((date) => ran(date)), ran(FIRST, { attempt: 2 })];
    expect(plan({ runs: next }).days).toEqual([`day-${FIRST}-3`, ...WEEK.slice(1).map((date) => `day-${date}-2`)]);
  });

  it('does not, called by a day that ended, start again what ended a moment ago', () => {
    const runs = [ran(FIRST, { startedAt: NOW - HOUR }), ran(SECOND)];
    const { days } = plan({ asked: [], owed: WEEK.slice(0, 3), runs, sparesLate: true });
    expect(days).toEqual([`day-${SECOND}-2`, `day-${THIRD}`]);
  });

  it('starts a day that was asked for and closed by hand, and not one that the machine has run and closed', () => {
    expect(plan({ asked: WEEK.slice(0, 2), owed: [], closed: WEEK, runs: [ran(SECOND)] }).days).toEqual([
      `day-${FIRST}`,
      `day-${SECOND} is there`,
    ]);
  });
});

describe('the name of a run', () => {
  it.each([
    ['day-2026-11-20', { reportDate: '2026-11-20', attempt: 1 }],
    ['day-2026-11-20-2', { reportDate: '2026-11-20', attempt: 2 }],
    ['day-2026-11-20-17', { reportDate: '2026-11-20', attempt: 17 }],
  ])('%s tells the day and the attempt', (name, day) => {
    expect(executionName(day)).toBe(name);
    expect(parseExecutionName(name)).toEqual(day);
  });

  it.each([
    ['backfill-2026-11-20-2026-11-21-x1_2026-11-20', { reportDate: '2026-11-20', attempt: 0 }],
    ['again', null],
    ['day-2026-11-20-1', null],
    ['0b7c1f2e-2026-11-20', null],
  ])('that somebody else gave, %s, is read as far as it tells the day', (name, day) => {
    expect(parseExecutionName(name)).toEqual(day);
  });
});
