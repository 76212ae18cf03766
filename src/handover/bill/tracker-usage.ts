/** What the reports say of one workgroup in one UTC day or hour. */
export interface TrackerUsage {
  readonly account: string;
  readonly region: string;
  readonly workgroup: string;
  /** As in `BillLine`. */
  readonly slot: string;
  readonly queries: number;
  /** Bytes billed for scans if MB and TB are 2^20 and 2^40 bytes, or 10^6 and 10^12. */
  readonly binaryBytes: number;
  readonly decimalBytes: number;
  /** What the rows say their scans cost. */
  readonly scanUsd: number;
  /** Binary and decimal bytes of scans whose price is not known. */
  readonly unpricedBinaryBytes: number;
  readonly unpricedDecimalBytes: number;
  readonly reservationUsd: number;
  /** Queries of a workgroup that was assigned to a reservation, of which Athena told no DPUs. */
  readonly unsharedQueries: number;
  /** Queries that have not finished, or of which nobody could tell. */
  readonly openQueries: number;
}

/** What the tracker knows, to be compared with a bill. */
export interface Tracker {
  readonly usage: readonly TrackerUsage[];
  /** UTC days (YYYY-MM-DD) of which at least one hour was collected. */
  readonly days: ReadonlySet<string>;
  /** IAM principals seen. */
  readonly principals: ReadonlySet<string>;
  /** Bytes in the TB that the rows were priced with; null when no row tells. */
  readonly bytesPerTb: number | null;
  /** DPU-hours of reservations that closings saw, by account, Region and slot (`reservedKey`); none where any of the slot is unknown. */
  readonly reserved: ReadonlyMap<string, number>;
}

/** Names a place and slot in `Tracker.reserved`. */
export function reservedKey({ account, region, slot }: Pick<TrackerUsage, 'account' | 'region' | 'slot'>): string {
  return `${account} ${region} ${slot}`;
}

type Query = <T>(sql: string) => Promise<T[]>;

/** A scan, priced or not: its basis says so. */
const IS_SCAN =
  "(cost_basis LIKE 'scan:%' OR cost_basis LIKE 'unknown-region:%' OR cost_basis LIKE 'unknown-currency:%')";

/** Adds up the reports by account, Region, workgroup and UTC day or hour. AWS does not say which instant counts; the end is taken. */
export async function readTracker(query: Query, by: 'day' | 'hour'): Promise<Tracker> {
  const usage = await query<TrackerUsage>(
    `SELECT account_id AS account, region, coalesce(workgroup, 'primary') AS workgroup,
       strftime(date_trunc('${by}', coalesce(end_time, start_time)), '%Y-%m-%dT%H:%M:%SZ') AS slot,
       count(*)::INTEGER AS queries,
       coalesce(sum(${billed(2 ** 20)}) FILTER (${IS_SCAN}), 0)::DOUBLE AS "binaryBytes",
       coalesce(sum(${billed(10 ** 6)}) FILTER (${IS_SCAN}), 0)::DOUBLE AS "decimalBytes",
       coalesce(sum(cost_usd) FILTER (${IS_SCAN}), 0)::DOUBLE AS "scanUsd",
       coalesce(sum(${billed(2 ** 20)}) FILTER (${IS_SCAN} AND cost_usd IS NULL), 0)::DOUBLE AS "unpricedBinaryBytes",
       coalesce(sum(${billed(10 ** 6)}) FILTER (${IS_SCAN} AND cost_usd IS NULL), 0)::DOUBLE AS "unpricedDecimalBytes",
       coalesce(sum(cost_usd) FILTER (cost_basis LIKE 'reservation:%'), 0)::DOUBLE AS "reservationUsd",
       count(*) FILTER (cost_basis LIKE 'unknown-reservation-dpus:%')::INTEGER AS "unsharedQueries",
       count(*) FILTER (state <> 'REFUSED' AND (cost_basis IS NULL OR cost_basis IN ('unknown-bytes', 'unknown-statement')))::INTEGER AS "openQueries"
     FROM query_log WHERE query_execution_id IS NOT NULL GROUP BY ALL ORDER BY ALL`,
  );
  const days = await query<{ day: string }>(
    `SELECT DISTINCT strftime(unnest([window_start, window_end - INTERVAL 1 MILLISECOND]), '%Y-%m-%d') AS day FROM hour_log`,
  );
  const principals = await query<{ arn: string }>(
    'SELECT DISTINCT principal_arn AS arn FROM query_log WHERE principal_arn IS NOT NULL',
  );
  const [basis] = await query<{ bytes: number | null }>(
    `SELECT median(billed_bytes * try_cast(regexp_extract(cost_basis, '[^:]+$') AS DOUBLE) / cost_usd) AS bytes
     FROM query_log WHERE cost_basis LIKE 'scan:%' AND cost_usd > 0`,
  );
  const reserved = await query<{ account: string; region: string; slot: string; dpus: number }>(
    // A day of which some hours are missing may have begun before the reports, or ended after the last closing.
    `SELECT account_id AS account, region, strftime(date_trunc('${by}', hour), '%Y-%m-%dT%H:%M:%SZ') AS slot, sum(dpu_hours) AS dpus
     FROM reservation_hours WHERE name IS NOT NULL GROUP BY ALL
     HAVING count(dpu_hours) = count(*) AND count(DISTINCT hour) = ${by === 'day' ? 24 : 1}`,
  );
  return {
    usage,
    reserved: new Map(reserved.map((one) => [reservedKey(one), one.dpus])),
    days: new Set(days.map(({ day }) => day)),
    principals: new Set(principals.map(({ arn }) => arn)),
    bytesPerTb: basis?.bytes ?? null,
  };
}

/** The rules of `billedBytesOf`, in SQL. */
function billed(megabyte: number): string {
  return `greatest(ceil(coalesce(data_scanned_bytes, 0) / ${megabyte}), 10) * ${megabyte}`;
}

/** Adds the workgroups of an account and Region up, for a bill that names none. */
export function withoutWorkgroups(usage: readonly TrackerUsage[]): TrackerUsage[] {
  const merged = new Map<string, TrackerUsage>();
  for (const one of usage) {
    const key = `${one.account} ${one.region} ${one.slot}`;
    const before = merged.get(key);
    const whole = { ...one, workgroup: '' };
    merged.set(key, before ? addUsage(before, whole) : whole);
  }
  return [...merged.values()];
}

function addUsage(a: TrackerUsage, b: TrackerUsage): TrackerUsage {
  return {
    ...a,
    queries: a.queries + b.queries,
    binaryBytes: a.binaryBytes + b.binaryBytes,
    decimalBytes: a.decimalBytes + b.decimalBytes,
    scanUsd: a.scanUsd + b.scanUsd,
    unpricedBinaryBytes: a.unpricedBinaryBytes + b.unpricedBinaryBytes,
    unpricedDecimalBytes: a.unpricedDecimalBytes + b.unpricedDecimalBytes,
    reservationUsd: a.reservationUsd + b.reservationUsd,
    unsharedQueries: a.unsharedQueries + b.unsharedQueries,
    openQueries: a.openQueries + b.openQueries,
  };
}
