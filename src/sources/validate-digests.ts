import { createHash, createPublicKey, verify } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { type Digest, type DigestPlace, digestPlaceOf, parseDigest, textToSign } from '../cloudtrail/digest.js';
import { parseLogKey } from '../cloudtrail/log-file-name.js';
import { describe, nameOf } from './aws-failure.js';
import type { TrailBucket } from './trail-files.js';

export interface ValidateDigestsOptions {
  readonly bucket: TrailBucket;
  readonly prefix?: string;
  /** Public keys of a Region that were valid at some time of a span, PKCS#1 DER by fingerprint; null where nobody can be asked. */
  readonly publicKeys:
    | ((region: string, span: { from: number; to: number }) => Promise<ReadonlyMap<string, Uint8Array>>)
    | null;
  /** Only digests of hours that end in here, epoch milliseconds. */
  readonly window: { readonly start: number; readonly end: number };
  readonly signal?: AbortSignal;
}

/** What the digests prove. Counts are for the manifest; findings are sentences, empty when all is well. */
export interface DigestVerdict {
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly string[];
}

interface ReadDigest {
  readonly place: DigestPlace;
  readonly key: string;
  readonly digest: Digest;
  readonly sha256: string;
}

/**
 * Validates CloudTrail's digest files: signatures, the chain of each account and Region (late extras have their own), and every
 * log file that they name: missing, changed, and files of the span that no digest names (fact sheet 4.2). A copy of a bucket
 * has lost the signatures, which are metadata; there each digest's signature is taken from the one after it.
 */
export async function validateDigests(options: ValidateDigestsOptions): Promise<DigestVerdict> {
  const { bucket, prefix = '', window, signal } = options;
  const findings: string[] = [];
  const counts = { digests: 0, digestsSigned: 0, digestsUnsigned: 0, digestFindings: 0, logFilesProven: 0 };
  const chains = new Map<string, { key: string; place: DigestPlace }[]>();
  const logKeys: string[] = [];
  for await (const { key } of bucket.list(
    prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
    null,
    signal,
  )) {
    const place = digestPlaceOf(key);
    if (!place && parseLogKey(key).kind === 'log') logKeys.push(key);
    const endedAt = place ? timeOf(place.stamp) : Number.NaN;
    if (!place || !(endedAt > window.start && endedAt <= window.end + HOUR_MS)) continue;
    chains.set(place.chain, [...(chains.get(place.chain) ?? []), { key, place }]);
  }
  const named = new Set<string>();
  const spans: { readonly folder: string; from: string; to: string }[] = [];
  for (const [, files] of [...chains].sort(([a], [b]) => (a < b ? -1 : 1))) {
    files.sort((a, b) => (a.place.stamp < b.place.stamp ? -1 : 1));
    const digests: ReadDigest[] = [];
    for (const { key, place } of files) {
      signal?.throwIfAborted();
      counts.digests++;
      const raw = await unpacked(bucket, key, signal);
      const digest = typeof raw === 'string' ? raw : parseDigest(raw.toString('utf8'));
      if (typeof raw === 'string' || typeof digest === 'string') findings.push(`${key}: ${String(digest)}`);
      else digests.push({ key, place, digest, sha256: sha256(raw) });
    }
    findings.push(...linkFaults(digests));
    for (const [index, one] of digests.entries()) {
      const signature =
        (await bucket.metadata?.(one.key, signal))?.signature ?? digests[index + 1]?.digest.previousSignature;
      const fault = signature ? await signatureFault(one, signature, options) : 'unsigned';
      if (fault === 'unsigned') counts.digestsUnsigned++;
      else if (fault === null) counts.digestsSigned++;
      else findings.push(`${one.key}: ${fault}`);
      for (const file of one.digest.logFiles) {
        const key = localKey(file.key, one);
        named.add(key);
        const raw = await unpacked(bucket, key, signal);
        if (typeof raw === 'string') findings.push(`${key}: a digest names it, and ${raw}`);
        else if (sha256(raw) !== file.hash)
          findings.push(`${key}: it is not what CloudTrail delivered (the hash differs)`);
        else counts.logFilesProven++;
      }
    }
    const [first, last] = [digests[0], digests.at(-1)];
    if (first && last) {
      const folder = `${first.key.slice(0, first.key.indexOf('/CloudTrail-Digest/'))}/CloudTrail/${first.place.region}/`;
      spans.push({ folder, from: stampOf(first.digest.startTime), to: last.place.stamp });
    }
  }
  for (const key of logKeys) {
    const minute = /_(\d{8}T\d{4})Z/.exec(key)?.[1];
    const isCovered = spans.some(
      ({ folder, from, to }) =>
        key.startsWith(folder) && minute !== undefined && `${minute}00Z` > from && `${minute}00Z` < to,
    );
    if (isCovered && !named.has(key)) findings.push(`${key}: no digest names it`);
  }
  if (counts.digests === 0) findings.push(`${bucket.location} holds no digest file of these days: nothing is proven`);
  return { counts: { ...counts, digestFindings: findings.length }, findings };
}

const HOUR_MS = 3_600_000;

/** Each digest names the one before it, with its hash. */
function linkFaults(digests: readonly ReadDigest[]): string[] {
  return digests.flatMap((one, index) => {
    const faults: string[] = [];
    if (!one.key.endsWith(one.digest.key) && !one.digest.key.endsWith(one.key))
      faults.push(`${one.key}: it was moved: it says that it lies at ${one.digest.key}`);
    const before = digests[index - 1];
    if (!before) return faults;
    if (one.digest.previousKey === null)
      faults.push(`${one.key}: the chain begins anew here: logging, or its validation, was stopped before`);
    else if (one.digest.previousKey !== before.digest.key)
      faults.push(`${one.key}: the digest before it, ${one.digest.previousKey}, is missing`);
    else if (one.digest.previousHash !== before.sha256)
      faults.push(`${before.key}: the digest after it knows another content`);
    return faults;
  });
}

async function signatureFault(
  { place, digest, sha256 }: ReadDigest,
  signature: string,
  { publicKeys }: ValidateDigestsOptions,
): Promise<string | null> {
  if (!publicKeys) return 'unsigned';
  const keys = await publicKeys(place.region, {
    from: Date.parse(digest.startTime),
    to: Date.parse(digest.endTime) + 2 * HOUR_MS,
  });
  const der = keys.get(digest.fingerprint);
  if (!der) return `AWS knows no public key with the fingerprint ${digest.fingerprint}`;
  const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'pkcs1' });
  const isRight = verify('RSA-SHA256', Buffer.from(textToSign(digest, sha256)), key, Buffer.from(signature, 'hex'));
  return isRight ? null : 'its signature is wrong';
}

/** A copy may lie below another folder than the bucket's root. */
function localKey(key: string, { key: local, digest }: ReadDigest): string {
  return local.endsWith(digest.key)
    ? local.slice(0, local.length - digest.key.length) + key
    : key.slice(digest.key.length - local.length);
}

async function unpacked(bucket: TrailBucket, key: string, signal: AbortSignal | undefined): Promise<Buffer | string> {
  try {
    const parts: Uint8Array[] = [];
    for await (const part of bucket.get(key, signal)) parts.push(part);
    return gunzipSync(Buffer.concat(parts));
  } catch (error) {
    signal?.throwIfAborted();
    const code = error instanceof Error && 'code' in error ? String(error.code) : nameOf(error);
    return code === 'ENOENT' || code === 'NoSuchKey' ? 'it is missing' : `it cannot be read (${describe(error)})`;
  }
}

function timeOf(stamp: string): number {
  return Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function stampOf(iso: string): string {
  return iso.replace(/[-:]/g, '');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
