import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccountPlan, OWN_ACCOUNT } from '../cli/collect/account-options.js';
import type { CollectPlan } from '../cli/collect/collect-options.js';
import { UsageError } from '../cli/terminal/failure.js';
import type { Io } from '../cli/terminal/io.js';
import type { Reject } from '../cloudtrail/start.js';
import type { Collector, DaySources } from '../collect/collector.js';
import { mergeSources } from '../collect/scan/merge-sources.js';
import type { Progress } from '../ports/progress.js';
import type { StartSource } from '../ports/start-source.js';
import { createPlaceFailures, type Place, type PlaceFailures } from '../sources/accounts/place-failures.js';
import type { TrailBucket } from '../sources/trail/list-trail.js';
import { parseS3Location } from '../storage/open-store.js';
import { awsConfig, hasCredentials } from './aws-config.js';

/** Everything `collect` reads from, put together from options and environment. */
export interface OpenedSources extends DaySources, Pick<Collector, 'executions'> {
  /** Accounts and Regions that AWS is asked about. */
  readonly places: readonly Place[];
  /**
   * What, but for starts, could not be read of which account and Region. Always empty when one place only is read: there a
   * failure is thrown.
   */
  failures(): readonly string[];
  /** Entries of an export that could not be used. */
  readonly exportRejects: readonly Reject[];
  close(): Promise<void>;
}

interface Options {
  readonly plan: Pick<CollectPlan, 'source' | 'trail' | 'executions'>;
  /** The caller's own account when absent. */
  readonly accounts?: AccountPlan;
  readonly regions?: readonly string[];
  /** Further Regions whose STS your people use: the events that issue credentials are looked for there, too. */
  readonly linkRegions?: readonly string[];
  readonly profile?: string;
  readonly systemTable?: string | null;
  readonly progress: Progress;
}

/** Opens the sources; the AWS SDK is loaded only when something is asked of AWS. */
export async function openSources(options: Options, io: Io): Promise<OpenedSources> {
  const { plan, profile, progress } = options;
  const credentials = { env: io.env, ...(profile ? { profile } : {}) };
  const accounts = options.accounts ?? OWN_ACCOUNT;
  const failures = createPlaceFailures(({ accountId, region, what, message }) =>
    progress({ kind: 'warning', message: `${what} of ${accountId} ${region}: ${message}` }),
  );
  // The AWS SDK is loaded with it, when there is something to ask.
  const openAccounts = async () =>
    (await import('./open-accounts.js')).openAccounts({ ...options, accounts, failures }, io);
  if (plan.source === 'lookup') {
    const account = await openAccounts();
    const exported = plan.executions === null ? null : await openExport(plan.executions, io.signal);
    return {
      source: mergeSources(account.sources),
      linkSource: account.linkSource,
      userNames: account.userNames,
      executions: exported ? () => exported.source : account.executions,
      listers: exported ? [] : account.listers,
      exported: exported?.source ?? null,
      places: account.places,
      failures: () => sentencesOf(failures),
      exportRejects: exported?.source.rejects() ?? [],
      close: async () => exported?.close(),
    };
  }
  const source = await openTrail(plan.trail ?? '', options, io);
  const base = {
    ...{ source, linkSource: null, userNames: null, listers: [], exported: null, exportRejects: [], places: [] },
    failures: () => sentencesOf(failures),
  };
  if (plan.executions !== null) {
    const exported = await openExport(plan.executions, io.signal);
    return {
      ...base,
      executions: () => exported.source,
      exported: exported.source,
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
  const { executions, listers, userNames, places } = await openAccounts();
  return { ...base, executions, listers, userNames, places, close: async () => {} };
}

function sentencesOf(failures: PlaceFailures): string[] {
  return failures.all().map(({ accountId, region, what, message }) => `${accountId} ${region}: ${what}: ${message}`);
}

async function openTrail(trail: string, options: Options, io: Io): Promise<StartSource> {
  const { createTrailFiles } = await import('../sources/trail/trail-files.js');
  const aws = { env: io.env, ...(options.profile ? { profile: options.profile } : {}) };
  const loadZstd = async () => (await (await import('../storage/zstd.js')).loadZstd()).decompress;
  return createTrailFiles({ ...(await openTrailBucket(trail, aws)), links: true, loadZstd });
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
      import('../sources/trail/s3-trail-bucket.js'),
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
  const { openTrailFolder } = await import('../sources/trail/folder-trail-bucket.js');
  await mustExist('--trail', trail);
  return { bucket: await openTrailFolder(trail) };
}

async function openExport(path: string, signal: AbortSignal) {
  const [{ createExecutionExport, UnreadableExport }, { openTrailFolder }] = await Promise.all([
    import('../sources/export/execution-export.js'),
    import('../sources/trail/folder-trail-bucket.js'),
  ]);
  await mustExist('--executions', path);
  const tempFolder = await mkdtemp(join(tmpdir(), 'aqt-export-'));
  const source = createExecutionExport({ bucket: await openTrailFolder(path), tempFolder });
  // Read now, so that what cannot be used is told before the first hour is written.
  const close = async () => {
    source.close();
    await rm(tempFolder, { recursive: true, force: true });
  };
  try {
    await source.load(signal);
  } catch (error) {
    await close();
    if (!(error instanceof UnreadableExport)) throw error;
    const takes =
      '--executions takes answers of get-query-execution or batch-get-query-execution, --trail the log files';
    throw new UsageError(`--executions ${path}: ${error.message}; ${takes}`, { cause: error });
  }
  return { source, close };
}

async function mustExist(option: string, path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    throw new UsageError(`${option} ${path}: there is no such file or folder`, { cause: error });
  }
}
