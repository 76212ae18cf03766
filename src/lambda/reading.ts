import { setTimeout as delay } from 'node:timers/promises';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { S3Client } from '@aws-sdk/client-s3';
import { mergeSources } from '../collect/merge-sources.js';
import { createPacer } from '../collect/pacer.js';
import type { Clock, LinkSource, Progress, ReportStore, StartSource, UserNameSource } from '../collect/ports.js';
import { createDescribeUser, createIdentityStore, IDENTITY_STORE_RATE_PER_SECOND } from '../sources/identity-store.js';
import { createLookupEvents, LOOKUP_RATE_PER_SECOND } from '../sources/lookup-events.js';
import { createLookupEventsPage, PACED_CLIENT } from '../sources/lookup-events-client.js';
import { createLookupLinks } from '../sources/lookup-links.js';
import { createS3TrailBucket } from '../sources/s3-trail-bucket.js';
import { createTrailFiles } from '../sources/trail-files.js';
import { openStore, parseS3Location } from '../storage/open-store.js';
import { type CollectConfig, type Environment, parseCollectConfig } from './environment.js';
import { createLogProgress } from './log.js';
import type { InvocationContext } from './requests.js';

/** What a function reads CloudTrail with, and where it keeps things, put together from its environment. */
export interface Reading {
  readonly config: CollectConfig;
  readonly accountId: string;
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
  const accountId = await accountOf(context);
  const store = await openStore(`s3://${config.bucket}${config.prefix === '' ? '' : `/${config.prefix}`}`, {
    clock,
    env,
  });
  const progress = createLogProgress(clock.now);
  // The origin of credentials lies where the query ran, and where global STS events are recorded (fact sheet 1.3).
  const regions = [...new Set([...config.regions, 'us-east-1'])];
  const userNames = openUserNames(regions, { accountId, progress, ...common });
  const reading = { config, accountId, store, progress, userNames, ...common };
  // A trail brings the events that issue credentials itself.
  if (config.source.kind === 'trail') {
    return { ...reading, source: openTrail(config.source.uri, env), linkSource: null };
  }
  const places = regions.map((region) => ({
    region,
    page: createLookupEventsPage(new CloudTrailClient({ region, ...PACED_CLIENT })),
    pacer: createPacer({ ratePerSecond: LOOKUP_RATE_PER_SECOND, ...common }),
  }));
  const sources = places
    .filter(({ region }) => config.regions.includes(region))
    .map((place) => createLookupEvents({ ...place, accountId, ...common }));
  return {
    ...reading,
    source: mergeSources(sources),
    linkSource: createLookupLinks({ regions: places, accountId, ...common }),
  };
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
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  return (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Account ?? '';
}

/** IAM Identity Center lives in one Region: it is looked for where the people of this account are met. */
function openUserNames(
  regions: readonly string[],
  common: Pick<Reading, 'accountId' | 'clock' | 'random' | 'progress'>,
): UserNameSource {
  return createIdentityStore({
    ...common,
    regions: regions.map((region) => ({
      region,
      describeUser: createDescribeUser(new IdentitystoreClient({ region, ...PACED_CLIENT })),
      pacer: createPacer({ ratePerSecond: IDENTITY_STORE_RATE_PER_SECOND, ...common }),
    })),
    warn: (message) => common.progress({ kind: 'warning', message }),
  });
}

function openTrail(uri: string, env: Environment): StartSource {
  const { bucket, prefix } = parseS3Location(uri);
  return createTrailFiles({
    bucket: createS3TrailBucket({ client: openS3(env), bucket }),
    ...(prefix === '' ? {} : { prefix: `${prefix}/` }),
    links: true,
  });
}
