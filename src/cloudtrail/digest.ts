import { isObject } from './json-access.js';

/** A digest file: which log files CloudTrail delivered in an hour, and the digest before it (fact sheet 4.2). */
export interface Digest {
  readonly startTime: string;
  readonly endTime: string;
  readonly bucket: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly previousKey: string | null;
  readonly previousHash: string | null;
  readonly previousSignature: string | null;
  readonly logFiles: readonly { readonly key: string; readonly hash: string }[];
}

/** Where a digest file stands: digests of one chain follow each other hour by hour; late extras form chains of their own. */
export interface DigestPlace {
  readonly chain: string;
  readonly region: string;
  /** `YYYYMMDDTHHMMSSZ`. */
  readonly stamp: string;
}

const KEY = /(\d{12})\/CloudTrail-Digest\/([a-z0-9-]+)\/.*\/[^/]*_(\d{8}T\d{6}Z)(_backfill)?\.json\.gz$/;

/** Reads the key of a digest file; null for any other file. */
export function digestPlaceOf(key: string): DigestPlace | null {
  const [, account, region = '', stamp = '', backfill = ''] = KEY.exec(key) ?? [];
  return account === undefined ? null : { chain: `${account}/${region}${backfill}`, region, stamp };
}

/** Reads a digest; a sentence when it is none. */
export function parseDigest(text: string): Digest | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  if (!isObject(value)) return 'it is not a JSON object';
  const textAt = (name: string) => (typeof value[name] === 'string' ? value[name] : null);
  const [startTime, endTime, bucket, key, fingerprint] = [
    textAt('digestStartTime'),
    textAt('digestEndTime'),
    textAt('digestS3Bucket'),
    textAt('digestS3Object'),
    textAt('digestPublicKeyFingerprint'),
  ];
  if (startTime === null || endTime === null || bucket === null || key === null || fingerprint === null)
    return 'it lacks a required member';
  if (!Array.isArray(value.logFiles)) return 'it lists no log files';
  const logFiles: { key: string; hash: string }[] = [];
  for (const file of value.logFiles as unknown[]) {
    if (!isObject(file) || typeof file.s3Object !== 'string' || typeof file.hashValue !== 'string')
      return 'it lists a log file without key or hash';
    logFiles.push({ key: file.s3Object, hash: file.hashValue });
  }
  return {
    ...{ startTime, endTime, bucket, key, fingerprint, logFiles },
    previousKey: textAt('previousDigestS3Object'),
    previousHash: textAt('previousDigestHashValue'),
    previousSignature: textAt('previousDigestSignature'),
  };
}

/** The text that CloudTrail signed. Where there is no digest before, the literal `null` stands for its signature. */
export function textToSign(digest: Digest, sha256: string): string {
  return [digest.endTime, `${digest.bucket}/${digest.key}`, sha256, digest.previousSignature ?? 'null'].join('\n');
}
