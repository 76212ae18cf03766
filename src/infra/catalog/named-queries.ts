/** A query saved in Athena next to the table. */
export interface NamedQuery {
  /** Logical id in the template. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly sql: string;
}

// The CSV table has text columns only, the others are typed: casts make one text do for all of them.
// The years let Athena prune partitions; the dates cut to the day. Partition values are texts with zeros in front.
const LAST_30_DAYS =
  "year >= date_format(current_date - interval '30' day, '%Y') AND year||month||day >= date_format(current_date - interval '30' day, '%Y%m%d')";
const COST = 'round(sum(TRY_CAST(cost_usd AS double)), 2) AS cost_usd';
const TERABYTES = 'round(sum(TRY_CAST(data_scanned_bytes AS double)) / 1e12, 3) AS scanned_tb';

export const NAMED_QUERIES: readonly NamedQuery[] = [
  {
    id: 'TopPeopleQuery',
    name: 'Top people by cost, 30 days',
    description: 'Who spent most, how sure the name is, and how much was scanned',
    sql: select(
      `coalesce(person, username, '(unresolved)') AS person, identity_confidence, count(*) AS queries, ${COST}, ${TERABYTES}`,
      LAST_30_DAYS,
      'GROUP BY 1, 2 ORDER BY cost_usd DESC NULLS LAST LIMIT 100',
    ),
  },
  {
    id: 'WorkgroupCostQuery',
    name: 'Cost by workgroup and day, 30 days',
    description: 'Cost, volume and failures of each workgroup',
    sql: select(
      `workgroup, year, month, day, count(*) AS queries, count_if(state = 'FAILED') AS failed, ${COST}, ${TERABYTES}`,
      LAST_30_DAYS,
      'GROUP BY 1, 2, 3, 4 ORDER BY 2 DESC, 3 DESC, 4 DESC, cost_usd DESC NULLS LAST',
    ),
  },
  {
    id: 'TableAccessQuery',
    name: 'Who touched a table, 30 days',
    description: 'Directly or through views; put its name in place of database.table',
    sql: select(
      'start_time, coalesce(person, username) AS person, identity_confidence, state, query_execution_id, query',
      `${LAST_30_DAYS} AND json_format(CAST(ARRAY[CAST(tables_read AS json), CAST(base_tables_read AS json), CAST(tables_written AS json)] AS json)) LIKE '%database.table%'`,
      'ORDER BY start_time DESC',
    ),
  },
  {
    id: 'RefusedQuery',
    name: 'Refused attempts, 30 days',
    description: 'Starts that Athena or IAM refused',
    sql: select(
      'start_time, username, principal_arn, source_ip, workgroup, error_code, error_message',
      `${LAST_30_DAYS} AND attribution = 'refused'`,
      'ORDER BY start_time DESC',
    ),
  },
  {
    id: 'ExpensiveQuery',
    name: 'Most expensive repeated queries, 30 days',
    description: 'Queries that differ only in literals, added up',
    sql: select(
      `fingerprint, count(*) AS runs, count(DISTINCT coalesce(person, username)) AS people, ${COST}, max(query) AS example`,
      `${LAST_30_DAYS} AND fingerprint <> ''`,
      'GROUP BY 1 ORDER BY cost_usd DESC NULLS LAST LIMIT 50',
    ),
  },
  {
    id: 'UnexplainedQuery',
    name: 'Unexplained, 30 days',
    description: 'Queries without a principal, with two, or without their text',
    sql: select(
      'start_time, query_execution_id, attribution, query_status, workgroup, username',
      `${LAST_30_DAYS} AND (attribution IN ('unattributed', 'conflict') OR query_status NOT IN ('available', 'refused'))`,
      'ORDER BY start_time DESC',
    ),
  },
];

function select(columns: string, where: string, rest: string): string {
  return `SELECT ${columns} FROM queries WHERE ${where} ${rest}`;
}
