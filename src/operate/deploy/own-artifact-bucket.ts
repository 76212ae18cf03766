import { ListBucketsCommand, type S3Client } from '@aws-sdk/client-s3';
import { isDenied } from '../error-name.js';
import { BucketRefused } from './artifact-bucket.js';

/** Characters of the name that nobody can guess: 80 bits. */
const UNGUESSED = 16;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

interface Place {
  readonly accountId: string;
  readonly region: string;
}

/**
 * A name for a new bucket that holds the zips. Names of buckets are everybody's, and whoever takes one first owns it (aws-facts 8): what
 * follows from account and Region alone could be taken before us. At most 63 characters.
 */
export function newArtifactBucketName(place: Place, random: () => number): string {
  const letters = Array.from({ length: UNGUESSED }, () => ALPHABET[Math.floor(random() * ALPHABET.length)] ?? 'a');
  return `${prefixOf(place)}${letters.join('')}`;
}

/** Tells a bucket whose name this program made up. */
export function isArtifactBucketName(bucket: string, place: Place): boolean {
  const prefix = prefixOf(place);
  return bucket.startsWith(prefix) && /^[a-z2-7]+$/.test(bucket.slice(prefix.length));
}

/**
 * Finds the bucket that an earlier deployment made, among the buckets of the account itself: a list of one's own holds no foreign bucket. Null
 * for none; the first by name of several.
 * @throws BucketRefused when the caller may not list them: without that a bucket of the right name could be anybody's
 */
export async function findArtifactBucket(client: S3Client, place: Place): Promise<string | null> {
  const names: string[] = [];
  let token: string | undefined;
  do {
    const page = await listPage(client, place, token);
    names.push(...(page.Buckets ?? []).map(({ Name = '' }) => Name));
    token = page.ContinuationToken;
  } while (token);
  return names.filter((name) => isArtifactBucketName(name, place)).sort()[0] ?? null;
}

async function listPage(client: S3Client, place: Place, token: string | undefined) {
  try {
    return await client.send(
      new ListBucketsCommand({ Prefix: prefixOf(place), ...(token ? { ContinuationToken: token } : {}) }),
    );
  } catch (error) {
    if (!isDenied(error)) throw error;
    throw new BucketRefused(
      's3:ListAllMyBuckets is denied, so the bucket for the code cannot be looked for: name one of this account (--artifact-bucket)',
      { cause: error },
    );
  }
}

function prefixOf({ accountId, region }: Place): string {
  return `aqt-artifacts-${accountId}-${region}-`;
}
