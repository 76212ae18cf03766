import { addDays } from '../../calendar/report-day.js';
import type { HourOfTree } from './list-hours.js';

/** A column of the events; the same in every file. */
export type LakeField =
  | { readonly name: string; readonly type: 'string' | 'int' | 'long' | 'double' | 'boolean' | 'strings' }
  | { readonly name: string; readonly fields: readonly LakeField[]; readonly isList?: boolean };

type Type = Extract<LakeField, { readonly type: string }>['type'];

const value = (type: Type, ...names: readonly string[]): LakeField[] => names.map((name) => ({ name, type }));
const group = (name: string, ...fields: readonly LakeField[]): LakeField => ({ name, fields });

const COMMON: readonly LakeField[] = [
  ...value('int', 'activity_id', 'category_uid', 'class_uid', 'type_uid', 'severity_id', 'status_id'),
  ...value('string', 'activity_name', 'status', 'status_code', 'status_detail'),
  ...value('long', 'time'),
  group(
    'metadata',
    ...value('string', 'version', 'uid', 'correlation_uid', 'original_time'),
    ...value('strings', 'profiles'),
    group('product', ...value('string', 'name', 'vendor_name')),
  ),
  group(
    'cloud',
    ...value('string', 'provider', 'region'),
    group('account', ...value('string', 'uid'), ...value('int', 'type_id')),
  ),
  group(
    'actor',
    group('user', ...value('string', 'name', 'uid', 'email_addr', 'type'), ...value('int', 'type_id')),
    group('session', ...value('string', 'uid', 'issuer'), ...value('boolean', 'is_mfa')),
    ...value('string', 'invoked_by'),
  ),
  group('src_endpoint', ...value('string', 'ip', 'svc_name', 'name')),
  group('http_request', ...value('string', 'user_agent')),
  group(
    'unmapped',
    ...value('string', 'workgroup', 'team', 'identity_method', 'identity_confidence', 'client', 'app', 'app_user'),
    ...value('string', 'cost_basis', 'fingerprint', 'query_status', 'attribution'),
    ...value('long', 'end_time', 'data_scanned_bytes', 'query_length'),
    ...value('double', 'estimated_cost_usd'),
  ),
];

/**
 * A custom source of Security Lake holds one class of OCSF, and its name has at most 20 characters (Security Lake user guide,
 * "Collecting data from custom sources").
 */
export const LAKE_SOURCES = {
  6005: {
    name: 'athena-queries',
    fields: [
      ...COMMON,
      group('query_info', ...value('string', 'query_string', 'uid')),
      ...value('int', 'type_id'),
      group('table', ...value('string', 'name', 'uid')),
      group('database', ...value('string', 'name'), ...value('int', 'type_id')),
      group('databucket', ...value('string', 'name'), ...value('int', 'type_id')),
    ],
  },
  6003: {
    name: 'athena-refused',
    fields: [
      ...COMMON,
      group(
        'api',
        ...value('string', 'operation'),
        group('service', ...value('string', 'name')),
        group('response', ...value('string', 'error', 'error_message')),
      ),
      { name: 'resources', isList: true, fields: value('string', 'uid', 'type', 'name') },
    ],
  },
} as const satisfies Readonly<Record<number, { readonly name: string; readonly fields: readonly LakeField[] }>>;

/** An OCSF event, as far as its place in the lake hangs on it. */
export interface LakeEvent {
  readonly class_uid: keyof typeof LAKE_SOURCES;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly cloud: { readonly region: string; readonly account: { readonly uid: string } };
}

/** Where an event of an hour lies: `<source>/region=…/accountId=…/eventDay=YYYYMMDD/<hour>.parquet`; the day is that of UTC. */
export function lakeKey(event: LakeEvent, hour: HourOfTree): string {
  return keyOf(event, new Date(event.time).toISOString().slice(0, 10), hour);
}

/** Keys of the days beside, where an earlier writing of the hour may have put events whose time is known better now. */
export function lakeKeysBeside(event: LakeEvent, hour: HourOfTree): string[] {
  const date = new Date(event.time).toISOString().slice(0, 10);
  return [-1, 1].map((days) => keyOf(event, addDays(date, days), hour));
}

function keyOf({ class_uid, cloud }: LakeEvent, date: string, { tree, label }: HourOfTree): string {
  const day = date.replaceAll('-', '');
  const name = `${tree.replaceAll('/', '_')}${label.reportDate}-h${String(label.hour).padStart(2, '0')}`;
  return `${LAKE_SOURCES[class_uid].name}/region=${cloud.region}/accountId=${cloud.account.uid}/eventDay=${day}/${name}.parquet`;
}
