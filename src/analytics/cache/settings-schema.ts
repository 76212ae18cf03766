const PLACE = 'file VARCHAR, tree VARCHAR, report_date DATE, account_id VARCHAR, region VARCHAR';

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
];
