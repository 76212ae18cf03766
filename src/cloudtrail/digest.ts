import { isObject } from './json-access.js';

/** A digest file: which log files CloudTrail delivered in an hour, and the digest before it (aws-facts 4.2). */
export interface Digest {
  /** Epoch milliseconds. */
  readonly startsAt: number;
  readonly endsAt: number;
  /** `endTime` as it was signed. */
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
  /** Names the chain: trail, account, Region, and whether it is one of late extras. */
  readonly chain: string;
  /** The folder whose log files its digests name, up to and including `<region>/`. */
  readonly regionFolder: string;
  readonly region: string;
  readonly isBackfill: boolean;
  /** End of the digest's hour, epoch milliseconds. */
  readonly endsAt: number;
}

const KEY =
  /^((?:.*\/)?\d{12}\/)CloudTrail-Digest\/([a-z0-9-]+)\/(?:[^/]+\/)*([^/]*)_(\d{8}T\d{6}Z)(_backfill)?\.json\.gz$/;

/** Reads the key of a digest file; null for any other file. */
export function digestPlaceOf(key: string): DigestPlace | null {
  const [, owner, region = '', trail = '', stamp = '', backfill = ''] = KEY.exec(key) ?? [];
  if (owner === undefined) return null;
  const regionFolder = `${owner}CloudTrail/${region}/`;
  const endsAt = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(endsAt)) return null;
  return { chain: `${regionFolder}${trail}${backfill}`, regionFolder, region, isBackfill: backfill !== '', endsAt };
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
  // Whoever adds an algorithm to CloudTrail must be met by a message, not by a signature that seems wrong.
  const algorithm = textAt('digestSignatureAlgorithm');
  if (algorithm !== null && algorithm !== 'SHA256withRSA')
    return `it is signed with ${algorithm}, which is not known here`;
  const [startsAt, endsAt] = [Date.parse(startTime), Date.parse(endTime)];
  if (Number.isNaN(startsAt) || Number.isNaN(endsAt)) return 'its times cannot be read';
  if (!Array.isArray(value.logFiles)) return 'it lists no log files';
  const logFiles: { key: string; hash: string }[] = [];
  for (const file of value.logFiles as unknown[]) {
    if (!isObject(file) || typeof file.s3Object !== 'string' || typeof file.hashValue !== 'string')
      return 'it lists a log file without key or hash';
    if (file.hashAlgorithm !== undefined && file.hashAlgorithm !== 'SHA-256')
      return `it lists a log file with a hash of another kind: ${JSON.stringify(file.hashAlgorithm)}`;
    logFiles.push({ key: file.s3Object, hash: file.hashValue });
  }
  return {
    ...{ startsAt, endsAt, endTime, bucket, key, fingerprint, logFiles },
    previousKey: textAt('previousDigestS3Object'),
    previousHash: textAt('previousDigestHashValue'),
    previousSignature: textAt('previousDigestSignature'),
  };
}

/** The text that CloudTrail signed. Where there is no digest before, the literal `null` stands for its signature. */
export function textToSign(digest: Digest, sha256: string): string {
  return [digest.endTime, `${digest.bucket}/${digest.key}`, sha256, digest.previousSignature ?? 'null'].join('\n');
}
