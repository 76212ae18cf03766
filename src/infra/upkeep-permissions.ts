import { Aws } from 'aws-cdk-lib';
import type { StackParameters } from './parameters.js';
import { assumeRoles, encryptMessages, reportKeyFor } from './permissions.js';
import type { ReportBucket } from './report-bucket.js';
import type { Statement } from './role.js';

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

/** Asks the system table of Athena: queries in one workgroup, and the catalogue of S3 Tables that holds it. */
export function askSystemTable({ upkeep }: StackParameters): Statement[] {
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
  ];
}

/** Reads the results of those queries, where Athena does not manage them. */
export function readSystemTableResults({ upkeep }: StackParameters): Statement[] {
  const results = `arn:${Aws.PARTITION}:s3:::${upkeep.systemTableResults.valueAsString}`;
  return [
    {
      sid: 'QueryResults',
      actions: ['s3:GetObject', 's3:PutObject', 's3:GetBucketLocation', 's3:ListBucket', 's3:AbortMultipartUpload'],
      resources: [results, `${results}/*`],
      wildcard: 'Athena names the results of the queries',
    },
  ];
}
