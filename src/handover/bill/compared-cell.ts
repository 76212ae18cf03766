/** Why the bill and the tracker say different amounts. */
export type Reason =
  | 'tb-basis'
  | 'discount-or-net-rate'
  | 'price-unknown'
  | 'still-open'
  | 'moved-between-days'
  | 'not-on-the-bill-yet'
  | 'month-missing'
  | 'hours-not-collected'
  | 'account-not-collected'
  | 'region-not-collected'
  | 'workgroup-not-collected'
  | 'account-not-on-the-bill'
  | 'no-workgroup-on-the-line'
  | 'in-the-reservation'
  | 'reservation-idle'
  | 'dpus-not-told'
  | 'spark'
  | 'credit'
  | 'refund'
  | 'tax'
  | 'other-usage'
  | 'rounding'
  | 'unexplained';

/** Tracker and bill of one account, Region and workgroup, in US dollars. */
export interface ComparedCell {
  readonly account: string;
  readonly region: string;
  /** Null for lines that name none. */
  readonly workgroup: string | null;
  readonly slot: string;
  readonly trackerUsd: number;
  readonly billUsd: number;
  readonly billListUsd: number;
  readonly trackerTb: number;
  readonly billTb: number;
  /** They add up to `billUsd - trackerUsd`. */
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
}

/** Half a cent: what is smaller rounds to nothing. */
export const CENT = 0.005;
