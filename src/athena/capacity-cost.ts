import type { PriceTable } from './prices.js';

/** A capacity reservation over a span of time, and the queries that ran on it. Times in milliseconds. */
export interface ReservationUse {
  readonly dpus: number;
  /** How long the reservation held these DPUs; billed by the minute, at least one. */
  readonly activeMs: number;
  readonly queries: readonly DpuUse[];
}

export interface DpuUse {
  readonly queryExecutionId: string;
  readonly dpuCount: number;
  readonly executionMs: number;
}

export interface ReservationCost {
  readonly totalUsd: number;
  /** What each query used, in the order given. */
  readonly shares: readonly {
    readonly queryExecutionId: string;
    readonly dpuHours: number;
    readonly costUsd: number;
  }[];
  readonly idleDpuHours: number;
  /** Paid for and not used: shown apart, never spread over the queries. */
  readonly idleUsd: number;
  readonly steps: readonly string[];
}

const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;

/**
 * Shares the price of a reservation among its queries by DPU × time (aws-facts 6: billed by the DPU-hour and minute).
 * Queries that claim more than was reserved (DPUs are reported for the whole query, also while it waits on others) get
 * the price in proportion, so the sum is always the total. Null when the price per DPU-hour is unknown.
 */
export function allocateReservation(use: ReservationUse, prices: PriceTable): ReservationCost | null {
  const { usdPerDpuHour } = prices;
  if (usdPerDpuHour === null) return null;
  const minutes = use.activeMs > 0 ? Math.max(1, Math.ceil(use.activeMs / MS_PER_MINUTE)) : 0;
  const reserved = (use.dpus * minutes) / 60;
  const totalUsd = reserved * usdPerDpuHour;
  const claimed = use.queries.map(({ dpuCount, executionMs }) => (dpuCount * executionMs) / MS_PER_HOUR);
  const claimedSum = claimed.reduce((sum, hours) => sum + hours, 0);
  const scale = claimedSum > reserved ? reserved / claimedSum : 1;
  const shares = use.queries.map(({ queryExecutionId }, index) => {
    const dpuHours = (claimed[index] ?? 0) * scale;
    return { queryExecutionId, dpuHours, costUsd: dpuHours * usdPerDpuHour };
  });
  const idleDpuHours = Math.max(0, reserved - claimedSum);
  const idleUsd = idleDpuHours * usdPerDpuHour;
  return {
    totalUsd,
    shares,
    idleDpuHours,
    idleUsd,
    steps: [
      `${use.dpus} DPU × ${minutes} minutes = ${reserved} DPU-hours × ${usdPerDpuHour} USD = ${totalUsd} USD`,
      `queries used ${Math.min(claimedSum, reserved)} DPU-hours; ${idleDpuHours} were idle = ${idleUsd} USD`,
    ],
  };
}

export interface SparkCost {
  readonly costUsd: number | null;
  readonly basis: string;
  readonly steps: readonly string[];
}

/** Prices an Athena for Spark calculation by `DpuExecutionInMillis` of its statistics; null when it or the price is unknown. */
export function sparkCostOf(dpuExecutionMs: number | null, prices: PriceTable): SparkCost {
  const { usdPerSparkDpuHour: price, asOf } = prices;
  if (dpuExecutionMs === null)
    return { costUsd: null, basis: 'unknown-dpu-time', steps: ['the DPU time is not known'] };
  if (price === null) return { costUsd: null, basis: 'unknown-price', steps: ['the price per DPU-hour is not known'] };
  const dpuHours = dpuExecutionMs / MS_PER_HOUR;
  const costUsd = dpuHours * price;
  return {
    costUsd,
    basis: `spark:${price}`,
    steps: [`${dpuExecutionMs} ms of DPU time = ${dpuHours} DPU-hours × ${price} USD = ${costUsd} USD (${asOf})`],
  };
}
