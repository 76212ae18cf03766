/** Requests a second, and how many may come at once, for one operation of one account and Region. */
export interface Quota {
  readonly perSecond: number;
  readonly burst: number;
}

/** Documented quotas (aws-facts 1.1, 2.1); operations that are absent have none. */
export const DEFAULT_QUOTAS: Readonly<Record<string, Quota>> = {
  LookupEvents: { perSecond: 2, burst: 2 },
  ListPublicKeys: { perSecond: 10, burst: 10 },
  BatchGetQueryExecution: { perSecond: 10, burst: 20 },
  ListQueryExecutions: { perSecond: 5, burst: 10 },
  GetQueryExecution: { perSecond: 100, burst: 200 },
  StartQueryExecution: { perSecond: 20, burst: 80 },
  DescribeUser: { perSecond: 20, burst: 20 },
};

/** Counts tokens per operation, account and Region. */
export interface QuotaKeeper {
  /** Takes a token; false when the call is over the quota. Times are epoch milliseconds. */
  take(operation: string, owner: string, now: number): boolean;
}

export function createQuotaKeeper(quotas: Readonly<Record<string, Quota>>): QuotaKeeper {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(operation, owner, now) {
      const quota = quotas[operation];
      if (!quota) return true;
      const key = `${operation}/${owner}`;
      const bucket = buckets.get(key) ?? { tokens: quota.burst, at: now };
      buckets.set(key, bucket);
      bucket.tokens = Math.min(quota.burst, bucket.tokens + ((now - bucket.at) / 1000) * quota.perSecond);
      bucket.at = now;
      // A caller that paces itself exactly must not fail on the last bit of a fraction.
      if (bucket.tokens < 1 - 1e-6) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}
