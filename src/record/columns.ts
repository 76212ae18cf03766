/**
 * The one schema table: order, names, types and meaning of the report's columns. The row type, the CSV header, the JSON
 * keys, the Parquet schema, the Glue table and the reference page all derive from it.
 * `timestamp` is epoch milliseconds UTC in memory, ISO 8601 with milliseconds in CSV and JSON, TIMESTAMP_MILLIS in Parquet.
 */
export type ColumnType = 'string' | 'timestamp' | 'bigint' | 'double' | 'boolean' | 'int' | 'list';

/** A column of some table. */
export interface TypedColumn<Name extends string = string> {
  readonly name: Name;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly meaning: string;
}

/** A column of the report. */
export type Column = TypedColumn<keyof ReportRow>;

/** Version of this table, written into every row. */
export const SCHEMA_VERSION = 1;

export const PERSON_KINDS = ['human', 'agent', 'workload', 'service', 'unknown'] as const;
export const IDENTITY_METHODS = [
  'identity-center',
  'source-identity',
  'sso-session',
  'iam-user',
  'saml-subject',
  'oidc-subject',
  'role-chain',
  'sql-comment',
  'session-name',
  'directory',
  'root',
  'workload',
  'service',
  'unresolved',
] as const;
export const IDENTITY_CONFIDENCES = ['verified', 'asserted', 'claimed', 'none'] as const;
export const QUERY_STATUSES = ['available', 'masked', 'expired', 'not_found', 'denied', 'pending', 'refused'] as const;
export const QUERY_SOURCES = ['athena', 'cloudtrail', 'system-table', 'export', 'none'] as const;
export const ATTRIBUTIONS = ['attributed', 'unattributed', 'conflict', 'refused'] as const;

export type PersonKind = (typeof PERSON_KINDS)[number];
export type IdentityMethod = (typeof IDENTITY_METHODS)[number];
export type IdentityConfidence = (typeof IDENTITY_CONFIDENCES)[number];
export type QueryStatus = (typeof QUERY_STATUSES)[number];
export type QuerySource = (typeof QUERY_SOURCES)[number];
export type Attribution = (typeof ATTRIBUTIONS)[number];

/** One execution, or one refused start. */
export interface ReportRow {
  readonly query_execution_id: string | null;
  readonly username: string | null;
  readonly person: string | null;
  readonly person_kind: PersonKind;
  readonly identity_method: IdentityMethod;
  readonly identity_confidence: IdentityConfidence;
  readonly identity_evidence: readonly string[];
  readonly team: string | null;
  readonly workgroup: string | null;
  readonly catalog: string | null;
  readonly database: string | null;
  readonly query: string | null;
  readonly query_status: QueryStatus;
  readonly query_source: QuerySource;
  /** `QUEUED`, `RUNNING`, `SUCCEEDED`, `FAILED`, `CANCELLED`, `REFUSED`, `UNKNOWN`, or a state Athena adds later. */
  readonly state: string;
  readonly state_reason: string | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly start_time: number;
  readonly end_time: number | null;
  readonly event_time: number | null;
  readonly statement_type: string | null;
  readonly substatement_type: string | null;
  readonly tables_read: readonly string[] | null;
  readonly tables_written: readonly string[] | null;
  readonly base_tables_read: readonly string[] | null;
  readonly columns_read: readonly string[] | null;
  /** `text`, `prepared`, `view`, `catalog`, or `unknown:<reason>`. */
  readonly tables_basis: string;
  readonly fingerprint: string | null;
  readonly client: string | null;
  readonly app: string | null;
  readonly app_user: string | null;
  readonly app_context: string | null;
  readonly data_scanned_bytes: number | null;
  readonly billed_bytes: number | null;
  readonly cost_usd: number | null;
  readonly cost_basis: string | null;
  readonly queue_ms: number | null;
  readonly planning_ms: number | null;
  readonly execution_ms: number | null;
  readonly total_ms: number | null;
  readonly result_reused: boolean | null;
  readonly engine_version: string | null;
  readonly output_location: string | null;
  readonly region: string;
  readonly account_id: string;
  readonly principal_type: string | null;
  readonly principal_arn: string | null;
  readonly principal_id: string | null;
  readonly role_arn: string | null;
  readonly session_name: string | null;
  readonly source_identity: string | null;
  readonly on_behalf_of: string | null;
  readonly invoked_by: string | null;
  readonly access_key_id: string | null;
  readonly source_ip: string | null;
  readonly user_agent: string | null;
  readonly mfa: boolean | null;
  readonly console: boolean | null;
  readonly event_id: string | null;
  readonly event_count: number;
  readonly attribution: Attribution;
  readonly schema_version: number;
}

export const COLUMNS: readonly Column[] = [
  column('query_execution_id', 'string?', 'Athena execution id; null only for a refused start'),
  column(
    'username',
    'string?',
    'user exactly as CloudTrail recorded it: IAM user name, role session name, `root`, federated name, invoking service',
  ),
  column('person', 'string?', 'the resolved person, agent or workload; null when unresolved'),
  column('person_kind', 'string', '`human`, `agent`, `workload`, `service`, `unknown`'),
  column('identity_method', 'string', 'how the person was found'),
  column(
    'identity_confidence',
    'string',
    '`verified` (AWS vouches for it), `asserted` (the caller chose it), `claimed` (text inside the SQL), `none`',
  ),
  column(
    'identity_evidence',
    'list',
    'ids that prove it, first hop first; `contradiction:<event id>` where copies of the event name different principals',
  ),
  column('team', 'string?', 'team from the identity directory'),
  column('workgroup', 'string?', 'Athena workgroup'),
  column('catalog', 'string?', 'data catalog of the query context'),
  column('database', 'string?', 'database of the query context'),
  column('query', 'string?', 'the full SQL, byte for byte'),
  column('query_status', 'string', '`available`, `masked`, `expired`, `not_found`, `denied`, `pending`, `refused`'),
  column('query_source', 'string', '`athena`, `cloudtrail`, `system-table`, `export`, `none`'),
  column('state', 'string', '`QUEUED`, `RUNNING`, `SUCCEEDED`, `FAILED`, `CANCELLED`, `REFUSED`, `UNKNOWN`'),
  column('state_reason', 'string?', 'StateChangeReason of Athena'),
  column('error_code', 'string?', 'AthenaError `<category>.<type>`, or the errorCode of a refused start'),
  column('error_message', 'string?', 'message that belongs to error_code'),
  column('start_time', 'timestamp', 'submission (Athena), else event time'),
  column('end_time', 'timestamp?', 'completion; null while running or unknown'),
  column(
    'event_time',
    'timestamp?',
    'time of the earliest successful start (of the refused start); the hour of a record is the hour of this time',
  ),
  column('statement_type', 'string?', '`DDL`, `DML`, `UTILITY`'),
  column('substatement_type', 'string?', '`SELECT`, `CREATE_TABLE_AS_SELECT`, …'),
  column('tables_read', 'list?', '`catalog.database.table`; null when the text, or what it executes, is unknown'),
  column('tables_written', 'list?', '`catalog.database.table` or `s3://…`; null when the text is unknown'),
  column('base_tables_read', 'list?', 'the tables behind the views among them, through any depth'),
  column(
    'columns_read',
    'list?',
    '`catalog.database.table.column`; `~` before a column that is inferred, `.*` where any column may be meant',
  ),
  column(
    'tables_basis',
    'string',
    'how the four above are known: `text`, `prepared`, `view`, `catalog`, `unknown:<reason>`',
  ),
  column('fingerprint', 'string?', 'same for queries that differ only in literals, comments, case and white space'),
  column('client', 'string?', 'the program, from the user agent'),
  column('app', 'string?', 'tool named by the SQL comment'),
  column('app_user', 'string?', 'user named by the SQL comment'),
  column('app_context', 'string?', 'the rest of the SQL comment, JSON'),
  column('data_scanned_bytes', 'bigint?', 'bytes scanned'),
  column('billed_bytes', 'bigint?', 'bytes billed after minimum and rounding'),
  column('cost_usd', 'double?', 'US dollars; null when the price is unknown'),
  column('cost_basis', 'string?', 'why the cost is what it is'),
  column('queue_ms', 'bigint?', 'time in the queue'),
  column('planning_ms', 'bigint?', 'planning time'),
  column('execution_ms', 'bigint?', 'engine execution time'),
  column('total_ms', 'bigint?', 'total execution time'),
  column('result_reused', 'boolean?', 'the result of an earlier query was reused'),
  column('engine_version', 'string?', 'effective engine version'),
  column('output_location', 'string?', 'S3 location of the result'),
  column('region', 'string', 'Region in which the query ran'),
  column('account_id', 'string', 'account in which the query ran'),
  column('principal_type', 'string?', 'userIdentity.type'),
  column('principal_arn', 'string?', 'userIdentity.arn'),
  column('principal_id', 'string?', 'userIdentity.principalId'),
  column('role_arn', 'string?', 'role behind the session'),
  column('session_name', 'string?', 'role session name'),
  column('source_identity', 'string?', 'sourceIdentity of the session'),
  column('on_behalf_of', 'string?', 'IAM Identity Center user id'),
  column('invoked_by', 'string?', 'AWS service that made the call'),
  column('access_key_id', 'string?', 'access key that signed the call'),
  column('source_ip', 'string?', 'IP address or service name'),
  column('user_agent', 'string?', 'user agent'),
  column('mfa', 'boolean?', 'session authenticated with MFA'),
  column('console', 'boolean?', 'credentials came from the console'),
  column('event_id', 'string?', 'event id of the earliest successful start (of the refused start)'),
  column('event_count', 'int', 'starts seen for this execution'),
  column('attribution', 'string', '`attributed`, `unattributed`, `conflict`, `refused`'),
  column('schema_version', 'int', 'version of this schema'),
];

function column(name: keyof ReportRow, type: ColumnType | `${ColumnType}?`, meaning: string): Column {
  const nullable = type.endsWith('?');
  return { name, type: (nullable ? type.slice(0, -1) : type) as ColumnType, nullable, meaning };
}
