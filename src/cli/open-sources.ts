import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reject } from '../cloudtrail/start.js';
import type { CollectRequest } from '../collect/collect-range.js';
import type { ExecutionSources } from '../collect/fetch-answers.js';
import { mergeSources } from '../collect/merge-sources.js';
import { createPacer } from '../collect/pacer.js';
import type { LinkSource, Progress, StartSource, UserNameSource } from '../collect/ports.js';
import type { TrailBucket } from '../sources/trail-files.js';
import { parseS3Location } from '../storage/open-store.js';
import { type AwsConfig, awsConfig, checkProfile, hasCredentials } from './aws-config.js';
import type { CollectPlan } from './collect-options.js';
import { UsageError } from './failure.js';
import type { Io } from './io.js';

/** Everything `collect` reads from, put together from options and environment. */
export type OpenedSources = Pick<CollectRequest, 'source' | 'linkSource' | 'userNames' | 'executions' | 'listers'> & {
  readonly regions: readonly string[];
  /** Entries of an export that could not be used. */
  readonly exportRejects: readonly Reject[];
  close(): Promise<void>;
};

interface Options {
  readonly plan: Pick<CollectPlan, 'source' | 'trail' | 'executions'>;
  readonly regions?: readonly string[];
  /** Further Regions whose STS your people use: the events that issue credentials are looked for there, too. */
  readonly linkRegions?: readonly string[];
  readonly profile?: string;
  readonly progress: Progress;
}

/** Opens the sources; the AWS SDK is loaded only when something is asked of AWS. */
export async function openSources(options: Options, io: Io): Promise<OpenedSources> {
  const { plan, profile, progress } = options;
  const credentials = { env: io.env, ...(profile ? { profile } : {}) };
  if (plan.source === 'lookup') {
    const account = await openAccount(options, io);
    const exported = plan.executions === null ? null : await openExport(plan.executions, io.signal);
    return {
      source: mergeSources(account.sources),
      linkSource: account.linkSource,
      userNames: account.userNames,
      executions: exported ? () => exported.source : account.executions,
      listers: exported ? [] : account.listers,
      regions: account.regions,
      exportRejects: exported?.source.rejects() ?? [],
      close: async () => exported?.close(),
    };
  }
  const source = await openTrail(plan.trail ?? '', options, io);
  const base = { source, linkSource: null, listers: [], exportRejects: [], regions: [...(options.regions ?? [])] };
  if (plan.executions !== null) {
    const exported = await openExport(plan.executions, io.signal);
    return {
      ...base,
      executions: () => exported.source,
      exportRejects: exported.source.rejects(),
      close: exported.close,
    };
  }
  if (!hasCredentials(credentials)) {
    progress({
      kind: 'warning',
      message:
        'no AWS credentials and no --executions: the rows will say who and when, their SQL stays masked (give --executions <export> or --profile)',
    });
    return { ...base, executions: () => null, close: async () => {} };
  }
  const account = await openAccount(options, io);
  const { executions, listers, userNames } = account;
  return { ...base, executions, listers, userNames, close: async () => {} };
}

async function openTrail(trail: string, options: Options, io: Io): Promise<StartSource> {
  const { createTrailFiles } = await import('../sources/trail-files.js');
  const aws = { env: io.env, ...(options.profile ? { profile: options.profile } : {}) };
  return createTrailFiles({ ...(await openTrailBucket(trail, aws)), links: true });
}

/** Opens the place of trail files: a folder, a file, or a bucket with its prefix. */
export async function openTrailBucket(
  trail: string,
  aws: { readonly env: Io['env']; readonly profile?: string },
): Promise<{ readonly bucket: TrailBucket; readonly prefix?: string }> {
  if (trail.startsWith('s3://')) {
    const { bucket, prefix } = parseS3Location(trail);
    const [{ S3Client }, { createS3TrailBucket }] = await Promise.all([
      import('@aws-sdk/client-s3'),
      import('../sources/s3-trail-bucket.js'),
    ]);
    const config = awsConfig('S3', aws);
    const client = new S3Client({
      ...config,
      followRegionRedirects: true,
      forcePathStyle: config.endpoint !== undefined,
      maxAttempts: 5,
    });
    return { bucket: createS3TrailBucket({ client, bucket }), ...(prefix ? { prefix } : {}) };
  }
  const { openTrailFolder } = await import('../sources/folder-trail-bucket.js');
  await mustExist('--trail', trail);
  return { bucket: await openTrailFolder(trail) };
}

async function openExport(path: string, signal: AbortSignal) {
  const [{ createExecutionExport }, { openTrailFolder }] = await Promise.all([
    import('../sources/execution-export.js'),
    import('../sources/folder-trail-bucket.js'),
  ]);
  await mustExist('--executions', path);
  const tempFolder = await mkdtemp(join(tmpdir(), 'aqt-export-'));
  const source = createExecutionExport({ bucket: await openTrailFolder(path), tempFolder });
  // Read now, so that what cannot be used is told before the first hour is written.
  await source.fetch([], signal);
  const close = async () => {
    source.close();
    await rm(tempFolder, { recursive: true, force: true });
  };
  return { source, close };
}

interface Account {
  readonly regions: readonly string[];
  readonly sources: readonly StartSource[];
  readonly linkSource: LinkSource;
  readonly userNames: UserNameSource;
  readonly executions: ExecutionSources;
  readonly listers: CollectRequest['listers'];
}

/** The caller's own account in each Region: one pacer for each quota. */
async function openAccount(options: Options, io: Io): Promise<Account> {
  const aws = { env: io.env, ...(options.profile ? { profile: options.profile } : {}) };
  await checkProfile(aws);
  const [{ CloudTrailClient }, { AthenaClient }, { STSClient, GetCallerIdentityCommand }] = await Promise.all([
    import('@aws-sdk/client-cloudtrail'),
    import('@aws-sdk/client-athena'),
    import('@aws-sdk/client-sts'),
  ]);
  const [
    { createLookupEvents, LOOKUP_RATE_PER_SECOND },
    { createLookupEventsPage, PACED_CLIENT },
    { createLookupLinks },
  ] = await Promise.all([
    import('../sources/lookup-events.js'),
    import('../sources/lookup-events-client.js'),
    import('../sources/lookup-links.js'),
  ]);
  const [{ IdentitystoreClient }, { createDescribeUser, createIdentityStore, IDENTITY_STORE_RATE_PER_SECOND }] =
    await Promise.all([import('@aws-sdk/client-identitystore'), import('../sources/identity-store.js')]);
  const [{ createAthenaApi }, { createAthenaCalls }, { createAthenaLister }, { createAthenaPacers }] =
    await Promise.all([
      import('../sources/athena-api.js'),
      import('../sources/athena-calls.js'),
      import('../sources/athena-lister.js'),
      import('../sources/athena-pacers.js'),
    ]);
  const regions =
    options.regions && options.regions.length > 0
      ? [...new Set(options.regions)]
      : [await defaultRegion(new STSClient(awsConfig('STS', aws)))];
  const config = (service: Parameters<typeof awsConfig>[0], region: string): AwsConfig =>
    awsConfig(service, { ...aws, region });
  const identity = await new STSClient(config('STS', regions[0] ?? '')).send(new GetCallerIdentityCommand({}));
  const accountId = identity.Account ?? '';
  const common = { clock: io.clock, random: io.random };
  const pacer = (ratePerSecond: number, burst = 1) => createPacer({ ratePerSecond, burst, ...common });
  // Links are looked for where the query ran and where global STS events are recorded (fact sheet 1.3).
  const places = [...new Set([...regions, ...(options.linkRegions ?? []), 'us-east-1'])].map((region) => {
    const page = createLookupEventsPage(new CloudTrailClient({ ...config('CLOUDTRAIL', region), ...PACED_CLIENT }));
    return { region, page, pacer: pacer(LOOKUP_RATE_PER_SECOND) };
  });
  const apis = new Map(
    regions.map((region) => {
      const client = new AthenaClient({ ...config('ATHENA', region), ...PACED_CLIENT });
      const api = {
        calls: createAthenaCalls(client),
        pacers: createAthenaPacers(common),
        accountId,
        region,
        ...common,
      };
      return [region, { executions: createAthenaApi(api), lister: createAthenaLister(api) }];
    }),
  );
  const userNames = createIdentityStore({
    regions: places.map(({ region }) => ({
      region,
      describeUser: createDescribeUser(
        new IdentitystoreClient({ ...config('IDENTITYSTORE', region), ...PACED_CLIENT }),
      ),
      pacer: pacer(IDENTITY_STORE_RATE_PER_SECOND),
    })),
    accountId,
    ...common,
    warn: (message) => options.progress({ kind: 'warning', message }),
  });
  return {
    regions,
    userNames,
    sources: places
      .filter(({ region }) => regions.includes(region))
      .map((place) => createLookupEvents({ ...place, accountId, ...common })),
    linkSource: createLookupLinks({ regions: places, accountId, ...common }),
    executions: (place) => (place.accountId === accountId ? (apis.get(place.region)?.executions ?? null) : null),
    listers: [...apis].map(([region, { lister }]) => ({ accountId, region, lister })),
  };
}

async function defaultRegion(client: { readonly config: { region(): Promise<string> } }): Promise<string> {
  try {
    return await client.config.region();
  } catch (error) {
    throw new UsageError('no AWS Region: give --region, or set AWS_REGION, or a region in the profile', {
      cause: error,
    });
  }
}

async function mustExist(option: string, path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    throw new UsageError(`${option} ${path}: there is no such file or folder`, { cause: error });
  }
}
