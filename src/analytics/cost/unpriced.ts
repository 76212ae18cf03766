import { IS_UNPRICED, UNPRICED_REASON } from '../cache/cache-schema.js';
import { type RunSql, type Scope, scopeSql } from '../view/scope.js';

/** Queries that have ended and whose cost is not known, for one reason. */
export interface Unpriced {
  /** As `ledger.unpricedByReason` names it. */
  readonly reason: string;
  readonly queries: number;
}

/** Counts a scope's queries without a cost by their reason, the most first. */
export async function unpricedOf(run: RunSql, scope: Scope): Promise<Unpriced[]> {
  return run<Unpriced>(
    `SELECT ${UNPRICED_REASON} AS reason, count(*) AS queries FROM query_log
     WHERE ${IS_UNPRICED} AND ${scopeSql(scope)} GROUP BY ALL ORDER BY queries DESC, reason`,
  );
}

/** What the reasons mean. */
export const WHY_UNPRICED: Readonly<Record<string, string>> = {
  region: 'no price is known for their Region',
  currency: 'their Region is billed in another currency',
  reservation: 'they ran on a capacity reservation whose DPU-hour has no known price, or nobody knows how long',
  'reservation-dpus': 'their workgroup was assigned to a capacity reservation, and Athena told no DPUs of them',
  statement: 'what kind of statement they were is not known',
  bytes: 'the bytes that they scanned are not known',
};
