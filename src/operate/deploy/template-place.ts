import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { hostEndingOf } from '../../athena/partition.js';

/** A template in the body of a request has at most so many bytes (aws-facts 12). */
const BODY_LIMIT = 51_200;

/** Where CloudFormation finds the template: in the request when it is small enough, else in the bucket of the code. */
export async function placeTemplate(
  client: S3Client,
  options: {
    readonly body: string;
    readonly bucket: string;
    /** Folder in the bucket, with a slash at its end. */
    readonly prefix: string;
    readonly region: string;
  },
): Promise<{ readonly TemplateBody: string } | { readonly TemplateURL: string }> {
  const { body, bucket, prefix, region } = options;
  if (Buffer.byteLength(body) <= BODY_LIMIT) return { TemplateBody: body };
  const Key = `${prefix}template-${createHash('sha256').update(body).digest('hex').slice(0, 16)}.json`;
  await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: body, ContentType: 'application/json' }));
  return { TemplateURL: `https://s3.${region}.${hostEndingOf(region)}/${bucket}/${Key}` };
}
