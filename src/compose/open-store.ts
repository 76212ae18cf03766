import type { Clock } from '../ports/clock.js';
import type { ReportStore } from '../ports/report-store.js';
import { parseS3Location } from '../storage/s3-location.js';
import type { AwsOptions } from './aws-config.js';

/**
 * Opens the store at a folder or `s3://bucket[/prefix]`, which must belong to the account of `S3_BUCKET_OWNER` where that is set.
 * Where `S3_KMS_KEY` names a key, every object is written with it. The AWS SDK is loaded for S3 alone.
 * @throws Error for any other scheme, and for a bucket or prefix that cannot be one.
 */
export async function openStore(
  location: string,
  options: AwsOptions & { readonly clock: Clock; readonly isPassing?: boolean },
): Promise<ReportStore> {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(location)) {
    if (location === '') throw new Error('the location of the reports is empty; give a folder or s3://bucket/prefix');
    return (await import('./folders.js')).openFolderStore(location, options);
  }
  const { bucket, prefix } = parseS3Location(location);
  const [{ createS3Store }, { encryptWrites, expectBucketOwner }, { openS3 }] = await Promise.all([
    import('../storage/s3-store.js'),
    import('../storage/bucket-owner.js'),
    import('./open-s3.js'),
  ]);
  const client = await openS3(options);
  // Whoever took the name first would read and write along (aws-facts 8).
  const owner = options.env.S3_BUCKET_OWNER;
  const key = options.env.S3_KMS_KEY;
  if (key) encryptWrites(client, key);
  return createS3Store({
    client: owner ? expectBucketOwner(client, owner) : client,
    bucket,
    prefix,
    clock: options.clock,
  });
}
