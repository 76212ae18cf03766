import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { forecast } from './month.js';

const DAY = 86_400_000;
const START = Date.UTC(2026, 9, 12);
/** Days from 12 October 2026, a Monday, in UTC; working days cost 10, days of the weekend 1. */
const days = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const start = START + index * DAY;
    const date = new Date(start).toISOString().slice(0, 10);
    return { date, window: { start, end: start + DAY }, costUsd: index % 7 >= 5 ? 1 : 10 };
  });
const month = Temporal.PlainDate.from('2026-11-01');
const at = (count: number, budgetUsd: number | null = null) =>
  forecast(days(count), { month, collected: { start: START, end: START + count * DAY }, budgetUsd });

describe('the forecast of a month', () => {
  it('gives each day that is to come the pace of its weekday', () => {
    // To 8 November: a Sunday, five working days, the weekend.
    const { costUsd, forecastUsd, paceDays } = at(28);
    expect(costUsd).toBe(1 + 50 + 2);
    // November 2026 has 21 working days and 9 of weekends.
    expect(forecastUsd).toBe(21 * 10 + 9);
    expect(paceDays).toBe(28);
  });

  it('names the day on which it passes the budget, and none where it does not', () => {
    expect(at(28, 60).overOn).toBe('2026-11-09');
    expect(at(28, 219).overOn).toBeNull();
    expect(at(28, 218.5).overOn).toBe('2026-11-30');
  });

  it('lets a day that is not over go on, and forecasts nothing from less than a day', () => {
    const half = days(28).map((day, index) => (index === 27 ? { ...day, costUsd: 0.25 } : day));
    const { forecastUsd, paceDays } = forecast(half, {
      month,
      collected: { start: START, end: START + 27.5 * DAY },
      budgetUsd: null,
    });
    expect(paceDays).toBe(27);
    expect(forecastUsd).toBeCloseTo(21 * 10 + 8 + 0.25 + 0.5, 6);
    const none = forecast(days(28).slice(-1), {
      month,
      collected: { start: START + 27.5 * DAY, end: START + 27.7 * DAY },
      budgetUsd: 1,
    });
    expect(none).toMatchObject({ forecastUsd: null, overOn: null, paceDays: 0 });
  });
});
