import { Aws, type CfnCondition, type CfnParameter, Fn } from 'aws-cdk-lib';
import type { StackParameters } from './parameters.js';
import type { ReportBucket } from './report-bucket.js';
import type { Statement } from './role.js';

/** Reads and writes below the prefix: reports, manifests, working files. */
export function keepReports(bucket: ReportBucket): Statement[] {
  return [
    {
      sid: 'Reports',
      actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
      resources: [bucket.keyArn('year=*'), bucket.keyArn('_work/*')],
      wildcard: 'reports and working files have keys that follow from their hours',
    },
    // Locks, checkpoints and parts of large hours come and go; a report or manifest is never removed by a function.
    {
      sid: 'TidyUp',
      actions: ['s3:DeleteObject'],
      resources: [bucket.keyArn('_work/*')],
      wildcard: 'working files have keys that follow from their hours',
    },
    // Without the right to list, S3 answers 403 instead of 404 for a key that is not there; a condition on the prefix takes
    // that right away again, because reading an object has no prefix.
    { sid: 'ListReports', actions: ['s3:ListBucket'], resources: [bucket.arn] },
  ];
}

/** Reads and writes the files of whole days, and of their sums. */
export function keepDailyFiles(bucket: ReportBucket): Statement[] {
  return [
    {
      sid: 'DailyFiles',
      actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
      resources: [bucket.keyArn('daily/*'), bucket.keyArn('rollups/*')],
      wildcard: 'they have keys that follow from their days',
    },
  ];
}

/** Reads CloudTrail's event history. */
export function readEventHistory(): Statement[] {
  return [
    {
      sid: 'EventHistory',
      actions: ['cloudtrail:LookupEvents'],
      resources: ['*'],
      wildcard:
        'LookupEvents has no resources that a policy could name (service authorization reference of CloudTrail)',
    },
  ];
}

/**
 * Reads the trail's log files and uses the keys, where parameters name them. Without them the statements name what is
 * granted anyway, or a key that does not exist: a statement of its own under a condition would say the same in more words.
 */
export function readTrail(bucket: ReportBucket, parameters: StackParameters): Statement[] {
  const { conditions, trailUri, trailKeyArn } = parameters;
  const trail = locationOf(trailUri.valueAsString);
  const either = (condition: CfnCondition, yes: string, no: string) =>
    Fn.conditionIf(condition.logicalId, yes, no).toString();
  const noKey = `arn:${Aws.PARTITION}:kms:${Aws.REGION}:${Aws.ACCOUNT_ID}:key/none`;
  return [
    {
      sid: 'TrailFiles',
      actions: ['s3:GetObject'],
      resources: [either(conditions.hasTrail, arnOf(trail, '/*'), bucket.keyArn('_work/*'))],
      wildcard: 'CloudTrail names the log files below the prefix',
    },
    {
      sid: 'ListTrail',
      actions: ['s3:ListBucket'],
      resources: [either(conditions.hasTrail, arnOf(Fn.select(0, Fn.split('/', trail))), `${bucket.arn}/none`)],
    },
    {
      sid: 'TrailKey',
      actions: ['kms:Decrypt'],
      resources: [Fn.conditionIf(conditions.hasTrailKey.logicalId, Fn.split(',', trailKeyArn.valueAsString), noKey)],
    },
    ...reportKeyFor(parameters, ['kms:Decrypt', 'kms:GenerateDataKey']),
  ];
}

/** Uses the key of the reports; without one, a key that does not exist. */
export function reportKeyFor({ conditions, reportKeyArn }: StackParameters, actions: readonly string[]): Statement[] {
  const noKey = `arn:${Aws.PARTITION}:kms:${Aws.REGION}:${Aws.ACCOUNT_ID}:key/none`;
  const key = Fn.conditionIf(conditions.hasReportKey.logicalId, reportKeyArn.valueAsString, noKey);
  return [{ sid: 'ReportKey', actions, resources: [key] }];
}

/** Reads identity directory and prices from their places in S3; without one, its statement names what is granted anyway. */
export function readInputs(bucket: ReportBucket, parameters: StackParameters): Statement[] {
  const { conditions, identityDirectory, prices } = parameters;
  const given = (condition: CfnCondition, place: CfnParameter) =>
    Fn.conditionIf(condition.logicalId, arnOf(locationOf(place.valueAsString)), bucket.keyArn('_work/*'));
  return [
    {
      sid: 'Inputs',
      actions: ['s3:GetObject'],
      resources: [given(conditions.hasDirectory, identityDirectory), given(conditions.hasPrices, prices)],
      wildcard: 'without a directory or prices the statement names what is granted anyway',
    },
  ];
}

/** Encrypts messages to the dead-letter queue with its key; without one, with a key that does not exist. */
export function encryptMessages({ care }: StackParameters): Statement[] {
  const noKey = `arn:${Aws.PARTITION}:kms:${Aws.REGION}:${Aws.ACCOUNT_ID}:key/none`;
  return [
    {
      sid: 'QueueKey',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [Fn.conditionIf(care.conditions.hasQueueKey.logicalId, care.queueKeyArn.valueAsString, noKey)],
    },
  ];
}

/** What a function needs to sit in a VPC. */
export function joinNetwork(): Statement[] {
  return [
    {
      sid: 'Network',
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DeleteNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      resources: ['*'],
      wildcard:
        'Lambda makes the network interfaces, whose names nobody knows before (Lambda guide, "configuration-vpc")',
    },
  ];
}

/** What a function or state machine needs to send traces. */
export function sendTraces(): Statement[] {
  return [
    {
      sid: 'Trace',
      actions: [
        'xray:PutTraceSegments',
        'xray:PutTelemetryRecords',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
      ],
      resources: ['*'],
      wildcard: 'traces have no resources that a policy could name (service authorization reference of X-Ray)',
    },
  ];
}

/** Assumes the roles of other accounts; without any, one that does not exist. */
export function assumeRoles({ accountRoles, conditions }: StackParameters): Statement[] {
  const roles = Fn.conditionIf(
    conditions.hasAccounts.logicalId,
    Fn.split(',', accountRoles.valueAsString),
    `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/none`,
  );
  return [{ sid: 'Accounts', actions: ['sts:AssumeRole'], resources: [roles] }];
}

/** Reads names of users in IAM Identity Center, by the id that their sessions carry. */
export function readUserNames(): Statement[] {
  return [
    {
      sid: 'UserNames',
      actions: ['identitystore:DescribeUser'],
      resources: [
        `arn:${Aws.PARTITION}:identitystore::*:identitystore/*`,
        `arn:${Aws.PARTITION}:identitystore:::user/*`,
      ],
      wildcard: 'the identity store is the organization’s; its users are known when they are met',
    },
  ];
}

/** Reads executions by id; the workgroup is the resource, in every Region that may be collected. */
export function readExecutions(): Statement[] {
  return [
    {
      sid: 'Executions',
      actions: ['athena:BatchGetQueryExecution', 'athena:GetPreparedStatement', 'athena:GetQueryExecution'],
      resources: [WORKGROUPS],
      wildcard: EVERY_WORKGROUP,
    },
  ];
}

/** Reads what tables are: what is behind views, and columns; without `parameters`, always. */
export function readTables(parameters?: StackParameters): Statement[] {
  const own = (path: string) => `arn:${Aws.PARTITION}:glue:*:${Aws.ACCOUNT_ID}:${path}`;
  const isAsked = parameters?.conditions.asksCatalog;
  const given = (path: string) => (isAsked ? Fn.conditionIf(isAsked.logicalId, own(path), own('catalog')) : own(path));
  return [
    {
      sid: 'Tables',
      actions: ['glue:GetTable'],
      resources: [own('catalog'), given('database/*'), given('table/*')],
      wildcard: 'a view that is made tomorrow must be looked into, too; only definitions are read',
    },
  ];
}

/** Lists what Athena itself remembers, of every workgroup. */
export function listExecutions(): Statement[] {
  return [
    {
      sid: 'ListExecutions',
      actions: ['athena:ListQueryExecutions', 'athena:GetWorkGroup', 'athena:ListTagsForResource'],
      resources: [WORKGROUPS],
      wildcard: EVERY_WORKGROUP,
    },
    {
      sid: 'ListWorkGroups',
      actions: ['athena:ListWorkGroups', 'athena:ListCapacityReservations'],
      resources: ['*'],
      wildcard: 'the lists have no resources that a policy could name (service authorization reference of Athena)',
    },
    {
      sid: 'Reservations',
      actions: ['athena:GetCapacityAssignmentConfiguration'],
      resources: [`arn:${Aws.PARTITION}:athena:*:${Aws.ACCOUNT_ID}:capacity-reservation/*`],
      wildcard: 'a reservation that is made tomorrow costs, too',
    },
  ];
}

const EVERY_WORKGROUP = 'a workgroup that is made tomorrow must be read too: a missing one is a gap';
const WORKGROUPS = `arn:${Aws.PARTITION}:athena:*:${Aws.ACCOUNT_ID}:workgroup/*`;

/** `bucket/key` of `s3://bucket/key`. CloudFormation may evaluate it for an empty value too, hence the second part. */
export function locationOf(uri: string): string {
  return Fn.select(1, Fn.split('s3://', `${uri}s3://none`));
}

function arnOf(location: string, rest = ''): string {
  return `arn:${Aws.PARTITION}:s3:::${location}${rest}`;
}
