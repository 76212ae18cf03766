import { describe, expect, it } from 'vitest';
import { reportDay } from '../calendar/report-day.js';
import { type HourFacts, NO_IDS, type TreeFacts } from './facts.js';
import { findingsOf } from './find.js';
import { KINDS } from './kinds.js';

const DATE = '2026-11-10';
const NEW_YORK = 'America/New_York';

/** Hours of a day, each as if nothing were wrong. */
function hoursOf(reportDate: string, timezone = NEW_YORK): HourFacts[] {
  return reportDay(reportDate, timezone).hours.map(({ hour, window }) => ({
    ...{ reportDate, hour, timezone, window, isOpen: false, malformed: 0, sources: [], notRead: [] },
    ...{ unattributed: NO_IDS, conflict: NO_IDS, partsGone: 0 },
  }));
}

const closed = (reportDate: string) => ({ reportDate, unlisted: [], systemTables: [] });

function told(facts: Partial<TreeFacts>) {
  return findingsOf({
    hours: [],
    closings: [],
    repeated: [],
    missing: [],
    untold: [],
    rewritten: [],
    daily: [],
    fileChanges: [],
    isCopy: false,
    ...facts,
  }).map(({ kind, key, text, next, label, count, days }) => ({
    kind,
    key,
    text,
    next,
    hour: label?.hour,
    count,
    days,
  }));
}

/** A day of which one hour is changed. */
function dayWith(hour: number, changes: Partial<HourFacts>): HourFacts[] {
  return hoursOf(DATE).map((one) => (one.hour === hour ? { ...one, ...changes } : one));
}

const texts = (facts: Partial<TreeFacts>) => told({ closings: [closed(DATE)], ...facts }).map(({ text }) => text);

describe('the findings of a tree', () => {
  it('are none where all is well', () => {
    expect(told({ hours: hoursOf(DATE), closings: [closed(DATE)] })).toEqual([]);
  });

  it('tell records that could not be used, by how many an hour holds', () => {
    expect(told({ hours: dayWith(7, { malformed: 2 }), closings: [closed(DATE)] })).toMatchObject([
      { kind: 'malformed', hour: 7, count: 2, key: '2026-11-10 07h malformed 2' },
    ]);
  });

  it('tell what Athena ran unseen by CloudTrail, and look for late events only while the hour is open', () => {
    const unattributed = { count: 6, ids: ['a', 'b', 'c', 'd', 'e'], hash: '0123456789abcdef0123' };
    const found = (isOpen: boolean) => told({ hours: dayWith(7, { unattributed, isOpen }), closings: [closed(DATE)] });
    expect(found(true)).toEqual([
      {
        ...{ kind: 'unattributed', hour: 7, count: 6, days: { from: DATE, to: DATE }, next: 'settle' },
        key: '2026-11-10 07h unattributed 0123456789abcdef',
        text: 'Athena ran 6 queries that CloudTrail has not shown: a, b, c, d, e, …',
      },
    ]);
    expect(found(false).map(({ next }) => next)).toEqual([null]);
  });

  it('name queries of which CloudTrail tells two principals', () => {
    const conflict = { count: 1, ids: ['q1'], hash: 'ff'.repeat(32) };
    expect(told({ hours: dayWith(3, { conflict }), closings: null })).toMatchObject([
      {
        ...{ kind: 'conflict', key: '2026-11-10 03h conflict ffffffffffffffff', next: null },
        text: 'CloudTrail names different principals for 1 query: q1 (aqt explain <id> tells which)',
      },
    ]);
  });

  it('tell a file that was not read once, with the hours that may lack what it holds, and the way out', () => {
    const file = { name: 's3://logs/nov.bz2', reason: 'packed with bzip2', wayOut: 'Unpack it, and collect again.' };
    const hours = hoursOf(DATE).map((one) => (one.hour < 3 ? { ...one, notRead: [file] } : one));
    expect(told({ hours, closings: [closed(DATE)] })).toEqual([
      {
        ...{ kind: 'unread-file', hour: undefined, count: 1, days: { from: DATE, to: DATE }, next: 'collect' },
        key: 'file not read: s3://logs/nov.bz2 (packed with bzip2)',
        text: 's3://logs/nov.bz2 was not read: packed with bzip2. 3 hours may lack what it holds. Unpack it, and collect again.',
      },
    ]);
  });

  it('tell a place that was not read with its hours and the latest reason, and digests apart', () => {
    const source = { accountId: '111122223333', region: 'us-east-1', failure: 'denied', digestFindings: 0 };
    const hours = hoursOf(DATE).map((one) => {
      if (one.hour === 4) return { ...one, sources: [source] };
      if (one.hour === 5) return { ...one, sources: [{ ...source, failure: 'throttled', digestFindings: 2 }] };
      return one;
    });
    expect(told({ hours, closings: null }).map(({ key, text, count }) => [key, text, count])).toEqual([
      ['not read: 111122223333 us-east-1', '111122223333 us-east-1 was not read for 2 hours: throttled', 2],
      ['digests 111122223333 us-east-1 2', expect.stringContaining('did not prove the log files: 2 findings'), 2],
    ]);
  });

  it('tell a day that is all there and was never closed, but neither a part of one nor a copy', () => {
    expect(told({ hours: hoursOf(DATE) }).map(({ key }) => key)).toEqual([`${DATE} not closed`]);
    expect(told({ hours: hoursOf(DATE).slice(1) })).toEqual([]);
    // The clock skips 02h: 23 hours are the whole day.
    expect(told({ hours: hoursOf('2026-03-08') }).map(({ key }) => key)).toEqual(['2026-03-08 not closed']);
    expect(told({ hours: hoursOf(DATE), closings: null, isCopy: true }).map(({ kind }) => kind)).toEqual(['copy']);
  });

  it('tell a workgroup that could not be listed once, as it was last', () => {
    const unlisted = { accountId: '1', region: 'r', workGroup: 'w', failure: 'denied' };
    const closings = [
      { ...closed('2026-11-01'), unlisted: [unlisted] },
      { ...closed('2026-11-02'), unlisted: [{ ...unlisted, failure: 'gone' }] },
    ];
    expect(told({ closings })).toMatchObject([{ key: 'not listed: 1 r w', count: 2 }]);
    expect(texts({ closings })[0]).toContain('(gone), last for 2026-11-02');
  });

  it('tell the file of a day that is old by the reports it should be of, and a damaged one by its bytes', () => {
    const daily = [
      { reportDate: DATE, fault: 'stale', changed: 1, hash: 'ab'.repeat(32) },
      { reportDate: DATE, fault: 'damaged', file: 'rows', why: 'it is gone, and its note is there', hash: '' },
      { reportDate: DATE, fault: 'damaged', file: 'sums', why: 'it is gone, and its note is there', hash: '' },
    ] as const;
    expect(
      told({ hours: [], closings: null, daily }).map(({ key, text, next, days }) => [key, text, next, days]),
    ).toEqual([
      [
        '2026-11-10 daily stale abababababababab',
        'daily/date=2026-11-10/queries.parquet, and the sums under rollups/, were made of other reports than 1 hour of the day now has: who reads them reads other rows',
        ...['compact', { from: DATE, to: DATE }],
      ],
      [
        '2026-11-10 daily damaged: it is gone, and its note is there',
        'daily/date=2026-11-10/queries.parquet is not to be relied on: it is gone, and its note is there',
        ...['compact', { from: DATE, to: DATE }],
      ],
      [
        '2026-11-10 rollup damaged: it is gone, and its note is there',
        'rollups/date=2026-11-10/sums.parquet is not to be relied on: it is gone, and its note is there',
        ...['compact', { from: DATE, to: DATE }],
      ],
    ]);
  });

  it('tell queries that stand in several rows', () => {
    const repeated = [{ hours: ['2026-11-10 01h', 'b/2026-11-10 01h'], count: 1, ids: ['q'], hash: 'ab'.repeat(32) }];
    expect(texts({ repeated })).toEqual(['1 query is in several rows, in 2026-11-10 01h and b/2026-11-10 01h: q']);
  });
});

describe('the joints between hours', () => {
  const NEXT = '2026-11-11';
  const closings = [closed(DATE), closed(NEXT)];

  it('hold over a day on which the clock is set back or forward', () => {
    for (const [first, second] of [
      ['2026-10-31', '2026-11-01'],
      ['2026-03-07', '2026-03-08'],
    ] as const) {
      const hours = [...hoursOf(first), ...hoursOf(second)];
      expect(told({ hours, closings: [closed(first), closed(second)] })).toEqual([]);
    }
  });

  it('are not told where a label is missing: that is told as such', () => {
    const hours = [...hoursOf(DATE).slice(0, 20), ...hoursOf(NEXT).slice(3)];
    expect(told({ hours, closings })).toEqual([]);
  });

  it('name what two zones cover twice, once', () => {
    const found = texts({ hours: [...hoursOf(DATE), ...hoursOf(NEXT, 'Europe/Berlin')], closings });
    expect(found).toEqual([
      '2026-11-10 18h and 2026-11-11 00h both cover 2026-11-10T23:00:00.000Z to 2026-11-11T05:00:00.000Z',
      'the tree has 2 time zones: America/New_York (24 hours, from 2026-11-10), Europe/Berlin (24 hours, from 2026-11-11)',
    ]);
  });

  it('name what two zones leave out', () => {
    const found = texts({ hours: [...hoursOf(DATE, 'Europe/Berlin'), ...hoursOf(NEXT)], closings });
    expect(found[0]).toBe(
      'no report covers 2026-11-10T23:00:00.000Z to 2026-11-11T05:00:00.000Z, between 2026-11-10 23h and 2026-11-11 00h',
    );
    expect(found).toHaveLength(2);
  });

  it('name minutes that a zone off by half an hour leaves out', () => {
    const hours = [...hoursOf(DATE, 'Asia/Kolkata').slice(0, 12), ...hoursOf(DATE, 'UTC').slice(12)];
    expect(texts({ hours: [...hours, ...hoursOf(DATE, 'UTC').slice(7, 12)] })[0]).toBe(
      'no report covers 2026-11-10T06:30:00.000Z to 2026-11-10T07:00:00.000Z, between 2026-11-10 11h and 2026-11-10 07h',
    );
  });
});

describe('the table of kinds', () => {
  it('heads every kind and explains it in plain sentences', () => {
    for (const { title, explanation } of Object.values(KINDS)) {
      expect(title).toMatch(/^[A-Z][^.]+$/);
      expect(explanation).toMatch(/^[A-Za-z].*\.$/);
    }
    expect(new Set(Object.values(KINDS).map(({ title }) => title)).size).toBe(Object.keys(KINDS).length);
  });
});
