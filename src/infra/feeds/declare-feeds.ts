import { Aws, type CfnCondition, Fn, type Stack } from 'aws-cdk-lib';
import type { CfnRole } from 'aws-cdk-lib/aws-iam';
import { declareFunction } from '../functions.js';
import type { StackParameters } from '../parameters.js';
import { joinNetwork, locationOf, reportKeyFor, sendTraces } from '../permissions.js';
import type { ReportBucket } from '../report-bucket.js';
import { allow, type Statement } from '../role.js';

/**
 * Declares the function that hands over after each close, what it may do, and that the state machine of a day may call it. Without feeds
 * there is nothing of it.
 */
export function declareFeeds(
  stack: Stack,
  options: {
    readonly code: Pick<Parameters<typeof declareFunction>[1], 'name' | 'code' | 'handler'>;
    readonly bucket: ReportBucket;
    readonly parameters: StackParameters;
    /** Of the tree (contract, section 6). */
    readonly environment: Readonly<Record<string, string>>;
    /** Of the state machine of a day. */
    readonly dayRole: CfnRole;
  },
): void {
  const { bucket, parameters, dayRole } = options;
  const { feeds, feedLocation, feedBucketOwner, feedKeyArn, feedSql, conditions } = parameters.feeds;
  const { lambda, role } = declareFunction(stack, {
    ...options.code,
    parameters,
    memory: parameters.hourMemory.valueAsNumber,
    timeoutSeconds: 900,
    description: 'Hands over to the feeds what is new',
    environment: {
      ...options.environment,
      S3_KMS_KEY: parameters.reportKeyArn.valueAsString,
      FEEDS: feeds.valueAsString,
      FEED_LOCATION: feedLocation.valueAsString,
      FEED_BUCKET_OWNER: Fn.conditionIf(
        conditions.hasFeedOwner.logicalId,
        feedBucketOwner.valueAsString,
        Aws.ACCOUNT_ID,
      ).toString(),
      FEED_KMS_KEY: feedKeyArn.valueAsString,
      FEED_SQL: feedSql.valueAsString,
    },
    statements: [...readSealed(bucket), ...reportKeyFor(parameters, ['kms:Decrypt', 'kms:GenerateDataKey'])],
    condition: conditions.hasFeeds,
  });
  const grant = (id: string, condition: CfnCondition, statements: readonly Statement[]) =>
    allow(stack, id, { roles: [role], statements, condition });
  grant('FeedsHerePolicy', conditions.feedsHere, writeFiles(bucket.keyArn('feeds/*')));
  const elsewhere = `arn:${Aws.PARTITION}:s3:::${locationOf(feedLocation.valueAsString)}/*`;
  grant('FeedsElsewherePolicy', conditions.feedsElsewhere, writeFiles(elsewhere));
  grant('FeedsKeyPolicy', conditions.hasFeedKey, [
    { sid: 'FeedKey', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [feedKeyArn.valueAsString] },
  ]);
  grant('FeedsNetworkPolicy', conditions.feedsInVpc, joinNetwork());
  grant('FeedsTracePolicy', conditions.feedsTraced, sendTraces());
  allow(stack, 'FeedsInvokePolicy', {
    roles: [dayRole],
    statements: [{ sid: 'InvokeFeeds', actions: ['lambda:InvokeFunction'], resources: [lambda.attrArn] }],
    condition: conditions.hasFeeds,
  });
}

/** Reads reports and seals, and keeps what was handed over. */
function readSealed(bucket: ReportBucket): Statement[] {
  return [
    {
      sid: 'Sealed',
      actions: ['s3:GetObject'],
      resources: [bucket.keyArn('year=*'), bucket.keyArn('_work/seals/*'), bucket.keyArn('_work/chain.json')],
      wildcard: 'reports and seals have keys that follow from their hours and numbers',
    },
    {
      sid: 'Remember',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [bucket.keyArn('_work/feeds/*'), bucket.keyArn('_work/feeds-lease.json')],
      wildcard: 'what was handed over has keys that follow from the feeds and hours',
    },
    { sid: 'ListSeals', actions: ['s3:ListBucket'], resources: [bucket.arn] },
  ];
}

/** Writes files of a feed, and removes those that an hour no longer fills. */
function writeFiles(files: string): Statement[] {
  return [
    {
      sid: 'Feeds',
      actions: ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
      resources: [files],
      wildcard: 'files of feeds have keys that follow from their hours',
    },
  ];
}
