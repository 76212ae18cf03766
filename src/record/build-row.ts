import type { Execution } from '../athena/execution.js';
import { type Principal, principalOfArn, usernameOf } from '../cloudtrail/principal.js';
import { unknownReads } from '../sql/resolve-reads.js';
import { type ObservedAnswer, queryOf } from './answer.js';
import { type ReportRow, SCHEMA_VERSION } from './columns.js';
import type { Enrichment } from './enrichment.js';
import type { ExecutionStarts, KnownStart } from './start-groups.js';
import { CONTRADICTION } from './start-groups.js';

/** The row of an execution that CloudTrail showed. */
export function executionRow(
  group: ExecutionStarts,
  observed: ObservedAnswer | undefined,
  enrichment: Enrichment,
): ReportRow {
  const { first } = group;
  const execution = observed?.answer.outcome === 'found' ? observed.answer.execution : null;
  const text = queryOf(observed, first);
  const startedAt = execution?.submittedAt ?? first.eventTime;
  const own: Own = {
    query_execution_id: group.queryExecutionId,
    state: execution?.state ?? 'UNKNOWN',
    state_reason: execution?.stateReason ?? null,
    error_code: execution?.errorCode ?? null,
    error_message: execution?.errorMessage ?? null,
    start_time: startedAt,
    event_count: group.starts.length,
    attribution: group.isConflict || isOfSeveralPeople(group, text.query, enrichment) ? 'conflict' : 'attributed',
  };
  return rowOf(own, { text, execution, start: first, place: first, startedAt, enrichment });
}

/** One session name can hide two people; only a repeated start can show it. */
function isOfSeveralPeople({ starts }: ExecutionStarts, query: string | null, enrichment: Enrichment): boolean {
  if (starts.length < 2) return false;
  const tag = query === null ? null : enrichment.readSql(query, { catalog: null, database: null }).tag;
  return new Set(starts.flatMap((start) => enrichment.resolve(start, tag).person ?? [])).size > 1;
}

/** The row of an attempt that Athena refused: who, when, where and why; the text only where an old record still shows it. */
export function refusedRow(start: KnownStart, enrichment: Enrichment): ReportRow {
  const source = start.queryString === null ? 'none' : 'cloudtrail';
  const own: Own = {
    query_execution_id: null,
    state: 'REFUSED',
    state_reason: null,
    error_code: start.errorCode,
    error_message: start.errorMessage,
    start_time: start.eventTime,
    event_count: 1,
    attribution: 'refused',
  };
  const row = rowOf(own, {
    text: { query: start.queryString, status: 'refused', source },
    execution: null,
    start,
    place: start,
    startedAt: start.eventTime,
    enrichment,
  });
  return { ...row, cost_basis: 'refused', cost_usd: 0, billed_bytes: 0 };
}

/** The row of an execution that Athena knows and CloudTrail never showed; its principal is known where a system table names it. */
export function unattributedRow(
  observed: ObservedAnswer & { readonly answer: { readonly outcome: 'found'; readonly execution: Execution } },
  place: {
    readonly accountId: string;
    readonly region: string;
    readonly startedAt: number;
    readonly principalArn?: string | null;
  },
  enrichment: Enrichment,
): ReportRow {
  const principal = place.principalArn ? principalOfArn(place.principalArn) : null;
  const { execution } = observed.answer;
  const text = queryOf(observed, { queryString: null, eventTime: place.startedAt });
  const own: Own = {
    query_execution_id: execution.queryExecutionId,
    state: execution.state,
    state_reason: execution.stateReason,
    error_code: execution.errorCode,
    error_message: execution.errorMessage,
    start_time: place.startedAt,
    event_count: 0,
    attribution: 'unattributed',
  };
  return rowOf(own, { text, execution, start: null, principal, place, startedAt: place.startedAt, enrichment });
}

interface Parts {
  readonly text: ReturnType<typeof queryOf>;
  readonly execution: Execution | null;
  readonly start: KnownStart | null;
  /** Of a row without a start. */
  readonly principal?: Principal | null;
  readonly place: { readonly accountId: string; readonly region: string };
  readonly startedAt: number;
  readonly enrichment: Enrichment;
}

/** The columns that each kind of row fills in its own way. */
type Own = Pick<
  ReportRow,
  | 'query_execution_id'
  | 'state'
  | 'state_reason'
  | 'error_code'
  | 'error_message'
  | 'start_time'
  | 'event_count'
  | 'attribution'
>;

/** Puts a row together. In one literal: an object of so many columns that is spread into another takes five times as long. */
function rowOf(own: Own, { text, execution, start, place, enrichment, ...parts }: Parts): ReportRow {
  const catalog = execution?.catalog ?? start?.catalog ?? null;
  const database = execution?.database ?? start?.database ?? null;
  const sql = text.query === null ? null : enrichment.readSql(text.query, { catalog, database });
  const workgroup = execution?.workGroup ?? start?.workGroup ?? null;
  const { accountId, region } = place;
  // Who names no workgroup means `primary`.
  const ranAt = { accountId, region, workGroup: workgroup ?? 'primary', at: parts.startedAt };
  const reads = sql ? enrichment.readsOf(sql.analysis, { catalog, database }, ranAt) : unknownReads(text.status);
  const cost = enrichment.priceOf(execution, ranAt, sql?.analysis.kind ?? null);
  // Where copies of the event contradict each other, none is believed.
  const who = enrichment.resolve(start?.contradiction ? null : start, sql?.tag ?? null);
  const principal = start?.principal ?? parts.principal;
  return {
    query_execution_id: own.query_execution_id,
    username: principal ? usernameOf(principal) : null,
    person: who.person,
    person_kind: who.kind,
    identity_method: who.method,
    identity_confidence: who.confidence,
    identity_evidence: start?.contradiction ? [`${CONTRADICTION}${start.eventId}`] : who.evidence,
    team: who.team,
    workgroup,
    catalog,
    database,
    query: text.query,
    query_status: text.status,
    query_source: text.source,
    state: own.state,
    state_reason: own.state_reason,
    error_code: own.error_code,
    error_message: own.error_message,
    start_time: own.start_time,
    end_time: execution?.completedAt ?? null,
    event_time: start?.eventTime ?? null,
    statement_type: execution?.statementType ?? null,
    substatement_type: execution?.substatementType ?? null,
    tables_read: reads.tablesRead,
    tables_written: reads.tablesWritten,
    base_tables_read: reads.baseTablesRead,
    columns_read: reads.columnsRead,
    tables_basis: reads.basis,
    fingerprint: sql?.analysis.fingerprint ?? null,
    client: start ? enrichment.clientOf(start) : null,
    app: sql?.tag?.app ?? null,
    app_user: sql?.tag?.user ?? null,
    app_context: sql?.tag && Object.keys(sql.tag.context).length > 0 ? JSON.stringify(sql.tag.context) : null,
    data_scanned_bytes: execution?.dataScannedBytes ?? null,
    billed_bytes: cost?.billedBytes ?? null,
    cost_usd: cost?.costUsd ?? null,
    cost_basis: cost?.basis ?? null,
    queue_ms: execution?.queueMs ?? null,
    planning_ms: execution?.planningMs ?? null,
    execution_ms: execution?.executionMs ?? null,
    total_ms: execution?.totalMs ?? null,
    result_reused: execution?.resultReused ?? null,
    engine_version: execution?.engineVersion ?? null,
    output_location: execution?.outputLocation ?? start?.outputLocation ?? null,
    region,
    account_id: accountId,
    principal_type: principal?.type ?? null,
    principal_arn: principal?.arn ?? null,
    principal_id: principal?.principalId ?? null,
    role_arn: principal?.issuerType === 'Role' || principal?.type === 'AssumedRole' ? principal.issuerArn : null,
    session_name: principal?.sessionName ?? null,
    source_identity: principal?.sourceIdentity ?? null,
    on_behalf_of: principal?.onBehalfOfUserId ?? null,
    invoked_by: principal?.invokedBy ?? null,
    access_key_id: principal?.accessKeyId ?? null,
    source_ip: start?.sourceIp ?? null,
    user_agent: start?.userAgent ?? null,
    mfa: principal?.mfa ?? null,
    console: start?.console ?? null,
    event_id: start?.eventId ?? null,
    event_count: own.event_count,
    attribution: own.attribution,
    schema_version: SCHEMA_VERSION,
  };
}
