import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Collector } from '../collect/collector.js';
import type { RoundPlace } from '../collect/days/scan-round.js';
import type { Machine } from '../compose/machine.js';
import { type Collection, openCollection } from '../compose/open-collection.js';
import { type OpenedSources, openSources, type SourcesRequest } from '../compose/open-sources.js';
import { openStore } from '../compose/open-store.js';
import type { Clock } from '../ports/clock.js';
import type { Progress } from '../ports/progress.js';
import type { ReportStore } from '../ports/report-store.js';
import { type CollectConfig, type Environment, parseCollectConfig } from './environment.js';
import type { FeedsConfig } from './feeds-environment.js';
import { createLogProgress } from './log.js';
import type { InvocationContext } from './requests.js';

/** What a function reads CloudTrail with, and the tree that it keeps what it read in. */
export interface Reading {
  readonly config: CollectConfig;
  readonly work: RoundPlace;
  readonly sources: OpenedSources;
}

/** Opens what reading takes. @throws ConfigurationError */
export async function openReading(env: Environment, context: InvocationContext | undefined): Promise<Reading> {
  const config = parseCollectConfig(env);
  const machine = machineOf(env);
  const { clock, random } = machine;
  const progress = createLogProgress(clock.now);
  const store = await openStore(outputOf(config), machine);
  const sources = await openSources(sourcesOf(config, { context, env, progress }), machine);
  return { config, sources, work: { store, clock, random, progress, newStop, generator: GENERATOR } };
}

/** Opens what asking Athena takes, and the tree. @throws ConfigurationError */
export async function openAsking(
  env: Environment,
  context: InvocationContext | undefined,
): Promise<{ readonly config: CollectConfig; readonly work: Pick<Collector, 'store' | 'executions' | 'clock'> }> {
  const { config, sources, work } = await openReading(env, context);
  return { config, work: { ...work, executions: sources.executions } };
}

/** Opens what writing hours takes. @throws ConfigurationError, DirectoryError */
export async function openWriting(
  env: Environment,
  context: InvocationContext | undefined,
): Promise<Collection & { readonly config: CollectConfig }> {
  const config = parseCollectConfig(env);
  const machine = machineOf(env);
  const request = {
    ...sourcesOf(config, { context, env, progress: createLogProgress(machine.clock.now) }),
    store: await openStore(outputOf(config), machine),
    given: { directory: config.identityDirectory ?? undefined, prices: config.prices ?? undefined },
    generator: GENERATOR,
  };
  return { config, ...(await openCollection(request, machine)) };
}

/** Opens the tree alone. */
export function openTree(env: Environment, output: Pick<CollectConfig, 'bucket' | 'prefix'>): Promise<ReportStore> {
  return openStore(outputOf(output), machineOf(env));
}

/** Opens the tree, and the place of the feeds, which may belong to another account and have another key. */
export async function openFeedPlaces(
  env: Environment,
  config: FeedsConfig,
): Promise<{ readonly tree: ReportStore; readonly place: ReportStore; readonly clock: Clock }> {
  const machine = machineOf(env);
  const tree = await openStore(outputOf(config), machine);
  if (config.location === null) return { tree, place: tree, clock: machine.clock };
  const theirs = { ...env, S3_BUCKET_OWNER: env.FEED_BUCKET_OWNER, S3_KMS_KEY: env.FEED_KMS_KEY };
  return { tree, place: await openStore(config.location, { ...machine, env: theirs }), clock: machine.clock };
}

/** The bundler puts the package's version in this place. */
const GENERATOR = `athena-query-tracker/${process.env.AQT_VERSION ?? 'source'}`;

function newStop(): AbortController {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  return stop;
}

function machineOf(env: Environment): Machine {
  return {
    env,
    clock: { now: () => Date.now(), sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}) },
    random: Math.random,
    signal: new AbortController().signal,
  };
}

function outputOf({ bucket, prefix }: Pick<CollectConfig, 'bucket' | 'prefix'>): string {
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
}

function sourcesOf(
  { source, regions, roles, systemTable, catalog }: CollectConfig,
  run: {
    readonly context: InvocationContext | undefined;
    readonly env: Environment;
    readonly progress: Progress;
  },
): SourcesRequest {
  return {
    plan: { source: source.kind, trail: source.kind === 'trail' ? source.uri : null, executions: null },
    accounts: { includesOwn: true, roles },
    // The account is in the function's ARN; a call from elsewhere asks STS.
    ownAccountId: /^arn:[^:]+:lambda:[^:]*:(\d{12}):/.exec(run.context?.invokedFunctionArn ?? '')?.[1],
    stsRegion: run.env.AWS_REGION,
    regions,
    systemTable,
    catalog,
    progress: run.progress,
  };
}
