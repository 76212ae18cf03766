import { setTimeout as delay } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mergeSources } from '../collect/scan/merge-sources.js';
import type { Clock } from '../ports/clock.js';
import type { LinkSource, UserNameSource } from '../ports/identity-source.js';
import type { Progress } from '../ports/progress.js';
import type { ReportStore } from '../ports/report-store.js';
import type { StartSource } from '../ports/start-source.js';
import { openLookups } from '../sources/accounts/account-lookups.js';
import { openUserNames } from '../sources/accounts/account-user-names.js';
import { type AwsAccount, planAwsAccounts } from '../sources/accounts/aws-accounts.js';
import { createPlaceFailures, type PlaceFailures } from '../sources/accounts/place-failures.js';
import { createS3TrailBucket } from '../sources/trail/s3-trail-bucket.js';
import { createTrailFiles } from '../sources/trail/trail-files.js';
import { openStore, parseS3Location } from '../storage/open-store.js';
import { type CollectConfig, type Environment, parseCollectConfig } from './environment.js';
import { createLogProgress } from './log.js';
import type { InvocationContext } from './requests.js';

/** What a function reads CloudTrail with, and where it keeps things, put together from its environment. */
export interface Reading {
  readonly config: CollectConfig;
  readonly accounts: readonly AwsAccount[];
  /** What single accounts and Regions could not give; their hours stay open. */
  readonly failures: PlaceFailures;
  readonly source: StartSource;
  readonly linkSource: LinkSource | null;
  readonly userNames: UserNameSource;
  readonly store: ReportStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly progress: Progress;
}

/** Opens store and sources. @throws ConfigurationError */
export async function openReading(env: Environment, context: InvocationContext | undefined): Promise<Reading> {
  const config = parseCollectConfig(env);
  const clock: Clock = {
    now: () => Date.now(),
    sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
  };
  const common = { clock, random: Math.random };
  const store = await openStore(`s3://${config.bucket}${config.prefix === '' ? '' : `/${config.prefix}`}`, {
    clock,
    env,
  });
  const progress = createLogProgress(clock.now);
  const warn = (message: string) => progress({ kind: 'warning', message });
  const failures = createPlaceFailures(({ accountId, region, what, message }) =>
    warn(`${what} of ${accountId} ${region}: ${message}`),
  );
  const accounts = await openAccounts(config, { context, clock });
  const userNames = openUserNames({ accounts, warn, ...common });
  const reading = { config, accounts, failures, store, progress, userNames, ...common };
  // A trail brings the events that issue credentials itself.
  if (config.source.kind === 'trail') {
    return { ...reading, source: openTrail(config.source.uri, env), linkSource: null };
  }
  const { sources, linkSource } = openLookups({ accounts, failures, warn, ...common });
  return { ...reading, source: mergeSources(sources), linkSource };
}

/** The function's own account, and those whose roles it may assume. */
async function openAccounts(
  { regions, roles }: CollectConfig,
  { context, clock }: { readonly context: InvocationContext | undefined; readonly clock: Clock },
): Promise<AwsAccount[]> {
  const bare = (_: unknown, region: string) => ({ region });
  const own = { accountId: await accountOf(context), regions, config: bare };
  return planAwsAccounts({ own, includesOwn: true, roles, sts: new STSClient({}), clock, bare });
}

/** Everything that is not written by then is lost: so long before Lambda's own end work ends. */
const MARGIN_MS = 25_000;
/** A scan makes its progress durable every ten seconds; with this margin before the end it has done so. */
const CHECKPOINT_MS = 15_000;

/** Epoch milliseconds until which work may go on: what Lambda leaves, less a margin to end in. */
export function endOf(context: InvocationContext | undefined, now: number): number {
  return now + (context?.getRemainingTimeInMillis?.() ?? 900_000) - MARGIN_MS;
}

/** When a scan rests, so that all it read is durable at its end, and when it must end. Epoch milliseconds. */
export function restOf(
  context: InvocationContext | undefined,
  now: number,
): { readonly restsAt: number; readonly endsAt: number } {
  const endsAt = endOf(context, now);
  return { restsAt: endsAt - CHECKPOINT_MS, endsAt };
}

/** Makes an S3 client; emulators know buckets by path, not by host name. */
export function openS3(env: Environment): S3Client {
  const isEmulated = (env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || '') !== '';
  return new S3Client({ followRegionRedirects: true, forcePathStyle: isEmulated, maxAttempts: 5 });
}

/** The account is in the function's ARN; a call from elsewhere asks STS. */
async function accountOf(context: InvocationContext | undefined): Promise<string> {
  const account = context?.invokedFunctionArn?.split(':')[4];
  if (account !== undefined && /^\d{12}$/.test(account)) return account;
  return (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Account ?? '';
}

function openTrail(uri: string, env: Environment): StartSource {
  const { bucket, prefix } = parseS3Location(uri);
  return createTrailFiles({
    bucket: createS3TrailBucket({ client: openS3(env), bucket }),
    ...(prefix === '' ? {} : { prefix: `${prefix}/` }),
    links: true,
  });
}
