import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import aslValidator from 'asl-validator';
import { type App, type Stack, Validations } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportDay } from '../../src/calendar/report-day.js';
import { ACKNOWLEDGEMENTS, BY_TYPE } from '../../src/infra/acknowledgements.js';
import { type GlueTableInput, glueTableInput } from '../../src/record/glue-table.js';
import { REPORT_FORMATS } from '../../src/record/manifest.js';
import { hourFolder } from '../../src/tree/layout.js';
import { buildDeployment } from './built.js';
import { isInstalled } from './rig.js';

type Resource = { Type: string; Properties: Record<string, unknown>; Condition?: string; DeletionPolicy?: string };
type Template = {
  Parameters: Record<string, { Default?: unknown }>;
  Conditions: Record<string, unknown>;
  Resources: Record<string, Resource>;
};

const TEMPLATES = ['template.json', 'template.standalone.json'];
/** What there is for the files of whole days. */
const OF_DAYS = ['DailyTable', 'RollupTable', 'DailyPolicy', 'ReaderOfDailyTable', 'ReaderOfRollupTable'];
const MEMBER_ROLE = 'member-role.json';
const hasLint = isInstalled('cfn-lint');
if (!hasLint) process.stderr.write('SKIPPED: cfn-lint is not on this machine\n');
// W3005: CDK names dependencies that follow anyway. W1033: a list that is empty by default is split only under a condition.
// A Region of each partition: types and properties that one of them lacks are findings.
const LINT = ['-i', 'W3005', '-i', 'W1033', '-r', 'us-east-1', 'us-gov-west-1', 'cn-north-1'];
/** Variants that cdk-nag has looked at. */
const checked: string[] = [];

/** AWS's own rules, NIST 800-53 and PCI DSS. */
function addPacks(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app), new PCIDSS321Checks(app));
}

let built: Awaited<ReturnType<typeof buildDeployment>>;
const template = (file: string) => JSON.parse(readFileSync(join(built.folder, 'deploy', file), 'utf8')) as Template;
const resourcesOf = (type: string, file = 'template.json') =>
  Object.entries(template(file).Resources).filter(([, { Type }]) => Type === type);

beforeAll(async () => {
  // CDK's synthesis throws when cdk-nag has a finding that nobody acknowledged.
  built = await buildDeployment((app, variant) => {
    checked.push(variant);
    addPacks(app as App);
  });
});
afterAll(() => built.remove());

describe('what is written', () => {
  it('is the same to the byte when it is written again', async () => {
    const again = await buildDeployment();
    again.remove();
    expect(again.files).toEqual(built.files);
  });

  it('has templates that CloudFormation takes from a bucket', () => {
    for (const file of TEMPLATES) expect(built.files[`deploy/${file}`]?.bytes).toBeLessThan(1_000_000);
  });

  it('has zips whose names tell their content', () => {
    const zips = Object.entries(built.files).filter(([path]) => path.endsWith('.zip'));
    expect(zips).toHaveLength(6);
    for (const [path, { sha256 }] of zips) expect(path).toContain(`-${sha256.slice(0, 16)}.zip`);
  });

  it('has inline code that finds the SDK of the runtime by require alone', () => {
    const code = template('template.standalone.json') as unknown as {
      Mappings: { Code: { all: { functions: string } } };
    };
    const packed = /"([A-Za-z0-9+/=]{1000,})"/.exec(code.Mappings.Code.all.functions)?.[1] ?? '';
    const source = brotliDecompressSync(Buffer.from(packed, 'base64')).toString();
    expect(source).toContain('require("@aws-sdk/client-s3")');
    expect(source).not.toMatch(/\bimport\(["']@/);
  });

  it.skipIf(!hasLint).each([...TEMPLATES, MEMBER_ROLE])('passes cfn-lint: %s', (file) => {
    const { status, stdout, stderr } = spawnSync('cfn-lint', [...LINT, '-t', file], {
      cwd: join(built.folder, 'deploy'),
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.skipIf(!hasLint)('would not pass cfn-lint with a fault', () => {
    const faulty = template('template.json');
    const { Schedule } = faulty.Resources;
    if (Schedule) Schedule.Properties.ScheduleExpresion = 'rate(1 day)';
    writeFileSync(join(built.folder, 'faulty.json'), JSON.stringify(faulty));
    const { status, stdout } = spawnSync('cfn-lint', [...LINT, '-t', 'faulty.json'], {
      cwd: built.folder,
      encoding: 'utf8',
    });
    expect(status).not.toBe(0);
    expect(stdout).toContain('ScheduleExpresion');
  });

  it('has no finding of cdk-nag, in any variant, that nobody acknowledged with a reason', () => {
    // The checks ran at the synthesis above, for each template; without the acknowledgements there are findings.
    expect(checked.sort()).toEqual([MEMBER_ROLE, ...TEMPLATES].sort());
    const reasons = [...ACKNOWLEDGEMENTS.map(({ reason }) => reason), ...Object.values(BY_TYPE).flatMap(Object.values)];
    for (const reason of reasons) expect(reason.length).toBeGreaterThan(20);
  });

  it('would not be written with a finding of cdk-nag', async () => {
    await expect(
      buildDeployment((app) => {
        addPacks(app as App);
        new CfnQueue((app as App).node.findChild('athena-query-tracker') as Stack, 'Bare');
      }),
    ).rejects.toThrow();
  });
});

describe('the role of a member account', () => {
  it('may do there what the functions may do at home, and trusts them by their names and the external id', () => {
    const { Role, ReadPolicy } = template(MEMBER_ROLE).Resources;
    const actions = (policy: { Properties: Record<string, unknown> } | undefined) =>
      (
        policy?.Properties.PolicyDocument as { Statement: { Action: string | string[] }[] } | undefined
      )?.Statement.flatMap(({ Action }) => Action) ?? [];
    const home = ['CollectPolicy', 'HourPolicy', 'CloseDayPolicy', 'ScanPolicy'].flatMap((id) =>
      actions(template('template.json').Resources[id]),
    );
    expect([...new Set(actions(ReadPolicy))].sort()).toEqual(
      [...new Set(home)].filter((action) => /^(cloudtrail|athena|glue|identitystore):/.test(action)).sort(),
    );
    const trust = JSON.stringify(Role?.Properties.AssumeRolePolicyDocument);
    expect(trust).toContain('"sts:ExternalId":{"Ref":"ExternalId"}');
    for (const id of ['ScanRole', 'HourRole', 'CloseDayRole']) {
      expect(trust).toContain(`role/*\${RoleNamePrefix}\${CollectorStack}-${id}*`);
      expect(template('template.json').Resources).toHaveProperty(id);
    }
  });
});

describe('the stack', () => {
  it('keeps the reports encrypted, versioned, private, TLS only, and when the stack goes', () => {
    const { ReportBucket, ReportBucketPolicy } = template('template.json').Resources;
    expect(ReportBucket).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    });
    expect(ReportBucket?.Properties.BucketEncryption).toBeDefined();
    expect(ReportBucket?.Properties.LifecycleConfiguration).toBeDefined();
    expect(JSON.stringify(ReportBucketPolicy)).toContain('"aws:SecureTransport":"false"');
  });

  it('runs at one in the morning in New York unless told otherwise, and gives what cannot start to the queue', () => {
    const { Parameters, Resources } = template('template.json');
    expect(Parameters.ScheduleExpression?.Default).toBe('cron(0 1 * * ? *)');
    expect(Parameters.ScheduleTimezone?.Default).toBe('America/New_York');
    expect(Resources.Schedule?.Properties).toMatchObject({
      ScheduleExpression: { Ref: 'ScheduleExpression' },
      ScheduleExpressionTimezone: { Ref: 'ScheduleTimezone' },
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: { 'Fn::GetAtt': ['PlannerFunction', 'Arn'] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } },
      },
    });
    expect(Resources.PlannerRetries?.Properties).toMatchObject({
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } } },
    });
  });

  it('has arm64 functions on the newest Node with the variables of the contract', () => {
    const functions = resourcesOf('AWS::Lambda::Function');
    expect(functions.map(([id]) => id).sort()).toEqual([
      'CloseDayFunction',
      'FeedsFunction',
      'HourFunction',
      'PlannerFunction',
      'ScanFunction',
      'WitnessFunction',
    ]);
    for (const [, { Properties }] of functions)
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    const variables = (id: string) => {
      const { Environment } = template('template.json').Resources[id]?.Properties ?? {};
      return Object.keys((Environment as { Variables: object }).Variables).sort();
    };
    expect(variables('PlannerFunction')).toEqual([
      'DAYS_AT_ONCE',
      'FIRST_DAY',
      'OWED_DAYS',
      'REPORT_PREFIX',
      'REPORT_TIMEZONE',
      'S3_BUCKET',
      'S3_BUCKET_OWNER',
      'STATE_MACHINE_ARN',
      'TEST_END_DATE',
      'TEST_START_DATE',
    ]);
    for (const id of ['ScanFunction', 'HourFunction', 'CloseDayFunction', 'WitnessFunction']) {
      const ofTheContract = ['S3_BUCKET', 'OUTPUT_TYPE', 'REPORT_TIMEZONE', 'REPORT_PREFIX', 'REGIONS'];
      expect(variables(id)).toEqual(expect.arrayContaining([...ofTheContract, 'EVENT_SOURCE', 'TRAIL_URI']));
      expect(variables(id)).toContain('IDENTITY_DIRECTORY');
    }
  });

  it('gives each function a role of its own, and no policy a wildcard action', () => {
    const roles = resourcesOf('AWS::Lambda::Function').map(([, { Properties }]) => JSON.stringify(Properties.Role));
    expect(new Set(roles).size).toBe(6);
    const statements = resourcesOf('AWS::IAM::Policy').flatMap(
      ([, { Properties }]) =>
        (Properties.PolicyDocument as { Statement: { Sid: string; Action: string | string[]; Resource: unknown }[] })
          .Statement,
    );
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    const everywhere = statements.filter(({ Resource }) => Resource === '*').map(({ Sid }) => Sid);
    expect(everywhere.sort()).toEqual([
      'DeliverLogs',
      'EventHistory',
      'LakeFormation',
      'ListWorkGroups',
      'Network',
      'Network',
      'Trace',
      'Trace',
      'Trace',
    ]);
    for (const [, { Properties }] of resourcesOf('AWS::IAM::Role')) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
      expect(Properties).not.toHaveProperty('Policies');
    }
  });

  it('keeps every log for as long as the parameter says', () => {
    const groups = resourcesOf('AWS::Logs::LogGroup');
    expect(groups).toHaveLength(8);
    for (const [, { Properties }] of groups) expect(Properties.RetentionInDays).toEqual({ Ref: 'LogRetentionDays' });
  });

  it.each(['aws', 'aws-us-gov', 'aws-cn'])(
    'has state machines that are valid when CloudFormation has filled them in, in %s',
    (partition) => {
      for (const id of ['DayMachine', 'BackfillMachine']) {
        const definition = template('template.json').Resources[id]?.Properties.DefinitionString as {
          'Fn::Sub': [string, Record<string, string>];
        };
        const [text, names] = definition['Fn::Sub'];
        const arn = `arn:${partition}:lambda:us-east-1:123456789012:function:f`;
        const filled = text.replace(/\$\{([\w:]+)\}/g, (_, name: string) => {
          if (name === 'Retries') return names.Retries ?? '';
          return name.endsWith('Concurrency') ? '4' : name === 'AWS::Partition' ? partition : arn;
        });
        expect(filled.match(/arn:(?!\$)[a-z-]+:/g)?.every((start) => start === `arn:${partition}:`)).toBe(true);
        expect(aslValidator(JSON.parse(filled)).errors).toEqual([]);
      }
    },
  );

  it('has one table for every format, with partitions for every hour', () => {
    const text = JSON.stringify(template('template.json').Resources.Table);
    for (const name of ['year', 'month', 'day', 'hour']) expect(text).toContain(`projection.${name}.type`);
    expect(text).toContain('"projection.hour.range":"0,23"');
    expect(text).toContain('year=${year}/month=${month}/day=${day}/hour=${hour}/');
    const tables = (file: string) => resourcesOf('AWS::Glue::Table', file).map(([id]) => id);
    expect(TEMPLATES.map(tables)).toEqual([['Table', 'DailyTable', 'RollupTable'], ['Table']]);
  });

  it.each([
    ['days', 'DailyTable', 'queries_daily', 'daily/'],
    ['sums', 'RollupTable', 'queries_rollup', 'rollups/'],
  ] as const)(
    'has a table over the %s of whole days that is the tested one, whatever the reports are',
    (of, id, table, folder) => {
      const { Resources, Parameters } = template('template.json');
      const years = { first: Number(Parameters.FirstYear?.Default), last: Number(Parameters.LastYear?.Default) };
      const location = 's3://reports/audit/';
      const expected = glueTableInput({
        ...{ database: 'd', table, format: 'parquet', of, location, years },
      });
      const values = { OutputType: 'csv', ReportPrefix: 'audit', ReportBucketName: 'reports' };
      const { TableInput } = evaluated(Resources[id]?.Properties, template('template.json'), values) as {
        TableInput: GlueTableInput;
      };
      expect(TableInput).toMatchObject({
        Name: table,
        Parameters: expected.Parameters,
        PartitionKeys: expected.PartitionKeys,
        StorageDescriptor: {
          ...expected.StorageDescriptor,
          Location: `${location}${folder}`,
          Columns: expected.StorageDescriptor.Columns.map(({ Name, Type }) => ({ Name, Type })),
        },
      });
      expect(JSON.stringify(Resources.DailyPolicy?.Properties.PolicyDocument)).not.toMatch(/Delete|List|year=/);
      expect(Resources.DailyPolicy?.Properties.Roles).toEqual([{ Ref: 'CloseDayRole' }]);
    },
  );

  it('has a table that is the tested one in every format, and a partition for every label of the days that clocks change', () => {
    const { Resources, Parameters } = template('template.json');
    const location = 's3://reports/audit/';
    for (const format of REPORT_FORMATS) {
      const years = { first: Number(Parameters.FirstYear?.Default), last: Number(Parameters.LastYear?.Default) };
      const expected = glueTableInput({ database: 'd', table: 'queries', format, location, years });
      const values = { OutputType: format, ReportPrefix: 'audit', ReportBucketName: 'reports' };
      const { TableInput } = evaluated(Resources.Table?.Properties, template('template.json'), values) as {
        TableInput: GlueTableInput;
      };
      const bare = ({ Name, Type }: { Name: string; Type: string }) => ({ Name, Type });
      expect(TableInput.Parameters).toEqual(expected.Parameters);
      expect(TableInput.PartitionKeys).toEqual(expected.PartitionKeys);
      expect(TableInput.StorageDescriptor).toEqual({
        ...expected.StorageDescriptor,
        Columns: expected.StorageDescriptor.Columns.map(bare),
      });
      for (const date of ['2026-03-08', '2026-07-01', '2026-11-01']) {
        for (const hour of reportDay(date, 'America/New_York').hours) {
          expect(projected(TableInput.Parameters, hourFolder(hour))).toBe(`${location}${hourFolder(hour)}`);
        }
      }
    }
  });

  it('has alarms that reach the topic, the given one or its own, and say when they are over', () => {
    const TOPIC = { 'Fn::If': ['CreateTopic', { Ref: 'AlarmTopic' }, { Ref: 'AlarmTopicArn' }] };
    const alarms = resourcesOf('AWS::CloudWatch::Alarm');
    expect(alarms.map(([id]) => id).sort()).toEqual([
      'DayFailed',
      'FeedFailed',
      'HourNotFinal',
      'NoDayClosed',
      'NotStarted',
      'TextNearlyLost',
      'TextNotSaved',
    ]);
    for (const [, { Properties }] of alarms)
      expect(Properties).toMatchObject({ AlarmActions: [TOPIC], OKActions: [TOPIC] });
  });

  it('has nothing of feeds where there are none, and lets them write below one prefix', () => {
    const { Resources, Conditions } = template('template.json');
    const ofFeeds = Object.entries(Resources).filter(([id]) => /^Feeds/.test(id));
    expect(ofFeeds.length).toBeGreaterThan(8);
    const hold = (values: Record<string, string>) =>
      ofFeeds
        .filter(([, { Condition = '' }]) => holds({ Condition }, template('template.json'), values))
        .map(([id]) => id)
        .sort();
    expect(ofFeeds.filter(([, { Condition = '' }]) => !(Condition in Conditions))).toEqual([]);
    expect(hold({})).toEqual([]);
    const always = ['FeedsFunction', 'FeedsInvokePolicy', 'FeedsLogs', 'FeedsPolicy', 'FeedsRole'];
    expect(hold({ Feeds: 'ocsf' })).toEqual([...always, 'FeedsHerePolicy'].sort());
    expect(hold({ Feeds: 'ocsf', FeedLocation: 's3://lake/ext' })).toEqual([...always, 'FeedsElsewherePolicy'].sort());
    const written = (id: string) => JSON.stringify(Resources[id]?.Properties.PolicyDocument);
    expect(written('FeedsHerePolicy')).toContain('"feeds/*"');
    expect(written('FeedsPolicy')).not.toContain('s3:DeleteObject');
    expect(template('template.json').Parameters.Feeds).toMatchObject({
      Default: '',
      AllowedPattern: expect.stringContaining('securitylake'),
    });
    expect(template('template.standalone.json').Parameters.Feeds).toMatchObject({
      AllowedPattern: expect.not.stringContaining('securitylake'),
    });
  });

  it('is the same in both variants but for where the code lies, and the files of whole days, which are Parquet', () => {
    const bare = (file: string) =>
      Object.fromEntries(
        Object.entries(template(file).Resources)
          .filter(([id]) => id !== 'Table' && !OF_DAYS.includes(id))
          .map(([id, { Properties, ...rest }]) => {
            const { Code: _, Handler: __, ...others } = Properties;
            return [id, { ...rest, Properties: others }];
          }),
      );
    expect(bare('template.standalone.json')).toEqual(bare('template.json'));
    expect(Object.keys(template('template.json').Resources)).toEqual(expect.arrayContaining(OF_DAYS));
    const inline = Object.keys(template('template.standalone.json').Resources);
    expect(OF_DAYS.filter((id) => inline.includes(id))).toEqual([]);
  });
});

/** What CloudFormation makes of a value: parameters filled in, conditions decided, what has no value left out. */
function evaluated(value: unknown, source: Template, values: Readonly<Record<string, string>>): unknown {
  const inner = (part: unknown) => evaluated(part, source, values);
  if (Array.isArray(value)) return value.map(inner).filter((part) => part !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const [[key, content] = ['', null]] = Object.entries(value);
  const parameter = (name: string) =>
    name === 'AWS::NoValue' ? undefined : String(values[name] ?? source.Parameters[name]?.Default ?? `\${${name}}`);
  switch (key) {
    case 'Ref':
      return parameter(String(content));
    case 'Fn::If': {
      const [condition, yes, no] = content as [string, unknown, unknown];
      return inner(holds({ Condition: condition }, source, values) ? yes : no);
    }
    case 'Fn::Join': {
      const [separator, parts] = content as [string, unknown[]];
      return (inner(parts) as string[]).join(separator);
    }
    case 'Fn::Sub':
      return String(content).replace(/\$\{(\w+)\}/g, (whole, name: string) => parameter(name) ?? whole);
    default: {
      const entries = Object.entries(value).map(([name, part]) => [name, inner(part)] as const);
      return Object.fromEntries(entries.filter(([, part]) => part !== undefined));
    }
  }
}

function holds(condition: unknown, source: Template, values: Readonly<Record<string, string>>): boolean {
  const [[key, content] = ['', null]] = Object.entries(condition as Record<string, unknown>);
  if (key === 'Condition') {
    // The bucket is given.
    if (content === 'CreateBucket') return false;
    return holds(source.Conditions[String(content)], source, values);
  }
  const parts = content as unknown[];
  if (key === 'Fn::Not') return !holds(parts[0], source, values);
  if (key === 'Fn::And') return parts.every((part) => holds(part, source, values));
  return evaluated(parts[0], source, values) === evaluated(parts[1], source, values);
}

/** Where partition projection looks for the partition whose folder has this name; null when it has none. */
function projected(properties: Readonly<Record<string, string>>, folder: string): string | null {
  let location = properties['storage.location.template'] ?? '';
  for (const [, name = '', value = ''] of folder.matchAll(/(\w+)=(\d+)/g)) {
    const [first = 0, last = 0] = (properties[`projection.${name}.range`] ?? '').split(',').map(Number);
    const digits = Number(properties[`projection.${name}.digits`]);
    if (Number(value) < first || Number(value) > last || value.length !== digits) return null;
    location = location.replace(`\${${name}}`, value);
  }
  return location;
}
