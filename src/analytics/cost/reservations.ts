import type { Window } from '../../calendar/window.js';
import { type RunSql, timestamp } from '../view/scope.js';

/** What a capacity reservation cost in a span of time, and who used it. Amounts are null where an hour is not known. */
export interface ReservationUse {
  readonly account_id: string;
  readonly region: string;
  /** Null for shares of queries that no known reservation explains. */
  readonly name: string | null;
  readonly hours: number;
  /** Hours of which DPUs, price or use are not known, and why the first of them is not. */
  readonly unknown_hours: number;
  readonly unknown: string | null;
  readonly dpu_hours: number | null;
  readonly used_dpu_hours: number | null;
  readonly billed_usd: number | null;
  /** What queries used: it is in their cost. */
  readonly used_usd: number;
  /** What nobody used: it is in no query's cost. */
  readonly idle_usd: number | null;
  /** DPU-hours that queries claim beyond what was reserved. */
  readonly over_dpu_hours: number | null;
  readonly queries: number;
  /** Those of which Athena told no DPUs: what they used is not known. */
  readonly queries_without_dpus: number;
}

/** Adds the hours up that lie in a window, in part or whole; the most expensive first. */
export async function reservationsOf(run: RunSql, { start, end }: Window): Promise<ReservationUse[]> {
  const whole = (column: string) => `CASE WHEN count(${column}) = count(*) THEN sum(${column}) END AS ${column}`;
  return run<ReservationUse>(
    `SELECT account_id, region, name, count(*) AS hours, count(unknown) AS unknown_hours, min_by(unknown, hour) AS unknown,
       ${['dpu_hours', 'used_dpu_hours', 'billed_usd', 'idle_usd', 'over_dpu_hours'].map(whole).join(', ')},
       sum(used_usd) AS used_usd, sum(queries)::BIGINT AS queries, sum(queries_without_dpus)::BIGINT AS queries_without_dpus
     FROM reservation_hours WHERE hour > ${timestamp(start - 3_600_000)} AND hour < ${timestamp(end)}
     GROUP BY account_id, region, name ORDER BY billed_usd DESC NULLS LAST, used_usd DESC, account_id, region, name`,
  );
}
