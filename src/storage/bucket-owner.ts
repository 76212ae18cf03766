import type { S3Client } from '@aws-sdk/client-s3';

/** Operations that name no bucket of ours yet, or several. */
const WITHOUT_OWNER = ['CreateBucketCommand', 'ListBucketsCommand'];

/**
 * Makes every call of a client say whose bucket it expects: S3 refuses (403) when the bucket belongs to another account, for
 * names of buckets are global, and whoever takes a name first owns it (aws-facts 8).
 */
export function expectBucketOwner(client: S3Client, accountId: string): S3Client {
  client.middlewareStack.add(
    (next, context) => (args) =>
      next(
        WITHOUT_OWNER.includes(context.commandName ?? '')
          ? args
          : { ...args, input: { ...args.input, ExpectedBucketOwner: accountId } },
      ),
    { step: 'initialize', name: 'expectBucketOwner', override: true },
  );
  return client;
}

const WRITES = ['PutObjectCommand', 'CreateMultipartUploadCommand', 'CopyObjectCommand'];

/** Makes every write of a client name the KMS key that encrypts it: buckets of careful organisations refuse others. */
export function encryptWrites(client: S3Client, keyArn: string): S3Client {
  client.middlewareStack.add(
    (next, context) => (args) =>
      next(
        WRITES.includes(context.commandName ?? '')
          ? { ...args, input: { ...args.input, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn } }
          : args,
      ),
    { step: 'initialize', name: 'encryptWrites', override: true },
  );
  return client;
}
