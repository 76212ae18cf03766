import { describe, expect, it } from 'vitest';
import { keepDeliveries } from '../../tree/files/deliveries.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { writeSettleState } from '../../tree/settle-state.js';
import { deepReason, deepReasonText } from './deep-due.js';

const NOW = Date.parse('2026-11-30T06:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A tree whose last look-back is so long ago, and what it knows of days of delivery: listed, read. */
async function reasonOf(
  agoMs: number | null,
  days: Readonly<Record<string, readonly [listed: number, read: number]>>,
): Promise<Awaited<ReturnType<typeof deepReason>>> {
  const store = createMemoryStore();
  if (agoMs !== null) await writeSettleState(store, { deepScanAt: NOW - agoMs });
  const deliveries = Object.entries(days).map(([date, [listed, read]]) => ({ place: 's3://b', date, listed, read }));
  await keepDeliveries(store, deliveries, { now: NOW - DAY_MS });
  return deepReason(store, NOW);
}

describe('deepReason', () => {
  it('is the week, counted from the last look-back that came to its end', async () => {
    expect(await reasonOf(null, {})).toEqual({ kind: 'week' });
    expect(await reasonOf(7 * DAY_MS, { '2026-11-20': [9, 9] })).toEqual({ kind: 'week' });
    expect(await reasonOf(7 * DAY_MS - 1, { '2026-11-20': [9, 9] })).toBeNull();
  });

  it('is a file that could not be read, of a day that the daily run does not list any more, once a day', async () => {
    const unread = { '2026-11-20': [9, 7], '2026-11-21': [9, 9], '2026-11-22': [4, 3] } as const;
    const reason = await reasonOf(DAY_MS, unread);
    expect(reason).toEqual({ kind: 'unread', files: 3, dates: ['2026-11-20', '2026-11-22'] });
    expect(reason && deepReasonText(reason)).toBe(
      '3 log files that were delivered on 2 days, the first 2026-11-20, could not be read before',
    );
    expect(await reasonOf(19 * HOUR_MS, unread)).toBeNull();
    const one = await reasonOf(DAY_MS, { '2026-11-22': [4, 3] });
    expect(one && deepReasonText(one)).toBe('1 log file that was delivered on 2026-11-22 could not be read before');
  });

  it('leaves to the daily run what it lists, and to nobody what no look-back lists', async () => {
    expect(await reasonOf(DAY_MS, { '2026-11-23': [9, 8] })).not.toBeNull();
    expect(await reasonOf(DAY_MS, { '2026-11-24': [9, 8] })).toBeNull();
    expect(await reasonOf(DAY_MS, { '2026-10-28': [9, 8] })).not.toBeNull();
    expect(await reasonOf(DAY_MS, { '2026-10-27': [9, 8] })).toBeNull();
  });

  it('waits for the week where listing would cost more than a thousand calls', async () => {
    expect(await reasonOf(DAY_MS, { '2026-11-20': [1_000_000, 999_999] })).not.toBeNull();
    expect(await reasonOf(DAY_MS, { '2026-11-20': [1_000_000, 999_999], '2026-11-29': [1, 1] })).toBeNull();
  });
});
