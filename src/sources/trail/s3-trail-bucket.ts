import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { CredentialsExpired, isAccessDenied, isExpiredCredentials, PermissionDenied } from '../aws/aws-failure.js';
import type { TrailBucket } from './list-trail.js';

/** Opens an S3 bucket as a place of trail files. Retries are the client's. */
export function createS3TrailBucket({
  client,
  bucket,
}: {
  readonly client: S3Client;
  readonly bucket: string;
}): TrailBucket {
  return {
    location: `s3://${bucket}`,
    async *list(prefix, startAfter, signal) {
      let token: string | undefined;
      do {
        const page = await naming(`s3:ListBucket on ${bucket}`, () =>
          client.send(
            new ListObjectsV2Command({
              Bucket: bucket,
              ...(prefix === '' ? {} : { Prefix: prefix }),
              ...(token === undefined
                ? startAfter === null
                  ? {}
                  : { StartAfter: startAfter }
                : { ContinuationToken: token }),
            }),
            signal ? { abortSignal: signal } : {},
          ),
        );
        for (const { Key, Size, ETag, LastModified } of page.Contents ?? []) {
          if (Key === undefined) continue;
          const tag = ETag && LastModified ? `${ETag} ${LastModified.getTime()}` : null;
          const version = `ETag ${ETag}, written ${LastModified?.toISOString()}`;
          yield { key: Key, size: Size ?? 0, tag, version };
        }
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    },
    async *get(key, signal) {
      const send = () =>
        client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), signal ? { abortSignal: signal } : {});
      const { Body } = await naming(null, send);
      if (Body) yield* Body as AsyncIterable<Uint8Array>;
    },
    async metadata(key, signal) {
      const head = new HeadObjectCommand({ Bucket: bucket, Key: key });
      return (await naming(null, () => client.send(head, signal ? { abortSignal: signal } : {}))).Metadata ?? {};
    },
  };
}

/** Turns what no file can be blamed for into the error that says the way out. */
async function naming<T>(action: string | null, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isExpiredCredentials(error)) throw new CredentialsExpired(error);
    if (action !== null && isAccessDenied(error)) throw new PermissionDenied(action, error);
    throw error;
  }
}
