import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { type AwsOptions, awsConfig, profileOf, sharedConfig } from './aws-config.js';

/** Makes the client of S3. */
export async function openS3(options: AwsOptions): Promise<S3Client> {
  const [{ S3Client }, config] = await Promise.all([import('@aws-sdk/client-s3'), s3Config(options)]);
  return new S3Client(config);
}

/**
 * What every client of S3 is made with, one rule for every bucket: wherever somebody set an endpoint, in the environment or in the
 * profile, buckets are named in the path, because S3-compatible servers have no host name for each of them.
 */
export async function s3Config(options: AwsOptions): Promise<S3ClientConfig> {
  const endpoint = await endpointOf(options);
  return {
    ...awsConfig('S3', options),
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    followRegionRedirects: true,
    maxAttempts: 5,
  };
}

/** The endpoint that somebody set for S3: the service's before the general one, the environment's before the profile's. */
async function endpointOf(options: AwsOptions): Promise<string | undefined> {
  const { env } = options;
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return undefined;
  const { endpoint } = awsConfig('S3', options);
  if (endpoint) return endpoint;
  const { configFile } = await sharedConfig(env);
  const profile = configFile[profileOf(options) ?? 'default'];
  const services = profile?.services === undefined ? undefined : configFile[`services.${profile.services}`];
  return services?.['s3.endpoint_url'] ?? profile?.endpoint_url;
}
