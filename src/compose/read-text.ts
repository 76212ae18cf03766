import { parseS3Location } from '../storage/s3-location.js';
import type { AwsOptions } from './aws-config.js';

/** Reads a text: a file, or an object `s3://bucket/key`. @throws the error of the file system or of S3 */
export async function readText(place: string, aws: AwsOptions): Promise<string> {
  if (!place.startsWith('s3://')) return (await import('./folders.js')).readTextFile(place);
  const { bucket, prefix: key } = parseS3Location(place);
  const [{ GetObjectCommand }, { openS3 }] = await Promise.all([import('@aws-sdk/client-s3'), import('./open-s3.js')]);
  const { Body } = await (await openS3(aws)).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await Body?.transformToString()) ?? '';
}
