import { expect, it } from 'vitest';
import { parseDayRequest, parseHourRequest, parsePartRequest, parsePlannerPayload } from './requests.js';

const NOON = Date.UTC(2026, 10, 29, 12, 30);

it('a day or an hour that has not ended is refused', () => {
  const today = { report_date: '2026-11-29' };
  expect(() => parseDayRequest(today, 'UTC', NOON)).toThrow('2026-11-29 has not ended in UTC');
  expect(() => parseHourRequest({ ...today, hour: 12 }, 'UTC', NOON)).toThrow('hour 12 of 2026-11-29 has not ended');
  expect(parseHourRequest({ ...today, hour: 11 }, 'UTC', NOON).hour.hour).toBe(11);
  expect(parseDayRequest({ report_date: '2026-11-28' }, 'UTC', NOON).day.hours).toHaveLength(24);
});

it('a part of a scan says which, and what is no part is none', () => {
  const part = {
    scan: 'day-2026-11-28',
    from: '2026-11-27',
    until: '2026-11-28',
    after: null,
    to: 'k',
    files: 3,
    bytes: 9,
  };
  expect(parsePartRequest({ phase: 'part', part })).toEqual(part);
  const some = { ...part, keeps: ['2026-11-28'] };
  expect(parsePartRequest({ phase: 'part', part: some })).toEqual(some);
  expect(parsePartRequest({ phase: 'day', part })).toBeNull();
  expect(() => parsePartRequest({ phase: 'part', part: { ...part, to: undefined } })).toThrow('part.to is missing');
  expect(() => parsePartRequest({ phase: 'part', part: { ...part, scan: '../x' } })).toThrow('part.scan is "../x"');
  expect(() => parsePartRequest({ phase: 'part' })).toThrow('part.scan is missing');
});

it('the planner takes its time from a schedule or a rule, and its range as texts, whatever the payload holds', () => {
  const none = { TEST_START_DATE: undefined, TEST_END_DATE: undefined };
  expect(parsePlannerPayload({ source: 'aws.states' })).toMatchObject({ isByRule: true });
  expect(parsePlannerPayload({ time: 'a', scheduled_time: 'b' })).toEqual({
    scheduledTime: 'b',
    range: none,
    isByRule: false,
  });
  expect(parsePlannerPayload({ time: 'a', other: 1 })).toEqual({ scheduledTime: 'a', range: none, isByRule: false });
  for (const event of [undefined, null, 'x', 7]) expect(parsePlannerPayload(event).range).toEqual(none);
  const { range } = parsePlannerPayload({ TEST_START_DATE: 20261101, TEST_END_DATE: null });
  expect(range).toEqual({ TEST_START_DATE: '20261101', TEST_END_DATE: undefined });
});
