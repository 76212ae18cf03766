import type { Clock } from '../ports/clock.js';
import type { ReportStore } from '../ports/report-store.js';
import { createLocalStore } from './local-store.js';
import { checkPrefix } from './store-key.js';

export interface OpenStoreOptions {
  readonly clock: Clock;
  /**
   * The environment variables, for `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL` and `S3_BUCKET_OWNER`, the account that the bucket must
   * belong to; the SDK reads credentials by itself.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Profile of the shared AWS configuration. */
  readonly profile?: string;
  readonly region?: string;
}

/**
 * Opens the store at a folder or `s3://bucket[/prefix]`. The AWS SDK is loaded for S3 alone.
 * @throws Error for any other scheme, and for a bucket or prefix that cannot be one.
 */
export async function openStore(location: string, options: OpenStoreOptions): Promise<ReportStore> {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(location)?.[1];
  if (scheme === undefined) {
    if (location === '') throw new Error('the location of the reports is empty; give a folder or s3://bucket/prefix');
    return createLocalStore(location, options);
  }
  const { bucket, prefix } = parseS3Location(location);
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { createS3Store } = await import('./s3-store.js');
  const { expectBucketOwner } = await import('./bucket-owner.js');
  // The SDK for JavaScript ignores AWS_DEFAULT_REGION, which users of the AWS CLI set.
  const region = options.region ?? (options.env?.AWS_REGION || options.env?.AWS_DEFAULT_REGION);
  const endpoint = options.env?.AWS_ENDPOINT_URL_S3 || options.env?.AWS_ENDPOINT_URL;
  const client = new S3Client({
    maxAttempts: 5,
    followRegionRedirects: true,
    ...(endpoint ? { endpoint, forcePathStyle: isLoopback(endpoint) } : {}),
    ...(options.profile ? { profile: options.profile } : {}),
    ...(region ? { region } : {}),
  });
  // Whoever took the name first would read and write along (aws-facts 8).
  const owner = options.env?.S3_BUCKET_OWNER;
  return createS3Store({
    client: owner ? expectBucketOwner(client, owner) : client,
    bucket,
    prefix,
    clock: options.clock,
  });
}

/**
 * Reads `s3://bucket[/prefix]`.
 * @throws Error naming the part that is wrong.
 */
export function parseS3Location(location: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(location) ?? [];
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new Error(`${JSON.stringify(location)} names no bucket; give a folder or s3://bucket/prefix`);
  }
  const prefix = path.replace(/\/$/, '');
  if (prefix !== '') checkPrefix(`${prefix}/`);
  return { bucket, prefix };
}

/** Emulators on this machine know buckets by path, not by host name. */
function isLoopback(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
