import { Aws, Fn } from 'aws-cdk-lib';
import type { StackParameters } from './parameters.js';
import type { ReportBucket } from './report-bucket.js';
import type { Statement } from './role.js';

/** Reads and writes below the prefix: reports, manifests, working files. */
export function keepReports(bucket: ReportBucket, parameters: StackParameters): Statement[] {
  const objects = [bucket.keyArn('year=*'), bucket.keyArn('_work/*')];
  return [
    {
      sid: 'Reports',
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
      resources: objects,
    },
    {
      sid: 'ListReports',
      actions: ['s3:ListBucket'],
      resources: [bucket.arn],
      condition: { StringLike: { 's3:prefix': [`${bucket.keyPrefix}year=*`, `${bucket.keyPrefix}_work/*`] } },
    },
    {
      sid: 'ReportKey',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [parameters.reportKeyArn.valueAsString],
      when: parameters.conditions.hasReportKey,
    },
  ];
}

/** Reads CloudTrail: its event history, and the trail's log files where there are some. */
export function readCloudTrail(parameters: StackParameters): Statement[] {
  const { conditions, trailUri, trailKeyArn } = parameters;
  const trail = locationOf(trailUri.valueAsString);
  return [
    // LookupEvents has no resources that a policy could name (service authorization reference of CloudTrail).
    { sid: 'EventHistory', actions: ['cloudtrail:LookupEvents'], resources: ['*'] },
    { sid: 'TrailFiles', actions: ['s3:GetObject'], resources: [arnOf(trail, '/*')], when: conditions.hasTrail },
    {
      sid: 'ListTrail',
      actions: ['s3:ListBucket'],
      resources: [arnOf(Fn.select(0, Fn.split('/', trail)))],
      when: conditions.hasTrail,
    },
    {
      sid: 'TrailKey',
      actions: ['kms:Decrypt'],
      resources: [trailKeyArn.valueAsString],
      when: conditions.hasTrailKey,
    },
  ];
}

/** Reads the identity directory from its place in S3. */
export function readDirectory(parameters: StackParameters): Statement[] {
  return [
    {
      sid: 'IdentityDirectory',
      actions: ['s3:GetObject'],
      resources: [arnOf(locationOf(parameters.identityDirectory.valueAsString))],
      when: parameters.conditions.hasDirectory,
    },
  ];
}

/** Reads executions by id; the workgroup is the resource, in every Region that may be collected. */
export function readExecutions(): Statement[] {
  return [
    {
      sid: 'Executions',
      actions: ['athena:BatchGetQueryExecution', 'athena:GetQueryExecution'],
      resources: [WORKGROUPS],
    },
  ];
}

/** Lists what Athena itself remembers, of every workgroup. */
export function listExecutions(): Statement[] {
  return [
    { sid: 'ListExecutions', actions: ['athena:ListQueryExecutions', 'athena:GetWorkGroup'], resources: [WORKGROUPS] },
    // ListWorkGroups has no resources that a policy could name (service authorization reference of Athena).
    { sid: 'ListWorkGroups', actions: ['athena:ListWorkGroups'], resources: ['*'] },
  ];
}

const WORKGROUPS = `arn:${Aws.PARTITION}:athena:*:${Aws.ACCOUNT_ID}:workgroup/*`;

/** `bucket/key` of `s3://bucket/key`. CloudFormation may evaluate it for an empty value too, hence the second part. */
function locationOf(uri: string): string {
  return Fn.select(1, Fn.split('s3://', `${uri}s3://none`));
}

function arnOf(location: string, rest = ''): string {
  return `arn:${Aws.PARTITION}:s3:::${location}${rest}`;
}
