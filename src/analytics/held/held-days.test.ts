import { describe, expect, it } from 'vitest';
import type { ListedHour } from '../cache/sync-plan.js';
import { holdNewestDays, leftWhileReading } from './held-days.js';

const MB = 1_000_000;
const hour = (reportDate: string, at: number, bytes: number, ending = 'csv'): ListedHour => ({
  manifestKey: `${reportDate}/${at}`,
  tree: '',
  label: { reportDate, hour: at },
  manifestBytes: 1,
  reports: { [`report.${ending}`]: bytes },
});
const DATES = ['2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05'];
/** Two hours a day, 20 MB of CSV, for which the cache takes 10. */
const HOURS = DATES.flatMap((date) => [hour(date, 0, 10 * MB), hour(date, 23, 10 * MB)]);
const datesOf = (hours: readonly ListedHour[]) => [...new Set(hours.map(({ label }) => label.reportDate))];

describe('the days that a bounded cache holds', () => {
  it('are all where they fit, whatever their order, and the newest where they do not', () => {
    expect(holdNewestDays(59 * MB).choose(HOURS, true)).toMatchObject({ held: HOURS, left: null });
    const { held, left } = holdNewestDays(49 * MB).choose([...HOURS].reverse(), true);
    expect(datesOf(held)).toEqual(['2026-11-05', '2026-11-04', '2026-11-03', '2026-11-02']);
    // Rows of the first day that is told are all here, also those whose event was of the day before.
    expect(left).toEqual({ from: '2026-11-01', to: '2026-11-01', hours: 2, heldFrom: '2026-11-03' });
  });

  it('are two at least, of which the last is whole', () => {
    const { held, left } = holdNewestDays(1).choose(HOURS, true);
    expect(datesOf(held)).toEqual(['2026-11-04', '2026-11-05']);
    expect(left).toMatchObject({ from: '2026-11-01', to: '2026-11-03', hours: 6, heldFrom: '2026-11-05' });
    expect(holdNewestDays(1).choose(HOURS.slice(6), true).left).toBeNull();
    expect(holdNewestDays(1).choose([], true)).toMatchObject({ held: [], left: null });
  });

  it('are not changed by a look at some of them', () => {
    const bound = holdNewestDays(29 * MB);
    expect(bound.choose(HOURS, false).held).toEqual(HOURS);
    bound.choose(HOURS, true);
    const late = [hour('2026-11-01', 7, 1), hour('2026-11-06', 7, 1)];
    expect(bound.choose(late, false)).toEqual({ held: late.slice(1), left: undefined, dropBefore: null });
  });

  it('are fewer when the file is larger than was thought, and never more than then', () => {
    const bound = holdNewestDays(49 * MB);
    expect(datesOf(bound.choose(HOURS, true).held)).toHaveLength(4);
    bound.learn(60 * MB);
    expect(datesOf(bound.choose(HOURS, true).held)).toHaveLength(3);
    bound.learn(20 * MB);
    expect(datesOf(bound.choose(HOURS, true).held)).toHaveLength(3);
  });

  it('are fewer at once when room is reserved, and more again at a look at everything', () => {
    const bound = holdNewestDays(49 * MB);
    bound.choose(HOURS, true);
    bound.reserve(10 * MB);
    const late = [hour('2026-11-06', 7, 1)];
    expect(bound.choose(late, false)).toEqual({
      held: late,
      left: { from: '2026-11-01', to: '2026-11-02', hours: 4, heldFrom: '2026-11-04' },
      dropBefore: '2026-11-03',
    });
    expect(bound.choose(late, false).dropBefore).toBe('2026-11-03');
    bound.learn(0);
    expect(bound.choose(late, false).dropBefore).toBeNull();
    bound.reserve(0);
    expect(bound.choose(late, false).left).toBeUndefined();
    expect(datesOf(bound.choose(HOURS, true).held)).toHaveLength(4);
  });

  it('take more room from packed reports', () => {
    const packed = HOURS.map(({ label }) => hour(label.reportDate, label.hour, 10 * MB, 'parquet'));
    expect(datesOf(holdNewestDays(200 * MB).choose(packed, true).held)).toHaveLength(2);
  });
});

it('tells what is still to be read of a first build beside what is left out', () => {
  const left = { from: '2026-10-01', to: '2026-10-31', hours: 744, heldFrom: '2026-11-02' };
  const rest = HOURS.filter(({ label }) => label.reportDate <= '2026-11-03');
  const told = { to: '2026-11-03', heldFrom: '2026-11-05', isReading: true };
  expect(leftWhileReading(rest, null)).toEqual({ ...told, from: '2026-11-01', hours: 6 });
  expect(leftWhileReading(rest, left)).toEqual({ ...told, from: '2026-10-01', hours: 750 });
  expect(leftWhileReading([], left)).toBe(left);
});
