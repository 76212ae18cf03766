import { isIP } from 'node:net';
import { arnOf } from '../../athena/partition.js';
import type { PersonKind, ReportRow } from '../../record/columns.js';
import { compact, type HandedRow, instantText, type RowFeed } from './feed.js';
import { accessesOf, type OcsfAccess, type OcsfVersion } from './ocsf-activity.js';
import { readTablePlace } from './table-place.js';

const PRODUCT = { name: 'athena-query-tracker', vendor_name: 'athena-query-tracker' };
const INFORMATIONAL = 1;
const STATUSES = new Map<string, readonly [number, string]>([
  ['SUCCEEDED', [1, 'Success']],
  ['FAILED', [2, 'Failure']],
  ['CANCELLED', [2, 'Failure']],
  ['REFUSED', [2, 'Failure']],
]);

/**
 * OCSF events: Datastore Activity (6005), one for each table and activity, tied together by `metadata.correlation_uid`; a refused
 * start is API Activity (6003). Consumers deduplicate by `metadata.uid`. Security Lake wants version 1.1.0.
 */
export function createOcsfFeed(options: { readonly version: OcsfVersion }): RowFeed {
  return {
    header: null,
    contentType: 'application/x-ndjson',
    extension: 'ndjson',
    encode: (row) =>
      ({ lines: ocsfEvents(row, options.version).map((event) => JSON.stringify(event)) }) satisfies HandedRow,
  };
}

/** The events of one row, in their order. */
export function ocsfEvents(row: ReportRow, version: OcsfVersion): Record<string, unknown>[] {
  if (row.state === 'REFUSED' || row.query_execution_id === null) return [refusal(row, version)];
  const id = row.query_execution_id;
  return accessesOf(row, version).map((access) => accessEvent(row, { id, access, version }));
}

function accessEvent(
  row: ReportRow,
  { id, access, version }: { readonly id: string; readonly access: OcsfAccess; readonly version: OcsfVersion },
) {
  const { activityId, activityName, name } = access;
  return compact({
    activity_id: activityId,
    activity_name: activityName,
    category_uid: 6,
    class_uid: 6005,
    type_uid: 600_500 + activityId,
    ...common(row, { uid: `${id}:${activityId}:${name ?? ''}`, version }),
    query_info: row.query === null ? null : { query_string: fitting(row.query, version), uid: id },
    ...objectOf(row, name),
  });
}

/** Characters of a `string_t` of 1.1.0; later versions have no limit. */
const LONGEST_STRING = 65_535;

/** Cuts a text that is too long, never inside a character; of the SQL it is told how long it was. */
function fitting<T extends string | null>(text: T, version: OcsfVersion): T | string {
  if (version !== '1.1.0' || text === null || text.length <= LONGEST_STRING) return text;
  return text.slice(0, LONGEST_STRING).replace(/[\ud800-\udbff]$/, '');
}

/** One of table, bucket or database, which the class asks for. */
function objectOf(row: ReportRow, name: string | null) {
  if (name === null) return { type_id: 1, database: { name: row.database ?? 'unknown', type_id: 0 } };
  const place = readTablePlace(name);
  if (place.kind === 's3') return { type_id: 2, databucket: { name: place.bucket, type_id: 1 } };
  const isGlue = place.database !== null && (place.catalog === null || place.catalog === 'awsdatacatalog');
  const arn = arnOf('glue', row, `table/${place.database}/${place.table}`);
  return { type_id: 3, table: compact({ name, uid: isGlue ? arn : null }) };
}

function refusal(row: ReportRow, version: OcsfVersion) {
  const workgroup = row.workgroup;
  return compact({
    activity_id: 1,
    activity_name: 'Create',
    category_uid: 6,
    class_uid: 6003,
    type_uid: 600_301,
    ...common(row, { uid: row.event_id ?? row.query_execution_id ?? '', version }),
    api: compact({
      operation: 'StartQueryExecution',
      service: { name: 'athena.amazonaws.com' },
      response: compact({ error: row.error_code, error_message: row.error_message }),
    }),
    resources:
      workgroup === null
        ? null
        : [
            {
              uid: arnOf('athena', row, `workgroup/${workgroup}`),
              type: 'AWS::Athena::WorkGroup',
              name: workgroup,
            },
          ],
  });
}

function common(row: ReportRow, { uid, version }: { readonly uid: string; readonly version: OcsfVersion }) {
  const [statusId, status] = STATUSES.get(row.state) ?? [0, 'Unknown'];
  return {
    severity_id: INFORMATIONAL,
    time: row.start_time,
    status_id: statusId,
    status,
    status_code: row.error_code,
    status_detail: fitting(row.state_reason ?? row.error_message, version),
    metadata: compact({
      version,
      uid,
      correlation_uid: row.query_execution_id,
      profiles: ['cloud'],
      product: PRODUCT,
      original_time: instantText(row.start_time),
    }),
    cloud: { provider: 'AWS', region: row.region, account: { uid: row.account_id, type_id: 10 } },
    actor: actorOf(row, version),
    src_endpoint: endpointOf(row.source_ip),
    http_request: compact({ user_agent: fitting(row.user_agent, version) }),
    unmapped: compact({
      workgroup: row.workgroup,
      team: row.team,
      identity_method: row.identity_method,
      identity_confidence: row.identity_confidence,
      client: row.client,
      app: row.app,
      app_user: row.app_user,
      end_time: row.end_time,
      data_scanned_bytes: row.data_scanned_bytes,
      estimated_cost_usd: row.cost_usd,
      cost_basis: row.cost_basis,
      fingerprint: row.fingerprint,
      query_status: row.query_status,
      query_length: row.query === fitting(row.query, version) ? null : row.query?.length,
      attribution: row.attribution,
    }),
  };
}

function actorOf(row: ReportRow, version: OcsfVersion) {
  const name = row.person ?? row.username ?? 'unknown';
  return compact({
    user: compact({
      name,
      uid: row.principal_arn,
      email_addr: /^[^@\s]+@[^@\s]+$/.test(name) ? name : null,
      ...userType(row.person_kind, version),
    }),
    session: compact({ uid: row.session_name, issuer: row.role_arn, is_mfa: row.mfa }),
    invoked_by: row.invoked_by,
  });
}

/** 4 is Service since 1.2; before, 3 System is nearest. */
function userType(kind: PersonKind, version: OcsfVersion): { readonly type_id: number; readonly type?: string } {
  if (kind === 'human') return { type_id: 1 };
  if (kind === 'agent') return { type_id: 99, type: 'Agent' };
  if (kind === 'unknown') return { type_id: 0 };
  return { type_id: version === '1.1.0' ? 3 : 4 };
}

function endpointOf(address: string | null) {
  if (address === null) return { name: 'unknown' };
  return isIP(address) === 0 ? { svc_name: address } : { ip: address };
}
