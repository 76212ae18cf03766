import { expect, it } from 'vitest';
import { collectorOf } from '../collect/collector.fixture.js';
import { closedDay, DATE, ROWS } from '../tree/daily/closed-day.fixture.js';
import { keepDaily, openDays, withNeighbours } from './keep-daily.js';

it('makes the file of a day in what is left of the time, also in parts of a millisecond, and never throws', async () => {
  const { store } = await closedDay();
  const now = Date.UTC(2026, 8, 5) + 0.3;
  await keepDaily(collectorOf(store, now), { dates: [DATE], deadline: now - 1.7 });
  expect(store.files.has(ROWS)).toBe(false);
  await keepDaily(collectorOf(store, now), { dates: [], deadline: now + 857_188.4812 });
  expect(store.files.has(ROWS)).toBe(true);
  store.files.clear();
  await keepDaily(
    { ...collectorOf(store, now), store: { ...store, read: () => Promise.reject(new Error('denied')) } },
    { dates: [DATE], deadline: now + 9 },
  );
});

it('looks at the days that a closing may write anew, and at those that may still change', () => {
  expect(withNeighbours('2026-11-01')).toEqual(['2026-11-01', '2026-10-31', '2026-11-02']);
  expect(openDays('2026-11-01')).toHaveLength(33);
  expect(openDays('2026-11-01').at(-1)).toBe('2026-09-30');
});
