import { Aws, CfnDeletionPolicy, Fn, type Stack } from 'aws-cdk-lib';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { onlyIf } from './care.js';
import type { StackParameters } from './parameters.js';
import { tlsOnly } from './role.js';

/** Where the reports live: names for policies and for the environment of the functions. */
export interface ReportBucket {
  readonly name: string;
  readonly arn: string;
  /** `arn:…:bucket/prefix/` or `arn:…:bucket/`: put a key pattern behind it. */
  readonly keyArn: (pattern: string) => string;
  /** `prefix/` or empty. */
  readonly keyPrefix: string;
}

/**
 * Declares the bucket for the reports, or takes the existing one. The created bucket is kept when the stack goes: reports
 * outlive the tool.
 */
export function declareReportBucket(stack: Stack, parameters: StackParameters): ReportBucket {
  const { conditions } = parameters;
  const { care } = parameters;
  const keyPrefix = either(conditions.hasPrefix.logicalId, `${parameters.reportPrefix.valueAsString}/`, '');
  const bucket = new CfnBucket(stack, 'ReportBucket', {
    bucketName: either(conditions.namedBucket.logicalId, parameters.reportBucketName.valueAsString, Aws.NO_VALUE),
    bucketEncryption: {
      serverSideEncryptionConfiguration: [
        {
          bucketKeyEnabled: true,
          serverSideEncryptionByDefault: {
            sseAlgorithm: either(conditions.hasReportKey.logicalId, 'aws:kms', 'AES256'),
            kmsMasterKeyId: either(
              conditions.hasReportKey.logicalId,
              parameters.reportKeyArn.valueAsString,
              Aws.NO_VALUE,
            ),
          },
        },
      ],
    },
    ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
    publicAccessBlockConfiguration: {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    versioningConfiguration: { status: 'Enabled' },
    lifecycleConfiguration: {
      rules: [
        { id: 'broken-uploads', status: 'Enabled', abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
        onlyIf(conditions.expireVersions, {
          Id: 'replaced-versions',
          Status: 'Enabled',
          NoncurrentVersionExpiration: { NoncurrentDays: parameters.noncurrentVersionDays.value },
        }) as never,
        // What is under _work/ proves the reports, and has to outlive them.
        onlyIf(conditions.expireReports, {
          Id: 'old-reports',
          Status: 'Enabled',
          Prefix: `${keyPrefix}year=`,
          ExpirationInDays: parameters.reportExpirationDays.value,
        }) as never,
        // The rows of whole days once more.
        onlyIf(conditions.expireReports, {
          Id: 'old-days',
          Status: 'Enabled',
          Prefix: `${keyPrefix}daily/`,
          ExpirationInDays: parameters.reportExpirationDays.value,
        }) as never,
        // Their sums name people and tables, too.
        onlyIf(conditions.expireReports, {
          Id: 'old-sums',
          Status: 'Enabled',
          Prefix: `${keyPrefix}rollups/`,
          ExpirationInDays: parameters.reportExpirationDays.value,
        }) as never,
      ],
    },
    loggingConfiguration: onlyIf(care.conditions.hasAccessLogs, {
      DestinationBucketName: care.accessLogBucket.valueAsString,
      LogFilePrefix: `${Aws.STACK_NAME}/`,
    }) as never,
    objectLockEnabled: onlyIf(care.conditions.locksObjects, true),
    objectLockConfiguration: onlyIf(care.conditions.locksObjects, {
      ObjectLockEnabled: 'Enabled',
      Rule: {
        DefaultRetention: { Mode: care.objectLockMode.valueAsString, Days: care.objectLockDays.value },
      },
    }) as never,
  });
  bucket.cfnOptions.condition = conditions.createBucket;
  bucket.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
  bucket.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;

  const arn = Fn.sub('arn:${AWS::Partition}:s3:::${name}', { name: bucket.ref });
  const policy = new CfnBucketPolicy(stack, 'ReportBucketPolicy', {
    bucket: bucket.ref,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [tlsOnly('s3:*', [arn, `${arn}/*`])],
    },
  });
  policy.cfnOptions.condition = conditions.createBucket;
  policy.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
  policy.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;

  const name = either(conditions.createBucket.logicalId, bucket.ref, parameters.reportBucketName.valueAsString);

  const bucketArn = `arn:${Aws.PARTITION}:s3:::${name}`;
  return { name, arn: bucketArn, keyPrefix, keyArn: (pattern) => `${bucketArn}/${keyPrefix}${pattern}` };
}

function either(condition: string, yes: unknown, no: unknown): string {
  return Fn.conditionIf(condition, yes, no).toString();
}
