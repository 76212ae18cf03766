import { GetObjectCommand } from '@aws-sdk/client-s3';
import { LIST_PRICES } from '../athena/prices.js';
import type { Collector, DaySources } from '../collect/collector.js';
import { type Directory, EMPTY_DIRECTORY, parseDirectory } from '../identity/directory/directory.js';
import { openAthena } from '../sources/accounts/account-athena.js';
import { parseS3Location } from '../storage/open-store.js';
import { REPORT_CODEC } from '../storage/report-codec.js';
import type { CollectConfig, Environment } from './environment.js';
import { openReading, openS3 } from './reading.js';
import type { InvocationContext } from './requests.js';

/** Everything that writing hours needs, put together from the function's environment. */
export interface Collection {
  readonly config: CollectConfig;
  readonly collector: Collector;
  readonly sources: DaySources;
}

/** Opens stores and sources. @throws ConfigurationError, DirectoryError */
export async function openCollection(env: Environment, context: InvocationContext | undefined): Promise<Collection> {
  const reading = await openReading(env, context);
  const { config, accounts, failures, source, linkSource, userNames, store, clock, random, progress } = reading;
  const warn = (message: string) => progress({ kind: 'warning', message });
  const { executions, listers } = openAthena({ accounts, failures, warn, clock, random });
  return {
    config,
    sources: { source, linkSource, userNames, listers, exported: null },
    collector: {
      store,
      executions,
      codec: REPORT_CODEC,
      directory: await readDirectory(config.identityDirectory, env),
      prices: LIST_PRICES,
      clock,
      // The bundler puts the package's version in this place.
      generator: `athena-query-tracker/${process.env.AQT_VERSION ?? 'source'}`,
      progress,
    },
  };
}

async function readDirectory(uri: string | null, env: Environment): Promise<Directory> {
  if (uri === null) return EMPTY_DIRECTORY;
  const { bucket, prefix: key } = parseS3Location(uri);
  const { Body } = await openS3(env).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return parseDirectory((await Body?.transformToString()) ?? '');
}
