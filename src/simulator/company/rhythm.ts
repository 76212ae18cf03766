import type { Random } from '../wire/random.js';
import type { Rhythm } from './channel.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** The company lives five hours behind UTC, all year. */
const LOCAL_OFFSET_MS = -5 * HOUR_MS;

/** Weights of the 24 local hours. */
const RHYTHMS: Readonly<Record<Rhythm, readonly number[]>> = {
  office: [0, 0, 0, 0, 0, 0, 1, 4, 9, 14, 15, 13, 8, 11, 14, 13, 10, 7, 3, 2, 1, 1, 0, 0],
  evening: [2, 1, 0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 9, 7, 4],
  night: [3, 2, 0, 0, 12, 20, 8, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4],
  steady: [4, 4, 0, 0, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4],
};

/** An instant of a day at which a channel of this rhythm is busy, epoch milliseconds. */
export function instantIn(dayStart: number, rhythm: Rhythm, random: Random): number {
  const weights = RHYTHMS[rhythm];
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  const localHourAtStart = Math.floor((((dayStart + LOCAL_OFFSET_MS) % DAY_MS) + DAY_MS) / HOUR_MS) % 24;
  for (let hour = 0; hour < 24; hour++) {
    left -= weights[(localHourAtStart + hour) % 24] ?? 0;
    if (left < 0) return dayStart + hour * HOUR_MS + random.int(0, HOUR_MS - 1);
  }
  return dayStart;
}
