import type { S3Client } from '@aws-sdk/client-s3';
import { BucketRefused, bucketExists } from '../deploy/artifact-bucket.js';
import type { DeployedStack } from './check-stack.js';
import { type Finding, fail, pass, warn } from './finding.js';

/** Clients that say whose bucket they expect. */
interface Buckets {
  readonly s3: S3Client;
  readonly reports: (parameters: Readonly<Record<string, string>>) => S3Client;
}

/** Checks that the buckets of the stack are there, and belong to whom they should. */
export async function* checkBuckets(
  clients: Buckets,
  { outputs, parameters }: DeployedStack,
  stackName: string,
): AsyncGenerator<Finding> {
  const { ReportBucketInUse: reports = '' } = outputs;
  const { ArtifactBucket: code = '' } = parameters;
  if (reports !== '') {
    const check = 'report-bucket';
    const state = await stateOf(clients.reports(parameters), reports);
    if (state === 'there') yield pass(check, `${reports} is there, in the account that it should be in`);
    else if (state === 'gone')
      yield fail(
        check,
        `the bucket ${reports} is gone, and with it the reports: every run fails`,
        `aqt destroy --stack ${stackName}, then the command that it prints makes the bucket anew`,
      );
    else
      yield fail(
        check,
        `the bucket ${reports} cannot be used: it belongs to another account, or s3:ListBucket is missing`,
        'allow s3:ListBucket on it for whoever runs this; when the bucket is not yours any more: aqt deploy --bucket <another>',
      );
  }
  if (code === '') return;
  const check = 'code-bucket';
  const state = await stateOf(clients.s3, code);
  if (state === 'there') yield pass(check, `${code} is there, in this account`);
  else if (state === 'gone')
    yield warn(
      check,
      `the bucket ${code}, where the code was uploaded, is gone: the functions run on without it`,
      'the next aqt deploy makes another',
    );
  else
    yield fail(
      check,
      `the bucket ${code} cannot be used: it belongs to another account, or s3:ListBucket is missing. Never update the stack from it`,
      'aqt deploy --artifact-bucket <a bucket of this account>',
    );
}

async function stateOf(client: S3Client, bucket: string): Promise<'there' | 'gone' | 'foreign'> {
  try {
    return (await bucketExists(client, bucket)) ? 'there' : 'gone';
  } catch (error) {
    if (error instanceof BucketRefused) return 'foreign';
    throw error;
  }
}
