import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type AwsConfig, type AwsService, awsConfig, checkProfile } from '../../compose/aws-config.js';
import { defaultRegion } from '../../compose/open-accounts.js';
import { s3Config } from '../../compose/open-s3.js';
import { UsageError } from '../../compose/usage-error.js';
import { expectBucketOwner } from '../../storage/bucket-owner.js';
import type { OptionsOf } from '../terminal/command-run.js';
import type { Io } from '../terminal/io.js';
import type { addDestroy } from './commands-operate.js';

/** Options that every command on the stack has. */
export type StackArguments = Pick<OptionsOf<typeof addDestroy>, 'stack' | 'region' | 'profile'>;

export const DEFAULT_STACK = 'athena-query-tracker';

/** Clients for one account and Region, and who calls. */
export interface StackClients {
  readonly region: string;
  readonly accountId: string;
  readonly callerArn: string;
  readonly config: (service: AwsService, region?: string) => AwsConfig;
  readonly cloudFormation: CloudFormationClient;
  /** For buckets of this account only: S3 refuses those of others. */
  readonly s3: S3Client;
  /** For the report bucket, which may be another account's when the stack's parameters say so. */
  readonly reports: (parameters: Readonly<Record<string, string>>) => S3Client;
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly sfn: SFNClient;
  readonly scheduler: SchedulerClient;
}

/** @throws UsageError for a name that CloudFormation or Glue would not take */
export function stackNameOf({ stack = DEFAULT_STACK }: StackArguments): string {
  // The Glue database is named after the stack, and Athena folds names to lower case.
  if (!/^[a-z][a-z0-9-]{0,49}$/.test(stack)) {
    throw new UsageError(
      `--stack ${stack}: use lower-case letters, digits and hyphens, a letter first, at most 50 in all`,
    );
  }
  return stack;
}

/** Finds Region and account with the user's credentials and makes the clients. */
export async function openStackClients(options: StackArguments, io: Io): Promise<StackClients> {
  const { region: asked } = options;
  const aws = { env: io.env, profile: options.profile };
  await checkProfile(aws);
  const config = (service: AwsService, region = asked) => awsConfig(service, { ...aws, region });
  const region = asked ?? (await defaultRegion(aws));
  const sts = new STSClient(config('STS', region));
  const { Account: accountId = '', Arn: callerArn = '' } = await sts.send(new GetCallerIdentityCommand({}));
  const s3 = await s3Config({ ...aws, region });
  const s3Of = (owner: string) => expectBucketOwner(new S3Client(s3), owner);
  return {
    region,
    accountId,
    callerArn,
    config,
    cloudFormation: new CloudFormationClient(config('CLOUDFORMATION', region)),
    s3: s3Of(accountId),
    reports: ({ ReportBucketOwner: owner }) => s3Of(owner || accountId),
    lambda: new LambdaClient(config('LAMBDA', region)),
    sqs: new SQSClient(config('SQS', region)),
    sfn: new SFNClient(config('SFN', region)),
    scheduler: new SchedulerClient(config('SCHEDULER', region)),
  };
}
