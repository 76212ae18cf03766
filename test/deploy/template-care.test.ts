import { describe, expect, it } from 'vitest';
import { quickTemplate } from './infra-template.js';

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

const { Resources, Mappings, Parameters } = quickTemplate() as unknown as {
  readonly Parameters: Readonly<Record<string, { readonly AllowedPattern?: string }>>;
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Condition?: string; readonly Properties: Record<string, unknown> }>
  >;
  readonly Mappings: Record<string, Record<string, Record<string, string>>>;
};
const of = (type: string) => Object.entries(Resources).filter(([, { Type }]) => Type === type);

describe('what is kept', () => {
  it('is never removed by a function: none may delete or overwrite the versions of anything but working files', () => {
    const statements = of('AWS::IAM::Policy').flatMap(
      ([, { Properties }]) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement,
    );
    const removing = statements.filter(({ Action }) =>
      [Action].flat().some((action) => /^s3:(\*|Delete|PutLifecycle|PutBucket|PutObjectRetention|Bypass)/.test(action)),
    );
    const reach = removing.map(({ Sid, Resource }) => [
      Sid,
      /(_work\/\*|feeds\/\*|FeedLocation)/.exec(JSON.stringify(Resource))?.[1],
    ]);
    // The files of feeds are copies, in a folder of their own or a place that is named; deploy refuses one above the reports.
    expect(reach).toEqual([
      ['TidyUp', '_work/*'],
      ['Feeds', 'feeds/*'],
      ['Feeds', 'FeedLocation'],
    ]);
    expect(JSON.stringify(removing)).not.toContain('year=');
  });

  it('never loses its proof before the reports: no rule expires what is current under _work, or deletes what is locked', () => {
    const { LifecycleConfiguration } = Resources.ReportBucket?.Properties ?? {};
    const rules = (LifecycleConfiguration as { Rules: unknown[] }).Rules.map((rule) => {
      const [, given] = (rule as { 'Fn::If'?: [string, Record<string, unknown>] })['Fn::If'] ?? [null, rule];
      return given as Record<string, unknown>;
    });
    const expiring = rules.filter((rule) => 'ExpirationInDays' in rule || 'ExpirationDate' in rule);
    // Reports, and the files of whole days that repeat their rows and add them up (`aqt compact`).
    expect(expiring.map(({ Id }) => Id)).toEqual(['old-reports', 'old-days', 'old-sums']);
    // With and without a prefix.
    expect(JSON.stringify(expiring[0]?.Prefix)).toMatch(/year=/);
    expect(JSON.stringify(expiring[1]?.Prefix)).toMatch(/daily\//);
    expect(JSON.stringify(expiring[2]?.Prefix)).toMatch(/rollups\//);
    for (const { Prefix, ExpirationInDays } of expiring) {
      expect(JSON.stringify(Prefix)).not.toMatch(/_work/);
      expect(ExpirationInDays).toEqual({ Ref: 'ReportExpirationDays' });
    }
    const replaced = rules.filter((rule) => 'NoncurrentVersionExpiration' in rule);
    expect(replaced.map(({ Id }) => Id)).toEqual(['replaced-versions']);
  });
});

describe('readers', () => {
  it('have a workgroup of their own with a cutoff, and every named query opens in it', () => {
    expect(Resources.Readers?.Properties).toMatchObject({
      RecursiveDeleteOption: true,
      WorkGroupConfiguration: {
        BytesScannedCutoffPerQuery: { Ref: 'ReaderCutoffBytes' },
        EnforceWorkGroupConfiguration: true,
        ManagedQueryResultsConfiguration: { Enabled: true },
      },
    });
    const queries = of('AWS::Athena::NamedQuery');
    expect(queries.length).toBeGreaterThan(3);
    for (const [, { Properties }] of queries) expect(Properties.WorkGroup).toEqual({ Ref: 'Readers' });
  });

  it('are granted database and table by Lake Formation where one is named, and nobody else is', () => {
    const grants = of('AWS::LakeFormation::PrincipalPermissions');
    expect(grants.map(([, { Properties, Condition }]) => [Condition, Properties.Permissions])).toEqual([
      ['GrantsReader', ['DESCRIBE']],
      ['GrantsReader', ['SELECT', 'DESCRIBE']],
      ['GrantsReader', ['SELECT', 'DESCRIBE']],
      ['GrantsReader', ['SELECT', 'DESCRIBE']],
    ]);
    for (const [, { Properties }] of grants) {
      expect(Properties.Principal).toEqual({ DataLakePrincipalIdentifier: { Ref: 'LakeFormationReader' } });
      expect(Properties.PermissionsWithGrantOption).toEqual([]);
    }
  });
});

it('knows the console of each partition', () => {
  expect(Object.keys(Mappings.Consoles ?? {}).sort()).toEqual(['aws', 'aws-cn', 'aws-eusc', 'aws-us-gov']);
});

describe.each([
  ['aws', 'us-east-1'],
  ['aws-us-gov', 'us-gov-west-1'],
  ['aws-cn', 'cn-north-1'],
])('the parameters, in %s', (partition, region) => {
  const key = `arn:${partition}:kms:${region}:123456789012:key/0123`;
  const role = (account: string) => `arn:${partition}:iam::${account}:role/path/athena-query-tracker`;

  it.each([
    ['ReportKeyArn', key],
    ['TrailKeyArn', `${key},${key}`],
    ['LogKeyArn', key],
    ['TopicKeyArn', key],
    ['QueueKeyArn', key],
    ['FeedKeyArn', key],
    ['AlarmTopicArn', `arn:${partition}:sns:${region}:123456789012:alarms`],
    ['AccountRoles', [role('111122223333'), role('222233334444')].join(',')],
    ['PermissionsBoundaryArn', `arn:${partition}:iam::123456789012:policy/boundary`],
    ['LakeFormationReader', role('123456789012')],
    ['Regions', `${region},${region}`],
  ])('take what has names there: %s', (name, value) => {
    const { AllowedPattern: pattern = 'none' } = Parameters[name] ?? {};
    expect(value).toMatch(new RegExp(pattern));
    expect('no ARN').not.toMatch(new RegExp(pattern));
  });
});
