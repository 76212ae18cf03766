import type { Window } from '../../src/calendar/window.js';
import type { ReportRow } from '../../src/record/columns.js';
import { ACTORS, type Actor, type Template } from './fixture-actors.js';
import type { Random } from './fixture-random.js';

const MB = 1_048_576;
const TB = 1_099_511_627_776;
const USD_PER_TB = 5;

/** Makes one row of the company's reports. */
export function companyRow({
  random,
  window,
  wallHour,
  weekend,
  dayNumber,
}: {
  readonly random: Random;
  readonly window: Window;
  readonly wallHour: number;
  readonly weekend: boolean;
  readonly dayNumber: number;
}): ReportRow {
  const night = wallHour < 7 || wallHour > 20 || weekend;
  const actor = random.weighted(night ? NIGHT : ACTORS);
  const template = random.weighted(actor.templates);
  const eventTime = window.start + Math.floor((random.next() * (window.end - window.start)) / 1000) * 1000;
  const startTime = Math.max(window.start, eventTime - Math.floor(random.next() * 900));
  const refused = random.next() < actor.refusedShare;
  const state = refused ? 'REFUSED' : stateOf(random, actor);
  const text = template.sql({ random, day: dayNumber });
  const query = refused ? null : actor.comment ? `${actor.comment(random)}\n${text}` : text;
  const scanned = bytesOf(random, template, state);
  const ddl = template.type === 'DDL';
  const reused = state === 'SUCCEEDED' && !ddl && random.next() < (actor.kind === 'service' ? 0.12 : 0.01);
  const statistics = refused ? null : statisticsOf(random, { scanned: reused ? 0 : scanned, ddl });
  const cost = refused ? null : costOf({ state, ddl, reused, scanned });
  const failure = state === 'FAILED' ? random.pick(FAILURES) : null;
  const session = actor.sessionName?.(random) ?? actor.username;
  const tablesRead = refused ? null : [...template.reads].sort();
  return {
    query_execution_id: refused ? null : random.uuid(),
    username: session,
    person: actor.person,
    person_kind: actor.kind,
    identity_method: actor.method,
    identity_confidence: actor.confidence,
    identity_evidence: actor.evidence(random),
    team: actor.team,
    workgroup: actor.workgroup,
    catalog: 'awsdatacatalog',
    database: template.database,
    query,
    query_status: refused ? 'refused' : 'available',
    query_source: refused ? 'none' : 'athena',
    state,
    state_reason: failure?.message ?? (state === 'CANCELLED' ? 'Query cancelled by user' : null),
    error_code: refused ? 'AccessDenied' : (failure?.code ?? null),
    error_message: refused
      ? `User: ${actor.arn(session)} is not authorized to perform: athena:StartQueryExecution on resource: arn:aws:athena:eu-west-1:111122223333:workgroup/${actor.workgroup}`
      : (failure?.message ?? null),
    start_time: refused ? eventTime : startTime,
    end_time: statistics ? startTime + statistics.totalMs : null,
    event_time: eventTime,
    statement_type: refused ? null : template.type,
    substatement_type: refused ? null : template.kind,
    tables_read: tablesRead,
    tables_written: refused ? null : [...template.writes].sort(),
    base_tables_read: tablesRead,
    columns_read: refused ? null : [],
    tables_basis: refused ? 'unknown:refused' : 'text',
    fingerprint: refused ? null : template.fingerprint,
    client: actor.client,
    app: refused ? null : actor.app,
    app_user: refused ? null : (actor.appUser?.(random) ?? null),
    app_context: null,
    data_scanned_bytes: statistics ? (reused ? 0 : scanned) : null,
    billed_bytes: cost?.billed ?? null,
    cost_usd: cost?.usd ?? null,
    cost_basis: cost?.basis ?? null,
    queue_ms: statistics?.queueMs ?? null,
    planning_ms: statistics?.planningMs ?? null,
    execution_ms: statistics?.executionMs ?? null,
    total_ms: statistics?.totalMs ?? null,
    result_reused: refused ? null : reused,
    engine_version: refused ? null : 'Athena engine version 3',
    output_location: refused ? null : `s3://acme-athena-results/${actor.workgroup}/`,
    region: 'eu-west-1',
    account_id: '111122223333',
    principal_type: actor.principalType,
    principal_arn: actor.arn(session),
    principal_id: actor.principalId,
    role_arn: actor.roleArn,
    session_name: actor.roleArn === null ? null : session,
    source_identity: actor.method === 'source-identity' ? actor.person : null,
    on_behalf_of: actor.method === 'identity-center' ? `9067${actor.principalId.slice(4, 12).toLowerCase()}` : null,
    invoked_by: actor.client === 'quicksight' ? 'quicksight.amazonaws.com' : null,
    access_key_id: `ASIA${actor.principalId.slice(4, 20)}`,
    source_ip: actor.client === 'quicksight' ? 'quicksight.amazonaws.com' : actor.ip,
    user_agent: actor.userAgent,
    mfa: actor.kind === 'human' ? true : null,
    console: actor.client === 'console',
    event_id: random.uuid(),
    event_count: 1,
    attribution: refused ? 'refused' : 'attributed',
    schema_version: 1,
  };
}

const NIGHT: readonly Actor[] = ACTORS.map((actor) =>
  actor.kind === 'human' ? { ...actor, weight: actor.weight * 0.12 } : { ...actor, weight: actor.weight * 2.5 },
);

const FAILURES = [
  {
    code: '2.1306',
    message:
      "COLUMN_NOT_FOUND: line 3:8: Column 'custmer_id' cannot be resolved or requester is not authorized to access requested resources",
  },
  { code: '2.1100', message: "TABLE_NOT_FOUND: line 4:6: Table 'awsdatacatalog.sales.order_items_v2' does not exist" },
  { code: '1.233', message: 'Query exhausted resources at this scale factor' },
  {
    code: '2.1200',
    message: "SYNTAX_ERROR: line 7:1: mismatched input 'GROPU'. Expecting: ',', 'GROUP', 'HAVING', 'LIMIT', <EOF>",
  },
  { code: '2.1003', message: 'Bytes scanned limit was exceeded' },
] as const;

function stateOf(random: Random, actor: Actor): string {
  const chance = random.next();
  if (chance < actor.failureShare) return 'FAILED';
  return chance < actor.failureShare + 0.012 ? 'CANCELLED' : 'SUCCEEDED';
}

function bytesOf(random: Random, template: Template, state: string): number {
  if (template.type === 'DDL') return 0;
  const bytes = Math.min(Math.floor(random.lognormal(template.medianBytes, 1.35)), 9 * TB);
  return state === 'SUCCEEDED' ? bytes : Math.floor(bytes * random.next() * 0.6);
}

function statisticsOf(random: Random, { scanned, ddl }: { readonly scanned: number; readonly ddl: boolean }) {
  const queueMs = Math.floor(random.lognormal(140, 0.9));
  const planningMs = Math.floor(random.lognormal(ddl ? 60 : 320, 0.6));
  const executionMs = Math.floor(planningMs + random.lognormal(480, 0.5) + scanned / 1.6e7);
  return { queueMs, planningMs, executionMs, totalMs: queueMs + executionMs + Math.floor(random.lognormal(60, 0.5)) };
}

function costOf({
  state,
  ddl,
  reused,
  scanned,
}: {
  readonly state: string;
  readonly ddl: boolean;
  readonly reused: boolean;
  readonly scanned: number;
}): { readonly billed: number; readonly usd: number; readonly basis: string } {
  if (ddl) return { billed: 0, usd: 0, basis: 'ddl' };
  if (reused) return { billed: 0, usd: 0, basis: 'reused' };
  if (state === 'FAILED') return { billed: 0, usd: 0, basis: 'failed' };
  const billed = Math.max(10 * MB, Math.ceil(scanned / MB) * MB);
  return { billed, usd: (billed / TB) * USD_PER_TB, basis: `scan:eu-west-1:${USD_PER_TB}` };
}
