import { setTimeout as delay } from 'node:timers/promises';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { S3Client } from '@aws-sdk/client-s3';
import { mergeSources } from '../collect/merge-sources.js';
import { createPacer } from '../collect/pacer.js';
import type { Clock, LinkSource, Progress, ReportStore, StartSource } from '../collect/ports.js';
import { createLookupEvents, LOOKUP_RATE_PER_SECOND } from '../sources/lookup-events.js';
import { createLookupEventsPage, PACED_CLIENT } from '../sources/lookup-events-client.js';
import { createLookupLinks } from '../sources/lookup-links.js';
import { createS3TrailBucket } from '../sources/s3-trail-bucket.js';
import { createTrailFiles } from '../sources/trail-files.js';
import { openStore, parseS3Location } from '../storage/open-store.js';
import { type CollectConfig, ConfigurationError, type Environment, parseCollectConfig } from './environment.js';
import { createLogProgress } from './log.js';
import type { InvocationContext } from './requests.js';

/** What a function reads CloudTrail with, and where it keeps things, put together from its environment. */
export interface Reading {
  readonly config: CollectConfig;
  readonly accountId: string;
  readonly source: StartSource;
  readonly linkSource: LinkSource | null;
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
  const reading = { config, accountId, store, progress: createLogProgress(clock.now), ...common };
  // A trail brings the events that issue credentials itself.
  if (config.source.kind === 'trail') {
    return { ...reading, source: openTrail(config.source.uri, env), linkSource: null };
  }
  // The origin of credentials lies where the query ran, and where global STS events are recorded (fact sheet 1.3).
  const places = [...new Set([...config.regions, 'us-east-1'])].map((region) => ({
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

/** Milliseconds that work may take: what Lambda leaves, less a margin to end in; `SCAN_BUDGET_SECONDS` makes it less. */
export function budgetOf(env: Environment, context: InvocationContext | undefined): number {
  const remaining = (context?.getRemainingTimeInMillis?.() ?? 900_000) - 25_000;
  const text = env.SCAN_BUDGET_SECONDS;
  if (text === undefined || text === '') return remaining;
  const seconds = Number(text);
  if (!(seconds > 0)) {
    throw new ConfigurationError(`SCAN_BUDGET_SECONDS is ${JSON.stringify(text)}; allowed are positive numbers`);
  }
  return Math.min(remaining, seconds * 1000);
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

function openTrail(uri: string, env: Environment): StartSource {
  const { bucket, prefix } = parseS3Location(uri);
  return createTrailFiles({
    bucket: createS3TrailBucket({ client: openS3(env), bucket }),
    ...(prefix === '' ? {} : { prefix: `${prefix}/` }),
    links: true,
  });
}
