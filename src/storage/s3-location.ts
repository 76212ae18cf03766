import { checkPrefix } from './store-key.js';

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
