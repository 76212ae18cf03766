import { Aws, type CfnCondition, Fn } from 'aws-cdk-lib';
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

/** Sees which days run and ran, and starts those that are due. */
export function planDays(dayMachine: string): Statement[] {
  return [
    {
      sid: 'StartDays',
      actions: ['states:StartExecution', 'states:ListExecutions', 'states:DescribeStateMachine'],
      resources: [dayMachine],
    },
  ];
}

/** Reads which days are closed. */
export function readClosings(bucket: ReportBucket, parameters: StackParameters): Statement[] {
  return [
    {
      sid: 'Closings',
      actions: ['s3:GetObject'],
      resources: [bucket.keyArn('_work/closings/*')],
      wildcard: 'closings have keys that follow from their days',
    },
    { sid: 'ListClosings', actions: ['s3:ListBucket'], resources: [bucket.arn] },
    ...reportKeyFor(parameters, ['kms:Decrypt']),
  ];
}

/** Uses the key of the reports; without one, a key that does not exist. */
function reportKeyFor({ conditions, reportKeyArn }: StackParameters, actions: readonly string[]): Statement[] {
  const noKey = `arn:${Aws.PARTITION}:kms:${Aws.REGION}:${Aws.ACCOUNT_ID}:key/none`;
  const key = Fn.conditionIf(conditions.hasReportKey.logicalId, reportKeyArn.valueAsString, noKey);
  return [{ sid: 'ReportKey', actions, resources: [key] }];
}

/** Reads the identity directory from its place in S3; without one, the statement names what is granted anyway. */
export function readDirectory(bucket: ReportBucket, parameters: StackParameters): Statement[] {
  const directory = arnOf(locationOf(parameters.identityDirectory.valueAsString));
  const resource = Fn.conditionIf(parameters.conditions.hasDirectory.logicalId, directory, bucket.keyArn('_work/*'));
  return [
    {
      sid: 'IdentityDirectory',
      actions: ['s3:GetObject'],
      resources: [resource],
      wildcard: 'without a directory the statement names what is granted anyway',
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

/** Takes messages from a queue that is encrypted as the dead letters are. */
export function takeMessages(queueArn: string, parameters: StackParameters): Statement[] {
  return [
    {
      sid: 'Take',
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [queueArn],
    },
    ...encryptMessages(parameters),
  ];
}

/** Appends to the evidence, and knows the zone of the tree. */
export function keepEvidence(bucket: ReportBucket, parameters: StackParameters): Statement[] {
  return [
    {
      sid: 'Evidence',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [bucket.keyArn('_work/evidence/*'), bucket.keyArn('_work/settings.json')],
      wildcard: 'evidence has keys that follow from its hours and its content',
    },
    { sid: 'ListEvidence', actions: ['s3:ListBucket'], resources: [bucket.arn] },
    ...reportKeyFor(parameters, ['kms:Decrypt', 'kms:GenerateDataKey']),
    ...assumeRoles(parameters),
  ];
}

/** Asks the system table of Athena: queries in one workgroup, their results, and the catalogue of S3 Tables that holds it. */
export function askSystemTable({ upkeep }: StackParameters): Statement[] {
  const results = `arn:${Aws.PARTITION}:s3:::${Fn.conditionIf(upkeep.hasResults.logicalId, upkeep.systemTableResults.valueAsString, 'none').toString()}`;
  return [
    {
      sid: 'AskSystemTable',
      actions: ['athena:StartQueryExecution', 'athena:GetQueryResults', 'athena:StopQueryExecution'],
      resources: [
        `arn:${Aws.PARTITION}:athena:*:${Aws.ACCOUNT_ID}:workgroup/${upkeep.systemTableWorkgroup.valueAsString}`,
      ],
      wildcard: 'one workgroup, in each Region that is collected',
    },
    {
      sid: 'SystemTable',
      actions: ['glue:GetCatalog', 'glue:GetDatabase', 'glue:GetTable'],
      resources: [
        `arn:${Aws.PARTITION}:glue:*:${Aws.ACCOUNT_ID}:catalog`,
        `arn:${Aws.PARTITION}:glue:*:${Aws.ACCOUNT_ID}:catalog/s3tablescatalog*`,
        `arn:${Aws.PARTITION}:glue:*:${Aws.ACCOUNT_ID}:database/s3tablescatalog/aws-athena/*`,
        `arn:${Aws.PARTITION}:glue:*:${Aws.ACCOUNT_ID}:table/s3tablescatalog/aws-athena/*`,
      ],
      wildcard: 'the federated catalogue of S3 Tables, in each Region that is collected',
    },
    {
      sid: 'LakeFormation',
      actions: ['lakeformation:GetDataAccess'],
      resources: ['*'],
      wildcard:
        'GetDataAccess has no resources that a policy could name (service authorization reference of Lake Formation)',
    },
    {
      sid: 'QueryResults',
      actions: ['s3:GetObject', 's3:PutObject', 's3:GetBucketLocation', 's3:ListBucket', 's3:AbortMultipartUpload'],
      resources: [results, `${results}/*`],
      wildcard: 'Athena names the results of the queries',
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

/** Lists what Athena itself remembers, of every workgroup. */
export function listExecutions(): Statement[] {
  return [
    {
      sid: 'ListExecutions',
      actions: ['athena:ListQueryExecutions', 'athena:GetWorkGroup'],
      resources: [WORKGROUPS],
      wildcard: EVERY_WORKGROUP,
    },
    {
      sid: 'ListWorkGroups',
      actions: ['athena:ListWorkGroups'],
      resources: ['*'],
      wildcard: 'ListWorkGroups has no resources that a policy could name (service authorization reference of Athena)',
    },
  ];
}

const EVERY_WORKGROUP = 'a workgroup that is made tomorrow must be read too: a missing one is a gap';
const WORKGROUPS = `arn:${Aws.PARTITION}:athena:*:${Aws.ACCOUNT_ID}:workgroup/*`;

/** `bucket/key` of `s3://bucket/key`. CloudFormation may evaluate it for an empty value too, hence the second part. */
function locationOf(uri: string): string {
  return Fn.select(1, Fn.split('s3://', `${uri}s3://none`));
}

function arnOf(location: string, rest = ''): string {
  return `arn:${Aws.PARTITION}:s3:::${location}${rest}`;
}
