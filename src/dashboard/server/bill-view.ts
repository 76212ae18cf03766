import type { RunSql } from '../../analytics/view/scope.js';

/** A bill that the server was started with; nothing else can be read through it. */
export interface BillSource {
  /** As it was given: a file, a folder or a bucket. */
  readonly name: string;
  /** Compares it with the reports. What is wrong with the bill is in the answer. */
  compare(run: RunSql, by: 'day' | 'hour'): Promise<BillView | { readonly problem: string }>;
}

/** A bill against the reports, as a page shows it. Amounts are US dollars. */
export interface BillView {
  readonly periods: readonly string[];
  readonly formats: readonly string[];
  readonly files: readonly string[];
  readonly isHourly: boolean;
  readonly trackerUsd: number;
  readonly billUsd: number;
  readonly unexplainedUsd: number;
  /** They add up to the difference; the largest first. */
  readonly reasons: readonly BillReason[];
  readonly groups: readonly BillGroup[];
  readonly slots: readonly BillSlot[];
  /** What was not counted or compared, and what is derived from the bill: a sentence each. */
  readonly notes: readonly string[];
  readonly rates: readonly string[];
  /** Prices the reports as the bill does. */
  readonly pricesFile: string;
}

export interface BillReason {
  readonly reason: string;
  readonly words: string;
  readonly usd: number;
}

interface BillSums {
  readonly trackerUsd: number;
  readonly billUsd: number;
  readonly unexplainedUsd: number;
}

/** One workgroup; null stands for lines that name none. */
export interface BillGroup extends BillSums {
  readonly account: string;
  readonly region: string;
  readonly workgroup: string | null;
  readonly reasons: readonly BillReason[];
}

/** A UTC day or hour, ISO 8601. */
export interface BillSlot extends BillSums {
  readonly slot: string;
}
