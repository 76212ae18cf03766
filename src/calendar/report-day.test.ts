import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHourIndex } from './hour-index.js';
import {
  addDays,
  checkTimeZone,
  previousReportDate,
  reportDateAt,
  reportDay,
  reportDays,
  reportHourAt,
} from './report-day.js';

const HOUR = 3_600_000;

describe('a report day', () => {
  it('has 24 hours of one hour on an ordinary day', () => {
    const day = reportDay('2025-08-28', 'America/New_York');
    expect(day.hours).toHaveLength(24);
    expect(day.window).toEqual({ start: Date.UTC(2025, 7, 28, 4), end: Date.UTC(2025, 7, 29, 4) });
    expect(day.hours[1]).toEqual({
      reportDate: '2025-08-28',
      hour: 1,
      window: { start: Date.UTC(2025, 7, 28, 5), end: Date.UTC(2025, 7, 28, 6) },
    });
  });

  it('has no label for the hour that spring skips', () => {
    const day = reportDay('2026-03-08', 'America/New_York');
    expect(day.hours.map(({ hour }) => hour)).not.toContain(2);
    expect(day.hours).toHaveLength(23);
    expect(day.window.end - day.window.start).toBe(23 * HOUR);
  });

  it('gives the hour that autumn repeats one label of two hours', () => {
    const day = reportDay('2026-11-01', 'America/New_York');
    expect(day.hours).toHaveLength(24);
    expect(day.hours[1]?.window).toEqual({ start: Date.UTC(2026, 10, 1, 5), end: Date.UTC(2026, 10, 1, 7) });
    expect(day.window.end - day.window.start).toBe(25 * HOUR);
  });

  it.each([
    ['Asia/Kolkata', '2026-06-01', 24],
    ['Asia/Kathmandu', '2026-06-01', 24],
    ['Australia/Lord_Howe', '2026-04-05', 24],
    ['Australia/Lord_Howe', '2026-10-04', 24],
    ['America/Sao_Paulo', '2018-11-04', 23],
    ['Pacific/Apia', '2011-12-30', 0],
    ['America/St_Johns', '2006-10-29', 24],
  ])('in %s on %s has %i labels', (zone, date, labels) => {
    expect(reportDay(date, zone).hours).toHaveLength(labels);
  });

  it('shortens the label in which a half-hour jump falls', () => {
    const hour = reportDay('2026-10-04', 'Australia/Lord_Howe').hours.find((candidate) => candidate.hour === 2);
    expect(hour && hour.window.end - hour.window.start).toBe(HOUR / 2);
  });

  it.each([
    ['2026-02-30', 'there is no day'],
    ['2026/01/01', 'write YYYY-MM-DD'],
    ['', 'write YYYY-MM-DD'],
  ])('refuses the date %j', (date, message) => {
    expect(() => reportDay(date, 'UTC')).toThrow(message);
  });

  it.each(['Mars/Olympus', 'EST5EDT[u-ca=x]', '+05:00', ''])('refuses the zone %j', (zone) => {
    expect(() => checkTimeZone(zone)).toThrow('use an IANA name');
  });
});

describe('every zone of the database, over decades', () => {
  const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const date = fc
    .date({ min: new Date('1971-01-01T00:00:00Z'), max: new Date('2037-12-31T00:00:00Z'), noInvalidDate: true })
    .map((instant) => instant.toISOString().slice(0, 10));

  it('covers every instant exactly once: hours touch, days touch, nothing is empty', () => {
    fc.assert(
      fc.property(zone, date, (timezone, from) => {
        const days = reportDays({ from, to: addDays(from, 2), timezone });
        const hours = days.flatMap((day) => day.hours);
        for (const [index, hour] of hours.entries()) {
          expect(hour.window.end).toBeGreaterThan(hour.window.start);
          const next = hours[index + 1];
          if (next) expect(next.window.start).toBe(hour.window.end);
        }
        expect(hours[0]?.window.start).toBe(days[0]?.window.start);
        expect(hours.at(-1)?.window.end).toBe(days[2]?.window.end);
      }),
      { numRuns: 200 },
    );
  });

  it('labels an instant with the wall clock that Intl shows, except where the clock went back over a label border', () => {
    fc.assert(
      fc.property(zone, fc.integer({ min: 31_536_000, max: 2_145_916_800 }), (timezone, second) => {
        const instant = second * 1000;
        const label = reportHourAt(instant, timezone);
        const parts = new Intl.DateTimeFormat('en-CA', {
          timeZone: timezone,
          hourCycle: 'h23',
          year: 'numeric',
          month: '2-digit',
          day: '2-digit',
          hour: '2-digit',
        }).formatToParts(instant);
        const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? '';
        const wall = `${part('year')}-${part('month')}-${part('day')}T${part('hour')}`;
        const labelled = `${label.reportDate}T${String(label.hour).padStart(2, '0')}`;
        if (wall !== labelled) expect(wall < labelled && label.window.end - label.window.start > HOUR).toBe(true);
        expect(createHourIndex([reportDay(label.reportDate, timezone)]).find(instant)).toEqual(label);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the previous report date', () => {
  it.each([
    ['2026-03-09T05:00:00Z', 'America/New_York', '2026-03-08'],
    ['2026-11-02T06:00:00Z', 'America/New_York', '2026-11-01'],
    ['2026-01-01T04:59:59Z', 'America/New_York', '2025-12-30'],
    ['2011-12-30T12:00:00Z', 'Pacific/Apia', '2011-12-29'],
  ])('of %s in %s is %s', (instant, timezone, expected) => {
    expect(previousReportDate(Date.parse(instant), timezone)).toBe(expected);
  });

  it('follows the report date of an instant', () => {
    expect(reportDateAt(Date.parse('2026-01-01T04:59:59Z'), 'America/New_York')).toBe('2025-12-31');
  });
});

describe('a range', () => {
  it('includes both ends', () => {
    expect(reportDays({ from: '2026-02-27', to: '2026-03-01', timezone: 'UTC' }).map((day) => day.reportDate)).toEqual([
      '2026-02-27',
      '2026-02-28',
      '2026-03-01',
    ]);
  });

  it('refuses to run backwards', () => {
    expect(() => reportDays({ from: '2026-03-02', to: '2026-03-01', timezone: 'UTC' })).toThrow('before it begins');
  });
});

describe('the hour index', () => {
  it('finds nothing outside the planned days', () => {
    const index = createHourIndex(reportDays({ from: '2026-01-02', to: '2026-01-02', timezone: 'UTC' }));
    expect(index.find(Date.UTC(2026, 0, 1, 23, 59, 59, 999))).toBeNull();
    expect(index.find(Date.UTC(2026, 0, 3))).toBeNull();
    expect(index.find(Date.UTC(2026, 0, 2))?.hour).toBe(0);
  });
});
