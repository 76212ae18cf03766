import { expect, test } from 'vitest';
import { allocateReservation, sparkCostOf } from './capacity-cost.js';
import { LIST_PRICES, overridePrices } from './prices.js';

const query = (queryExecutionId: string, dpuCount: number, executionMs: number) => ({
  queryExecutionId,
  dpuCount,
  executionMs,
});

test('a reservation is shared by DPU and time, and what nobody used is idle', () => {
  const use = { dpus: 24, activeMs: 3_600_000, queries: [query('a', 8, 1_800_000), query('b', 4, 900_000)] };
  expect(allocateReservation(use, LIST_PRICES)).toEqual({
    totalUsd: 7.199999999999999,
    shares: [
      { queryExecutionId: 'a', dpuHours: 4, costUsd: 1.2 },
      { queryExecutionId: 'b', dpuHours: 1, costUsd: 0.3 },
    ],
    idleDpuHours: 19,
    idleUsd: 5.7,
    steps: [
      '24 DPU × 60 minutes = 24 DPU-hours × 0.3 USD = 7.199999999999999 USD',
      'queries used 5 DPU-hours; 19 were idle = 5.7 USD',
    ],
  });
});

test('a reservation is billed by the started minute, at least one', () => {
  expect(allocateReservation({ dpus: 4, activeMs: 1, queries: [] }, LIST_PRICES)?.totalUsd).toBeCloseTo(0.02, 12);
  expect(allocateReservation({ dpus: 4, activeMs: 60_001, queries: [] }, LIST_PRICES)?.totalUsd).toBeCloseTo(0.04, 12);
  expect(allocateReservation({ dpus: 4, activeMs: 0, queries: [] }, LIST_PRICES)?.totalUsd).toBe(0);
});

test('queries that claim more than was reserved share the whole price, and nothing is idle', () => {
  const use = { dpus: 4, activeMs: 3_600_000, queries: [query('a', 4, 3_600_000), query('b', 4, 3_600_000)] };
  const cost = allocateReservation(use, LIST_PRICES);
  expect(cost?.shares.map(({ costUsd }) => costUsd)).toEqual([0.6, 0.6]);
  expect([cost?.totalUsd, cost?.idleUsd]).toEqual([1.2, 0]);
});

test('without a price per DPU-hour nothing is guessed', () => {
  const prices = overridePrices(LIST_PRICES, { usdPerDpuHour: null, usdPerSparkDpuHour: null });
  expect(allocateReservation({ dpus: 4, activeMs: 1, queries: [] }, prices)).toBeNull();
  expect(sparkCostOf(1, prices)).toMatchObject({ costUsd: null, basis: 'unknown-price' });
});

test('Spark is billed by DPU time', () => {
  expect(sparkCostOf(7_200_000, LIST_PRICES)).toMatchObject({ costUsd: 0.9, basis: 'spark:0.45' });
  expect(sparkCostOf(null, LIST_PRICES)).toMatchObject({ costUsd: null, basis: 'unknown-dpu-time' });
});
