import { describe, expect, it } from 'vitest';
import { type PlaceDay, type PlaceDayState, placeDayState, spansOf } from './place-days.js';

const whole = { expected: 24, finished: 24, read: 24, lacking: 0, fromLogs: 0 };

describe('a day of a place', () => {
  it.each<[PlaceDayState, Partial<typeof whole>, string]>([
    ['read', {}, 'every hour was read'],
    ['lacking', { read: 0, lacking: 24 }, 'every hour lacks it'],
    ['partly', { read: 20, lacking: 4 }, 'some hours lack it'],
    ['partly', { read: 20 }, 'it was added in the middle of the day'],
    ['partly', { expected: 24, finished: 20, read: 20 }, 'some hours have no report at all'],
    ['unasked', { read: 0 }, 'others were read, it was not asked'],
    ['missing', { finished: 0, read: 0 }, 'there is no report'],
    ['missing', { finished: 0, read: 0, lacking: 3 }, 'the only reports are faulty'],
    ['log', { read: 0, fromLogs: 24 }, 'log files were read'],
    ['partly', { read: 0, fromLogs: 12 }, 'log files were read for half of it'],
    ['read', { expected: 23, finished: 23, read: 23 }, 'the clock skipped an hour'],
  ])('is %s: %o (%s)', (state, hours) => {
    expect(placeDayState({ ...whole, ...hours })).toBe(state);
  });
});

describe('days in a row', () => {
  const day = (date: string, state: PlaceDayState, hoursLacking = 0): PlaceDay => ({ date, state, hoursLacking });

  it('are one span while their state is the same', () => {
    const days = [
      day('2026-11-01', 'read'),
      day('2026-11-02', 'lacking', 24),
      day('2026-11-03', 'lacking', 20),
      day('2026-11-04', 'read'),
    ];
    expect(spansOf(days)).toEqual([
      { state: 'read', from: '2026-11-01', to: '2026-11-01', days: 1, hoursLacking: 0 },
      { state: 'lacking', from: '2026-11-02', to: '2026-11-03', days: 2, hoursLacking: 44 },
      { state: 'read', from: '2026-11-04', to: '2026-11-04', days: 1, hoursLacking: 0 },
    ]);
  });

  it('are no span when there are none', () => {
    expect(spansOf([])).toEqual([]);
  });
});
