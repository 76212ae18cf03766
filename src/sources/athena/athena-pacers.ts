import type { Clock } from '../../ports/clock.js';
import { createPacer, type Pacer } from '../../ports/pacer.js';

/** One pacer for each Athena operation: quotas are per operation, account and Region. */
export interface AthenaPacers {
  readonly batchGet: Pacer;
  readonly get: Pacer;
  readonly list: Pacer;
  readonly workGroups: Pacer;
}

/**
 * Makes pacers at the documented quotas (aws-facts 2.1). `get` takes a quarter of its quota: every JDBC driver of the account
 * polls with the same operation. ListWorkGroups has no published quota.
 */
export function createAthenaPacers(options: {
  readonly clock: Clock;
  readonly random: () => number;
  readonly batchGetPerSecond?: number;
  readonly getPerSecond?: number;
  readonly listPerSecond?: number;
}): AthenaPacers {
  const { clock, random, batchGetPerSecond = 9.9, getPerSecond = 25, listPerSecond = 4.95 } = options;
  return {
    batchGet: createPacer({ ratePerSecond: batchGetPerSecond, clock, random }),
    get: createPacer({ ratePerSecond: getPerSecond, clock, random }),
    list: createPacer({ ratePerSecond: listPerSecond, clock, random }),
    workGroups: createPacer({ ratePerSecond: 2, clock, random }),
  };
}
