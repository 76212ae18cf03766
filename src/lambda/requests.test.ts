import { expect, it } from 'vitest';
import { parseDayRequest, parseHourRequest } from './requests.js';

const NOON = Date.UTC(2026, 10, 29, 12, 30);

it('a day or an hour that has not ended is refused', () => {
  const today = { report_date: '2026-11-29' };
  expect(() => parseDayRequest(today, 'UTC', NOON)).toThrow('2026-11-29 has not ended in UTC');
  expect(() => parseHourRequest({ ...today, hour: 12 }, 'UTC', NOON)).toThrow('hour 12 of 2026-11-29 has not ended');
  expect(parseHourRequest({ ...today, hour: 11 }, 'UTC', NOON).hour.hour).toBe(11);
  expect(parseDayRequest({ report_date: '2026-11-28' }, 'UTC', NOON).day.hours).toHaveLength(24);
});
