import { describe, expect, it } from 'vitest';
import {
  describePermissionChanges,
  describePermissions,
  describeResources,
  type Template,
} from './describe-template.js';
import { parseAssignments, stackParameters } from './stack-parameters.js';

const template: Template = {
  Parameters: {
    Bucket: { Type: 'String', Default: '' },
    Trail: { Type: 'String', Default: '', AllowedPattern: '^$|^s3://.+$', Description: 'the trail' },
    Format: { Type: 'String', Default: 'csv', AllowedValues: ['csv', 'json'] },
    Code: { Type: 'String' },
  },
  Conditions: { HasBucket: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Bucket' }, ''] }] } },
  Resources: {
    Made: { Type: 'AWS::S3::Bucket' },
    Role: { Type: 'AWS::IAM::Role' },
    RolePolicy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        Roles: [{ Ref: 'Role' }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: ['s3:GetObject', 's3:PutObject'],
              Resource: {
                'Fn::Sub': [
                  'arn:${AWS::Partition}:s3:::${name}/*',
                  { name: { 'Fn::If': ['HasBucket', { Ref: 'Bucket' }, { Ref: 'Made' }] } },
                ],
              },
            },
          ],
        },
      },
    },
  },
};

describe('a template, described', () => {
  it('names its resources by type, those alone that there will be', () => {
    const Made = { Type: 'AWS::S3::Bucket', Condition: 'HasBucket' };
    const some = { ...template, Resources: { ...template.Resources, Made } };
    const lines = ['AWS::IAM::Policy  RolePolicy', 'AWS::IAM::Role    Role'];
    expect(describeResources(some, { Bucket: 'b' })).toEqual([...lines, 'AWS::S3::Bucket   Made']);
    expect(describeResources(some, {})).toEqual(lines);
  });

  it.each([
    [{}, 'arn:${AWS::Partition}:s3:::${Made}/*'],
    [{ Bucket: 'mine' }, 'arn:${AWS::Partition}:s3:::mine/*'],
  ])('shows permissions with the parameters %j filled in and conditions decided', (values, resource) => {
    expect(describePermissions(template, values)).toEqual([
      'RolePolicy, of Role',
      '  Allow s3:GetObject, s3:PutObject',
      `    on ${resource}`,
    ]);
  });
});

it.each([
  [{ Bucket: 'mine' }, 'Fn::And', false],
  [{ Bucket: 'mine', Trail: 's3://trail' }, 'Fn::And', true],
  [{}, 'Fn::Or', false],
  [{ Trail: 's3://trail' }, 'Fn::Or', true],
] as const)('decides conditions of conditions: %j, %s', (values, together, isShown) => {
  const given = (Ref: string) => ({ 'Fn::Not': [{ 'Fn::Equals': [{ Ref }, ''] }] });
  const Conditions = { HasBucket: { [together]: [{ Condition: 'A' }, given('Trail')] }, A: given('Bucket') };
  const { RolePolicy = { Type: '' } } = template.Resources;
  const Resources = { RolePolicy: { ...RolePolicy, Condition: 'HasBucket' } };
  expect(describePermissions({ ...template, Conditions, Resources }, values).length > 0).toBe(isShown);
});

describe('permissions that an update changes', () => {
  const statement = (Action: string) => ({ Effect: 'Allow', Action, Resource: '*' });
  const withStatements = (...Statement: readonly unknown[]): Template => ({
    Resources: { Policy: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: { Statement } } } },
  });

  it('are shown as lost and gained', () => {
    const before = withStatements(statement('a:Keep'), statement('a:Lose'));
    const after = withStatements(statement('a:Gain'), statement('a:Keep'));
    expect(describePermissionChanges({ template: before, values: {} }, { template: after, values: {} })).toEqual([
      'Policy',
      '  - Allow a:Lose on *',
      '  + Allow a:Gain on *',
    ]);
    expect(describePermissionChanges({ template: after, values: {} }, { template: after, values: {} })).toEqual([]);
  });

  it('shows the change when only the value of a parameter changes', () => {
    expect(describePermissionChanges({ template, values: {} }, { template, values: { Bucket: 'theirs' } })).toEqual([
      'RolePolicy, of Role',
      '  - Allow s3:GetObject, s3:PutObject on arn:${AWS::Partition}:s3:::${Made}/*',
      '  + Allow s3:GetObject, s3:PutObject on arn:${AWS::Partition}:s3:::theirs/*',
    ]);
  });

  it('leaves out what its condition leaves out', () => {
    const { RolePolicy } = template.Resources;
    const only: Template = {
      ...template,
      Resources: { RolePolicy: { ...RolePolicy, Type: 'AWS::IAM::Policy', Condition: 'HasBucket' } },
    };
    expect(describePermissions(only, {})).toEqual([]);
    expect(describePermissions(only, { Bucket: 'mine' })).not.toEqual([]);
  });
});

describe('the parameters of a change', () => {
  const declared = template.Parameters ?? {};

  it('are what is given, else what the stack has, else the default', () => {
    expect(
      stackParameters({ declared, given: { Format: 'json' }, existing: { Bucket: 'mine', Code: 'x', Gone: 'y' } }),
    ).toEqual([
      { ParameterKey: 'Bucket', UsePreviousValue: true },
      { ParameterKey: 'Format', ParameterValue: 'json' },
      { ParameterKey: 'Code', UsePreviousValue: true },
    ]);
  });

  it.each([
    [{ Formt: 'json' }, 'the stack has no parameter Formt; it has Bucket, Trail, Format, Code'],
    [{ Format: 'xml' }, 'Format=xml: allowed are csv, json'],
    [{ Trail: 'bucket' }, 'Trail=bucket is not allowed (the trail)'],
    [{}, 'the parameter Code has no value'],
  ])('refuse %j', (given, message) => {
    expect(() => stackParameters({ declared, given, existing: null })).toThrow(message);
  });

  it('are typed as Name=Value, the value as it is', () => {
    expect(parseAssignments(['A=b=c', 'D='])).toEqual({ A: 'b=c', D: '' });
    expect(() => parseAssignments(['A'])).toThrow('write Name=Value');
  });
});
