import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ReportStore } from '../ports/report-store.js';
import { type S3WriterOptions, writeToS3 } from './s3-writer.js';
import { checkKey, checkPrefix } from './store-key.js';

export interface S3StoreOptions extends S3WriterOptions {
  readonly bucket: string;
  /** Folder path inside the bucket without a slash at its ends; empty for the bucket itself. */
  readonly prefix: string;
}

/**
 * Keeps reports in an S3 bucket. A PUT is atomic for readers; conditions are `If-None-Match` and `If-Match` (aws-facts 8),
 * tags are ETags. Encryption is the bucket's default. Objects whose key ends in `/`, which the console makes for empty
 * folders, are not listed. Transient errors are retried by the client.
 */
export function createS3Store(options: S3StoreOptions): ReportStore {
  const { client, bucket, prefix } = options;
  const root = prefix === '' ? '' : `${prefix}/`;
  const placeOf = (key: string) => ({ Bucket: bucket, Key: root + checkKey(key) });

  return {
    location: `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`,

    async read(key) {
      const place = placeOf(key);
      const found = await unlessMissing(client.send(new GetObjectCommand(place)));
      if (!found?.Body) return null;
      const { tag, length } = describe(found, place.Key);
      const parts: Uint8Array[] = [];
      for await (const part of resumable({ client, place, tag, length, first: found.Body })) parts.push(part);
      return { bytes: Buffer.concat(parts), tag };
    },

    async stream(key) {
      const place = placeOf(key);
      const found = await unlessMissing(client.send(new GetObjectCommand(place)));
      if (!found?.Body) return null;
      return resumable({ client, place, ...describe(found, place.Key), first: found.Body });
    },

    async tagOf(key) {
      const place = placeOf(key);
      const found = await unlessMissing(client.send(new HeadObjectCommand(place)));
      return found === null ? null : describe(found, place.Key).tag;
    },

    async write(key, content, condition) {
      return { tag: await writeToS3({ key, place: placeOf(key), content, condition }, options) };
    },

    async *list(folder) {
      checkPrefix(folder);
      let token: string | undefined;
      do {
        const page: ListObjectsV2CommandOutput = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: root + folder, ContinuationToken: token }),
        );
        for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
          const written = LastModified === undefined ? {} : { modifiedAt: LastModified.getTime() };
          if (!Key.endsWith('/')) yield { key: Key.slice(root.length), bytes: Size, ...written };
        }
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    },

    async remove(key) {
      await client.send(new DeleteObjectCommand(placeOf(key)));
    },
  };
}

/** How often reading goes on after a broken connection. */
const MAX_RESUMES = 4;

interface Reading {
  readonly client: S3Client;
  readonly place: { readonly Bucket: string; readonly Key: string };
  readonly tag: string;
  readonly length: number;
  readonly first: unknown;
}

/** Yields an object's bytes; when the connection breaks it asks for the rest of the same version. */
async function* resumable({ client, place, tag, length, first }: Reading): AsyncGenerator<Uint8Array> {
  let body = first;
  let offset = 0;
  for (let resumes = 0; ; resumes++) {
    try {
      for await (const part of body as AsyncIterable<Uint8Array>) {
        offset += part.length;
        yield part;
      }
      if (offset >= length) return;
      throw new Error(`s3://${place.Bucket}/${place.Key} ended after ${offset} of ${length} bytes`);
    } catch (error) {
      if (resumes >= MAX_RESUMES || offset >= length) throw error;
    }
    const rest = await client.send(new GetObjectCommand({ ...place, IfMatch: tag, Range: `bytes=${offset}-` }));
    body = rest.Body;
  }
}

function describe(
  { ETag, ContentLength }: { readonly ETag?: string | undefined; readonly ContentLength?: number | undefined },
  key: string,
): { tag: string; length: number } {
  if (ETag === undefined || ContentLength === undefined) throw new Error(`S3 gave no ETag or length for ${key}`);
  return { tag: ETag, length: ContentLength };
}

async function unlessMissing<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    const name = (error as Error).name;
    // HeadObject answers without a body: NotFound stands for a missing bucket too
    if (name === 'NoSuchKey' || name === 'NotFound') return null;
    throw error;
  }
}
