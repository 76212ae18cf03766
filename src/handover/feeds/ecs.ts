import { isIP } from 'node:net';
import type { ReportRow } from '../../record/columns.js';
import { compact, type HandedRow, instantText, type RowFeed } from './feed.js';

const ECS_VERSION = '9.4.0';
const OUTCOMES = new Map([
  ['SUCCEEDED', 'success'],
  ['FAILED', 'failure'],
  ['CANCELLED', 'failure'],
  ['REFUSED', 'failure'],
]);
const NANOSECONDS = 1_000_000;

/** Documents of the Elastic Common Schema; what it has no field for stands under `athena.*`. */
export function createEcsFeed(): RowFeed {
  return { header: null, contentType: 'application/x-ndjson', extension: 'ndjson', encode };
}

function encode(row: ReportRow): HandedRow {
  const address = row.source_ip;
  // A mapping of type ip refuses the whole document when the value is a host or service name.
  const ip = address !== null && isIP(address) !== 0 ? address : null;
  const user = row.person ?? row.username;
  const isEmail = row.person !== null && /^[^@\s]+@[^@\s]+$/.test(row.person);
  const start = instantText(row.start_time);
  return {
    lines: [
      JSON.stringify(
        compact({
          '@timestamp': start,
          ecs: { version: ECS_VERSION },
          event: compact({
            kind: 'event',
            category: ['database'],
            type: typesOf(row),
            action: 'StartQueryExecution',
            outcome: OUTCOMES.get(row.state) ?? 'unknown',
            id: row.query_execution_id ?? row.event_id,
            provider: 'athena.amazonaws.com',
            module: 'athena_query_tracker',
            dataset: 'athena.query',
            start,
            end: row.end_time === null ? null : instantText(row.end_time),
            duration: row.total_ms === null ? null : row.total_ms * NANOSECONDS,
          }),
          cloud: { provider: 'aws', region: row.region, account: { id: row.account_id }, service: { name: 'athena' } },
          user: compact({ name: user, id: row.principal_arn, email: isEmail ? row.person : null }),
          source: compact({ ip, address }),
          user_agent: compact({ original: row.user_agent }),
          error: compact({ code: row.error_code, message: row.error_message }),
          related: compact({ user: user === null ? null : [user], ip: ip === null ? null : [ip] }),
          labels: compact({
            workgroup: row.workgroup,
            team: row.team,
            person_kind: row.person_kind,
            identity_method: row.identity_method,
            identity_confidence: row.identity_confidence,
          }),
          athena: { query: athenaOf(row) },
        }),
      ),
    ],
  };
}

/** Of category database, ECS knows access, change, info and error. */
function typesOf({ tables_read, tables_written, state }: ReportRow): string[] {
  const types = [
    ...((tables_read?.length ?? 0) > 0 ? ['access'] : []),
    ...((tables_written?.length ?? 0) > 0 ? ['change'] : []),
    ...(state === 'FAILED' || state === 'REFUSED' ? ['error'] : []),
  ];
  return types.length === 0 ? ['info'] : types;
}

function athenaOf(row: ReportRow) {
  return compact({
    text: row.query,
    text_status: row.query_status,
    state: row.state,
    statement: row.substatement_type ?? row.statement_type,
    fingerprint: row.fingerprint,
    tables_read: row.tables_read,
    tables_written: row.tables_written,
    base_tables_read: row.base_tables_read,
    columns_read: row.columns_read,
    client: row.client,
    app: row.app,
    app_user: row.app_user,
    data_scanned_bytes: row.data_scanned_bytes,
    billed_bytes: row.billed_bytes,
    estimated_cost_usd: row.cost_usd,
    cost_basis: row.cost_basis,
    attribution: row.attribution,
    event_id: row.event_id,
  });
}
