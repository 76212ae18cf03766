const PLACE = 'file VARCHAR, tree VARCHAR, report_date DATE, account_id VARCHAR, region VARCHAR';

/** How a query's share is spread over the hours in which it ran, and whose workgroup was on which reservation then. */
const USED = `WITH run AS (
    SELECT account_id, region, coalesce(workgroup, 'primary') AS workgroup, cost_usd,
      try_cast(regexp_extract(cost_basis, '[^:]+$') AS DOUBLE) AS price, coalesce(execution_ms, 0) AS ms,
      coalesce(end_time, start_time) AS ended, ended - to_milliseconds(ms) AS began, starts_with(cost_basis, 'unknown-reservation-dpus:') AS is_unshared,
      starts_with(cost_basis, 'unknown-reservation:') AS is_unpriced
    FROM query_log
    WHERE cost_basis LIKE 'reservation:%' OR cost_basis LIKE 'unknown-reservation%'),
  slice AS (
    SELECT *, hour = date_trunc('hour', ended) AS is_last, greatest(epoch_ms(least(ended, hour + INTERVAL 1 HOUR)) - epoch_ms(greatest(began, hour)), 0) / greatest(ms, 1) AS part
    FROM (SELECT *, unnest(generate_series(date_trunc('hour', began), ended, INTERVAL 1 HOUR)) AS hour FROM run)),
  share AS (
    SELECT account_id, region, workgroup, hour, coalesce(sum(cost_usd * part), 0) AS usd,
      coalesce(sum(cost_usd / nullif(price, 0) * part), 0) AS dpu_hours, count(*) FILTER (is_last) AS queries,
      count(*) FILTER (is_unpriced) AS unpriced, count(*) FILTER (is_unshared) AS unshared,
      count(*) FILTER (is_unshared AND is_last) AS without_dpus
    FROM slice GROUP BY ALL),
  named AS (
    SELECT s.*, r.name FROM share s LEFT JOIN reservation_hour_log r
      ON r.account_id = s.account_id AND r.region = s.region AND r.hour = s.hour AND list_contains(r.workgroups, s.workgroup)
    QUALIFY row_number() OVER (PARTITION BY s.account_id, s.region, s.workgroup, s.hour ORDER BY r.name) = 1)
  SELECT account_id, region, name, hour, sum(usd) AS usd, sum(dpu_hours) AS dpu_hours, sum(queries)::BIGINT AS queries,
    sum(unpriced)::BIGINT AS unpriced, sum(unshared)::BIGINT AS unshared, sum(without_dpus)::BIGINT AS without_dpus
  FROM named GROUP BY ALL`;

/** A difference that is not known stays so: DuckDB's `greatest` passes over nulls. */
function above0(difference: string): string {
  return `CASE WHEN ${difference} IS NOT NULL THEN greatest(${difference}, 0) END`;
}

/**
 * What each reservation cost in each UTC hour, what queries used of it, and what nobody used. A query's share counts in the hours in
 * which it ran, by the workgroups that were assigned then, and the query in the last of them; shares that no known reservation
 * explains have no name. Where Athena told no DPUs of a query, what it used and what was idle is not known in its hours.
 */
const RESERVATION_HOURS = `CREATE VIEW reservation_hours AS
  WITH used AS (${USED})
  SELECT account_id, region, name, hour, r.workgroups, r.dpu_hours, CASE WHEN unpriced > 0 OR unshared > 0 THEN NULL ELSE coalesce(u.dpu_hours, 0) END AS used_dpu_hours,
    ${above0('r.dpu_hours - used_dpu_hours')} AS idle_dpu_hours, ${above0('used_dpu_hours - r.dpu_hours')} AS over_dpu_hours,
    r.usd_per_dpu_hour, r.dpu_hours * r.usd_per_dpu_hour AS billed_usd, coalesce(u.usd, 0) AS used_usd,
    idle_dpu_hours * r.usd_per_dpu_hour AS idle_usd, coalesce(u.queries, 0) AS queries, coalesce(u.without_dpus, 0) AS queries_without_dpus,
    CASE WHEN name IS NULL THEN 'no-reservation-known' WHEN r.dpu_hours IS NULL THEN 'dpus-not-known'
      WHEN r.usd_per_dpu_hour IS NULL OR unpriced > 0 THEN 'price-unknown'
      WHEN unshared > 0 THEN 'queries-without-dpus' END AS unknown
  FROM reservation_hour_log r FULL JOIN used u USING (account_id, region, name, hour)`;

/**
 * How accounts were set up at each closing. `workgroups` and `reservations` are what the latest closing of their account and Region
 * says that could ask, tags as `key=value`; changes are kept once each, though two closings may have seen them.
 */
export const SETTINGS_STATEMENTS: readonly string[] = [
  `CREATE TABLE workgroup_log (${PLACE}, workgroup VARCHAR, state VARCHAR, engine VARCHAR, is_enforced BOOLEAN, cutoff_bytes BIGINT,
     publishes_metrics BOOLEAN, requester_pays BOOLEAN, has_managed_results BOOLEAN, tags VARCHAR[], failure VARCHAR)`,
  `CREATE TABLE reservation_log (${PLACE}, name VARCHAR, status VARCHAR, target_dpus BIGINT, allocated_dpus BIGINT,
     created_at TIMESTAMP, allocated_at TIMESTAMP, workgroups VARCHAR[], failure VARCHAR, seen_at TIMESTAMP)`,
  `CREATE TABLE reservation_change_log (${PLACE}, event_id VARCHAR, changed_at TIMESTAMP, event VARCHAR, name VARCHAR, target_dpus BIGINT,
     workgroups VARCHAR[], principal_arn VARCHAR)`,
  `CREATE VIEW workgroups AS
     SELECT account_id, region, workgroup, state, engine, is_enforced, cutoff_bytes, publishes_metrics, requester_pays,
       has_managed_results, tags, failure, report_date AS as_of
     FROM workgroup_log
     QUALIFY row_number() OVER (PARTITION BY account_id, region, workgroup ORDER BY state IS NULL, report_date DESC) = 1`,
  `CREATE VIEW reservations AS
     SELECT account_id, region, name, status, target_dpus, allocated_dpus, created_at, allocated_at, workgroups, failure,
       report_date AS as_of
     FROM reservation_log
     QUALIFY row_number() OVER (PARTITION BY account_id, region, name ORDER BY report_date DESC) = 1`,
  `CREATE VIEW reservation_changes AS
     SELECT DISTINCT ON (event_id) account_id, region, name, changed_at, event, target_dpus, workgroups, principal_arn, event_id
     FROM reservation_change_log`,
  `CREATE TABLE reservation_hour_log (account_id VARCHAR, region VARCHAR, name VARCHAR, hour TIMESTAMP, workgroups VARCHAR[],
     dpu_hours DOUBLE, usd_per_dpu_hour DOUBLE)`,
  RESERVATION_HOURS,
];
