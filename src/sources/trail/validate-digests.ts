import { createHash, createPublicKey, verify } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync } from 'node:zlib';
import { unionOf, type Window } from '../../calendar/window.js';
import { type Digest, parseDigest, textToSign } from '../../cloudtrail/digest.js';
import { LATE_EVENT_DAYS } from '../../cloudtrail/limits.js';
import { describe, isExpiredCredentials, isTransient, nameOf } from '../aws/aws-failure.js';
import type { TrailBucket } from './list-trail.js';
import { LINK_LEAD_MS } from './trail-files.js';
import {
  type DigestGroup,
  type ListedDigest,
  listDigests,
  listLogFiles,
  type Span,
} from './validate-digests-listing.js';

export interface ValidateDigestsOptions {
  readonly bucket: TrailBucket;
  readonly prefix?: string;
  /** The public key of a Region with a fingerprint, valid at some time of a span, PKCS#1 DER; null where nobody can be asked. */
  readonly publicKey: ((asked: AskedKey) => Promise<Uint8Array | null>) | null;
  /** The days to collect; the log files that collecting them reads are validated. Epoch milliseconds. */
  readonly window: Window;
  readonly now: number;
  readonly signal?: AbortSignal;
}

export interface AskedKey extends Span {
  readonly region: string;
  readonly fingerprint: string;
}

/** What the digests prove. Counts are for the manifest; findings are sentences, empty when all is well. */
export interface CheckedDigests {
  readonly counts: Readonly<Record<keyof Counts, number>>;
  readonly findings: readonly string[];
}

interface Counts {
  digests: number;
  digestsSigned: number;
  digestsUnsigned: number;
  digestFindings: number;
  logFilesProven: number;
  logFilesUnproven: number;
}

interface ReadDigest extends ListedDigest {
  readonly digest: Digest;
  readonly sha256: string;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Validation extends ValidateDigestsOptions {
  readonly counts: Counts;
  readonly findings: string[];
}

const HOUR_MS = 3_600_000;
/** A digest comes within an hour or two after its hour; before that nothing can be expected of it. */
const DUE_MS = 3 * HOUR_MS;
/** The name of a log file tells the minute of its delivery; the digest may count it to the next hour. */
const SLACK_MS = 15 * 60_000;

/**
 * Validates CloudTrail's digest files of the log files that collecting a window reads: from 36 hours before it (sessions)
 * to 31 days after it (late events). Checks signatures, the chain of each trail, account and Region (late extras have their
 * own), every log file that they name, and that every log file is named (aws-facts 4.2). A copy of a bucket has lost the
 * signatures, which are metadata; there each digest's signature is taken from the one after it.
 */
export async function validateDigests(options: ValidateDigestsOptions): Promise<CheckedDigests> {
  const { bucket, prefix = '', window, now, signal } = options;
  const counts = {
    ...{ digests: 0, digestsSigned: 0, digestsUnsigned: 0, digestFindings: 0 },
    ...{ logFilesProven: 0, logFilesUnproven: 0 },
  };
  const validation: Validation = { ...options, counts, findings: [] };
  const span = { from: window.start - LINK_LEAD_MS, to: Math.min(window.end + LATE_EVENT_DAYS * 24 * HOUR_MS, now) };
  for (const group of await listDigests({ bucket, prefix, signal }, span)) await validateGroup(validation, group, span);
  if (counts.digests === 0)
    validation.findings.push(
      `${bucket.location}${prefix ? `/${prefix}` : ''} holds no digest file of these days: nothing is proven. CloudTrail writes them when the trail's log file validation is on, into CloudTrail-Digest/ beside CloudTrail/: name a folder above both`,
    );
  return { counts: { ...counts, digestFindings: validation.findings.length }, findings: validation.findings };
}

/** One account and Region: its chains, the log files that they name, and those that nobody names. */
async function validateGroup(validation: Validation, { regionFolder, chains }: DigestGroup, span: Span): Promise<void> {
  const { bucket, counts, findings, now, signal } = validation;
  const named = new Set<string>();
  const covered: Window[] = [];
  for (const listed of chains.values()) {
    counts.digests += listed.length;
    const read = await inBatches(listed, (one) => readDigest(bucket, one, signal));
    const digests = read.flatMap((one) => (typeof one === 'string' ? [] : [one]));
    findings.push(...read.filter((one) => typeof one === 'string'));
    findings.push(...linkFaults(digests, { listed, from: span.from }));
    for (const [index, one] of digests.entries()) {
      signal?.throwIfAborted();
      await validateSignature(validation, one, digests[index + 1]?.digest.previousSignature ?? null);
      if (!one.place.isBackfill) covered.push({ start: one.digest.startsAt, end: one.digest.endsAt });
      const files = one.digest.logFiles.map(({ key, hash }) => ({ key: localKey(key, one), hash }));
      for (const { key } of files) named.add(key);
      for (const fault of await inBatches(files, (file) => logFileFault(bucket, file, signal)))
        if (fault === null) counts.logFilesProven++;
        else findings.push(fault);
    }
    findings.push(...tailFaults(validation, digests.at(-1)));
  }
  const stretches = unionOf(covered);
  const unproven: number[] = [];
  for await (const { key, deliveredAt } of listLogFiles({ bucket, prefix: '', signal }, regionFolder, span)) {
    if (named.has(key)) continue;
    const isCovered = stretches.some(({ start, end }) => deliveredAt >= start && deliveredAt + SLACK_MS <= end);
    if (isCovered) findings.push(`${key}: no digest names it`);
    else {
      counts.logFilesUnproven++;
      if (deliveredAt < now - DUE_MS) unproven.push(deliveredAt);
    }
  }
  const [first, last] = [unproven[0], unproven.at(-1)];
  if (first !== undefined && last !== undefined)
    findings.push(
      `${regionFolder}: no digest covers ${unproven.length} log files delivered from ${minuteText(first)} to ${minuteText(last)}: they are used, and not proven`,
    );
}

/** Each digest names the one before it, with its hash. */
function linkFaults(
  digests: readonly ReadDigest[],
  { listed, from }: { readonly listed: readonly ListedDigest[]; readonly from: number },
): string[] {
  return digests.flatMap((one, index) => {
    const { previousKey, previousHash, startsAt } = one.digest;
    const faults: string[] = [];
    if (!one.key.endsWith(one.digest.key) && !one.digest.key.endsWith(one.key))
      faults.push(`${one.key}: it was moved: it says that it lies at ${one.digest.key}`);
    const before = digests[index - 1];
    if (previousKey === null) {
      if (before && startsAt > before.digest.endsAt)
        faults.push(
          `${one.key}: the chain begins anew: logging, or its validation, was off from ${minuteText(before.digest.endsAt)} to ${minuteText(startsAt)}`,
        );
      else if (before) faults.push(`${one.key}: the chain begins anew although ${before.key} comes before it`);
    } else if (before?.digest.key === previousKey) {
      if (previousHash !== before.sha256) faults.push(`${before.key}: the digest after it knows another content`);
    } else if (!listed.some(({ key }) => key.endsWith(previousKey) || previousKey.endsWith(key))) {
      // What lies before the first hour was not listed; what cannot be read has its own message.
      if (before || startsAt > from) faults.push(`${previousKey}: the digest after it names it, and it is missing`);
    }
    return faults;
  });
}

/** Nobody signs that a chain ends: digests come every hour, also without log files, so the last hours can be expected. */
function tailFaults({ window, now }: Validation, last: ReadDigest | undefined): string[] {
  const due = Math.min(window.end, now - DUE_MS);
  if (!last || last.place.isBackfill || last.digest.endsAt >= due) return [];
  return [
    `${last.key}: it is the last digest, and ${minuteText(due)} is later: validation was switched off, or digests are missing`,
  ];
}

async function validateSignature(
  { bucket, counts, findings, publicKey, now }: Validation,
  { place, key, digest, sha256, metadata }: ReadDigest,
  knownToNext: string | null,
): Promise<void> {
  const signature = metadata.signature ?? knownToNext;
  if (signature === null || publicKey === null) {
    counts.digestsUnsigned++;
    if (signature === null && bucket.metadata) findings.push(`${key}: it has no signature`);
    return;
  }
  // A backfill is signed when it is made, with the key of that hour.
  const madeAt = place.isBackfill ? Date.parse(metadata['backfill-generation-timestamp'] ?? '') : Number.NaN;
  const known = Number.isNaN(madeAt)
    ? { from: digest.startsAt, to: place.isBackfill ? now : digest.endsAt + 2 * HOUR_MS }
    : { from: madeAt - HOUR_MS, to: madeAt + HOUR_MS };
  const der = await publicKey({ region: place.region, fingerprint: digest.fingerprint, ...known });
  if (der === null) {
    findings.push(`${key}: AWS knows no public key with the fingerprint ${digest.fingerprint} of that time`);
    return;
  }
  const rsa = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'pkcs1' });
  const isRight = verify('RSA-SHA256', Buffer.from(textToSign(digest, sha256)), rsa, Buffer.from(signature, 'hex'));
  if (isRight) counts.digestsSigned++;
  else findings.push(`${key}: its signature is wrong`);
}

/** A copy may lie below another folder than the bucket's root. */
function localKey(key: string, { key: local, digest }: ReadDigest): string {
  if (local.endsWith(digest.key)) return local.slice(0, local.length - digest.key.length) + key;
  return digest.key.endsWith(local) ? key.slice(digest.key.length - local.length) : key;
}

/** Reads a digest; a finding when it is none. */
async function readDigest(
  bucket: TrailBucket,
  listed: ListedDigest,
  signal: AbortSignal | undefined,
): Promise<ReadDigest | string> {
  const read = await attempt(async () => {
    const parts: Uint8Array[] = [];
    for await (const part of bucket.get(listed.key, signal)) parts.push(part);
    const raw = gunzipSync(Buffer.concat(parts), { maxOutputLength: MAX_DIGEST_BYTES });
    return { raw, metadata: (await bucket.metadata?.(listed.key, signal)) ?? {} };
  }, signal);
  const digest = typeof read === 'string' ? read : parseDigest(read.raw.toString('utf8'));
  if (typeof read === 'string' || typeof digest === 'string') return `${listed.key}: ${String(digest)}`;
  return { ...listed, digest, metadata: read.metadata, sha256: createHash('sha256').update(read.raw).digest('hex') };
}

const MAX_DIGEST_BYTES = 2 ** 28;

/** Compares a log file with what its digest says; null when it is that. */
async function logFileFault(
  bucket: TrailBucket,
  { key, hash }: { readonly key: string; readonly hash: string },
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const read = await attempt(async () => {
    const sum = createHash('sha256');
    await pipeline(Readable.from(bucket.get(key, signal)), createGunzip(), async (source: AsyncIterable<Buffer>) => {
      for await (const chunk of source) sum.update(chunk);
    });
    return { sha256: sum.digest('hex') };
  }, signal);
  if (typeof read === 'string') return `${key}: a digest names it, and ${read}`;
  return read.sha256 === hash ? null : `${key}: it is not what CloudTrail delivered (the hash differs)`;
}

/** Reads something; a sentence when that is its own fault. A broken connection proves nothing: it is tried again, then thrown. */
async function attempt<T extends object>(read: () => Promise<T>, signal: AbortSignal | undefined): Promise<T | string> {
  for (let tries = 1; ; tries++) {
    try {
      return await read();
    } catch (error) {
      signal?.throwIfAborted();
      const code = error instanceof Error && 'code' in error ? String(error.code) : nameOf(error);
      if (['ENOENT', 'NoSuchKey', 'NotFound'].includes(code)) return 'it is missing';
      if (isExpiredCredentials(error)) throw error;
      if (!isTransient(error)) return `it cannot be read (${describe(error)})`;
      if (tries >= TRIES) throw error;
    }
  }
}

const TRIES = 4;
const AT_ONCE = 8;

/** Several at once, answers in order. */
async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += AT_ONCE)
    results.push(...(await Promise.all(items.slice(i, i + AT_ONCE).map(work))));
  return results;
}

function minuteText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}
