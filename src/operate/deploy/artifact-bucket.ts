import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { partitionOf } from '../../athena/partition.js';
import { nameOf } from '../error-name.js';

/** The bucket cannot be used: it is somebody else's, or the caller may not look at it. */
export class BucketRefused extends Error {
  override readonly name = 'BucketRefused';
}

/** Tells whether a bucket is there and ours to use. @throws BucketRefused when it belongs to somebody else */
export async function bucketExists(client: S3Client, bucket: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
    return true;
  } catch (error) {
    if (['NotFound', 'NoSuchBucket'].includes(nameOf(error))) return false;
    throw new BucketRefused(
      `the bucket ${bucket} cannot be used (${nameOf(error)}): it belongs to another account, or s3:ListBucket is missing; name one of this account (--artifact-bucket, --bucket)`,
      {
        cause: error,
      },
    );
  }
}

/** Creates the bucket for zips: private, TLS only; S3 encrypts by itself. */
export async function createArtifactBucket(
  client: S3Client,
  options: { readonly bucket: string; readonly region: string; readonly tags: Readonly<Record<string, string>> },
): Promise<void> {
  const { bucket, region, tags } = options;
  await client.send(
    new CreateBucketCommand({
      Bucket: bucket,
      // us-east-1 is the one Region that must not be named.
      ...(region === 'us-east-1'
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }),
    }),
  );
  await client.send(
    new PutPublicAccessBlockCommand({
      Bucket: bucket,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    }),
  );
  const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  if (TagSet.length > 0) await client.send(new PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet } }));
  const arn = `arn:${partitionOf(region)}:s3:::${bucket}`;
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  };
  await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }));
}

/** Uploads the zips that are not there yet: their names tell their content. Returns how many it uploaded. */
export async function uploadZips(
  client: S3Client,
  options: {
    readonly bucket: string;
    readonly prefix: string;
    readonly folder: string;
    readonly zips: readonly string[];
  },
): Promise<number> {
  let uploaded = 0;
  for (const zip of options.zips) {
    const place = { Bucket: options.bucket, Key: `${options.prefix}${zip}` };
    if (await objectExists(client, place)) continue;
    await client.send(
      new PutObjectCommand({
        ...place,
        Body: await readFile(join(options.folder, zip)),
        ContentType: 'application/zip',
      }),
    );
    uploaded++;
  }
  return uploaded;
}

async function objectExists(client: S3Client, place: { Bucket: string; Key: string }): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand(place));
    return true;
  } catch (error) {
    if (['NotFound', 'NoSuchKey'].includes(nameOf(error))) return false;
    throw error;
  }
}

/** Removes every object and version below a prefix. Returns how many. */
export async function emptyBucket(
  client: S3Client,
  options: { readonly bucket: string; readonly prefix: string; readonly signal: AbortSignal },
): Promise<number> {
  const { bucket, prefix, signal } = options;
  let removed = 0;
  for (;;) {
    signal.throwIfAborted();
    // Always the first page: what it listed is gone when it is asked for again.
    const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }));
    const objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key = '', VersionId }) => ({
      Key,
      ...(VersionId === undefined ? {} : { VersionId }),
    }));
    if (objects.length === 0) return removed;
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } }),
    );
    const [first] = Errors;
    if (first)
      throw new Error(
        `${Errors.length} objects of ${bucket} could not be removed, the first: ${first.Key}: ${first.Code}`,
      );
    removed += objects.length;
  }
}

/** Deletes a bucket when nothing is left in it. */
export async function deleteBucketIfEmpty(client: S3Client, bucket: string): Promise<boolean> {
  const { KeyCount = 0 } = await client.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 }));
  if (KeyCount > 0) return false;
  await client.send(new DeleteBucketCommand({ Bucket: bucket }));
  return true;
}
