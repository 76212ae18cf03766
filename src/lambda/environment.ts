import { checkTimeZone, reportDays } from '../calendar/report-day.js';
import { REPORT_FORMATS, type ReportFormat } from '../record/manifest.js';
import type { RoleAccount } from '../sources/accounts/aws-accounts.js';

/** A variable of the environment that cannot be used; the message names it, its value and what is allowed. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** What the functions that collect are told by their environment (contract, section 6). */
export interface CollectConfig {
  readonly bucket: string;
  /** Without slashes at its ends; empty for none. */
  readonly prefix: string;
  readonly format: ReportFormat;
  readonly timezone: string;
  /** At least one. */
  readonly regions: readonly string[];
  readonly source: { readonly kind: 'lookup' } | { readonly kind: 'trail'; readonly uri: string };
  readonly identityDirectory: string | null;
  readonly prices: string | null;
  /** Whether Glue is asked what tables are. */
  readonly catalog: boolean;
  /** Other accounts, read by a role in each. */
  readonly roles: readonly RoleAccount[];
  /** Whether a rule sends Athena's events to the witness function. */
  readonly hearsEvents: boolean;
  /** Workgroup for queries of Athena's system table; null: it is not asked. */
  readonly systemTable: string | null;
  /** From so many files on, or their weight, the scan of a trail is divided among many invocations; 0: never. */
  readonly divideScanFrom: number;
}

export interface PlannerConfig {
  readonly stateMachineArn: string;
  readonly timezone: string;
  /** The range to collect instead of the previous day. */
  readonly range: DateRange | null;
  /** Where the reports lie; null where nobody says, and then nothing is known of days before. */
  readonly output: Pick<CollectConfig, 'bucket' | 'prefix'> | null;
  /** So many days back each must be closed, or is started again; 0 for none. */
  readonly owedDays: number;
  /** Report date from which days are owed; null: from the day before the stack was made, or the oldest that was collected. */
  readonly firstDay: string | null;
  /** Owed days start while fewer than so many run. */
  readonly daysAtOnce: number;
}

/** Report dates, both inclusive. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws ConfigurationError */
export function parseCollectConfig(env: Environment): CollectConfig {
  const kind = choice(env, 'EVENT_SOURCE', ['lookup', 'trail']) ?? 'lookup';
  const trail = matching(env, 'TRAIL_URI', S3_URI, 's3://bucket or s3://bucket/prefix');
  if (kind === 'trail' && trail === null) {
    throw new ConfigurationError(
      'TRAIL_URI is not set; EVENT_SOURCE "trail" needs it: s3://bucket or s3://bucket/prefix',
    );
  }
  const output = outputOf(env);
  if (output === null) throw new ConfigurationError('S3_BUCKET is not set; it names the bucket that keeps the reports');
  return {
    ...output,
    format: choice(env, 'OUTPUT_TYPE', REPORT_FORMATS) ?? 'csv',
    timezone: timezone(env),
    regions: regions(env),
    source: kind === 'trail' && trail !== null ? { kind, uri: trail } : { kind: 'lookup' },
    identityDirectory: given(env, 'IDENTITY_DIRECTORY'),
    prices: given(env, 'PRICES'),
    catalog: (choice(env, 'CATALOG', ['glue', 'none']) ?? 'glue') === 'glue',
    roles: roles(env),
    hearsEvents: choice(env, 'STATE_CHANGE_EVENTS', ['on', 'off']) === 'on',
    systemTable: given(env, 'SYSTEM_TABLE_WORKGROUP'),
    divideScanFrom: count(env, 'DIVIDE_SCAN_FROM', { least: 0, unset: DIVIDE_SCAN_FROM }),
  };
}

/**
 * Reads the planner's configuration; a range in the payload goes before one in the environment.
 * @throws ConfigurationError
 */
export function parsePlannerConfig(env: Environment, payload: Environment): PlannerConfig {
  const stateMachineArn = matching(env, 'STATE_MACHINE_ARN', STATE_MACHINE_ARN, 'the ARN of a state machine');
  if (stateMachineArn === null) {
    throw new ConfigurationError('STATE_MACHINE_ARN is not set; it names the state machine that collects a day');
  }
  const zone = timezone(env);
  const source = given(payload, 'TEST_START_DATE') === null ? env : payload;
  return {
    stateMachineArn,
    timezone: zone,
    range: parseRange(source, zone),
    output: outputOf(env),
    owedDays: count(env, 'OWED_DAYS', { least: 0, unset: OWED_DAYS }),
    firstDay: matching(env, 'FIRST_DAY', /^\d{4}-\d{2}-\d{2}$/, 'a date YYYY-MM-DD'),
    daysAtOnce: count(env, 'DAYS_AT_ONCE', { least: 1, unset: 10 }),
  };
}

/** More than a minute's work for one: a loop opens some 130 files a second at 60 ms each. */
const DIVIDE_SCAN_FROM = 10_000;

/** As long as Athena keeps a query's text (aws-facts 2.2). */
const OWED_DAYS = 45;

export function outputOf(env: Environment): PlannerConfig['output'] {
  const bucket = matching(env, 'S3_BUCKET', BUCKET, 'the name of a bucket, without s3://');
  return bucket === null ? null : { bucket, prefix: (given(env, 'REPORT_PREFIX') ?? '').replace(/^\/+|\/+$/g, '') };
}

function count(env: Environment, name: string, { least, unset }: { least: number; unset: number }): number {
  const text = matching(env, name, /^\d{1,7}$/, `a number from ${least} on`);
  if (text !== null && Number(text) < least) throw wrongValue(name, text, `a number from ${least} on`);
  return text === null ? unset : Number(text);
}

export const S3_URI = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/.*)?$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;
const ROLE_ARN = /^arn:[^:]+:iam::(\d{12}):role\/.+$/;
const STATE_MACHINE_ARN = /^arn:[^:]+:states:[^:]*:[^:]*:stateMachine:.+$/;

function parseRange(env: Environment, zone: string): DateRange | null {
  const from = given(env, 'TEST_START_DATE');
  const to = given(env, 'TEST_END_DATE');
  if (from === null) {
    if (to === null) return null;
    throw new ConfigurationError(
      `TEST_END_DATE is ${JSON.stringify(to)} without a TEST_START_DATE; set both (YYYY-MM-DD)`,
    );
  }
  const range = { from, to: to ?? from };
  const wrong = rangeFault(range, zone);
  if (wrong !== null) {
    const values = `TEST_START_DATE ${JSON.stringify(from)}, TEST_END_DATE ${JSON.stringify(to ?? '')}`;
    throw new ConfigurationError(`${values}: ${wrong}; allowed are dates YYYY-MM-DD, the first not after the last`);
  }
  return range;
}

function rangeFault(range: DateRange, timezone: string): string | null {
  try {
    reportDays({ ...range, timezone });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function timezone(env: Environment): string {
  const zone = given(env, 'REPORT_TIMEZONE') ?? 'America/New_York';
  try {
    return checkTimeZone(zone);
  } catch (error) {
    throw new ConfigurationError(`REPORT_TIMEZONE: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function regions(env: Environment): string[] {
  const text = given(env, 'REGIONS') ?? given(env, 'AWS_REGION');
  const names = [...new Set((text ?? '').split(',').map((name) => name.trim()))].filter((name) => name !== '');
  const wrong = names.find((name) => !REGION.test(name));
  if (names.length === 0 || wrong !== undefined) {
    throw new ConfigurationError(
      `REGIONS is ${JSON.stringify(text ?? '')}; allowed are Region codes with commas between, for example us-east-1,eu-west-1`,
    );
  }
  return names;
}

function roles(env: Environment): RoleAccount[] {
  const text = given(env, 'ACCOUNT_ROLES') ?? '';
  const arns = [...new Set(text.split(',').map((arn) => arn.trim()))].filter((arn) => arn !== '');
  const externalId = given(env, 'EXTERNAL_ID');
  return arns.map((roleArn) => {
    const accountId = ROLE_ARN.exec(roleArn)?.[1];
    if (accountId === undefined)
      throw wrongValue('ACCOUNT_ROLES', text, 'ARNs of roles with commas between, one an account');
    return { roleArn, accountId, externalId, regions: null };
  });
}

export function choice<T extends string>(env: Environment, name: string, allowed: readonly T[]): T | null {
  const value = given(env, name);
  if (value === null) return null;
  const known = allowed.find((candidate) => candidate === value);
  if (known === undefined) throw wrongValue(name, value, allowed.join(', '));
  return known;
}

export function matching(env: Environment, name: string, pattern: RegExp, allowed: string): string | null {
  const value = given(env, name);
  if (value !== null && !pattern.test(value)) throw wrongValue(name, value, allowed);
  return value;
}

export function wrongValue(name: string, value: string, allowed: string): ConfigurationError {
  return new ConfigurationError(`${name} is ${JSON.stringify(value)}; allowed: ${allowed}`);
}

/** CloudFormation cannot leave a variable out for an empty parameter: empty is unset. */
export function given(env: Environment, name: string): string | null {
  const value = env[name];
  return value === undefined || value.trim() === '' ? null : value.trim();
}
