import { createHash, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { isoSeconds } from '../company/credential.js';
import type { EventRow, World } from '../history/world.js';
import { hash } from '../wire/random.js';
import { digestKeyOf } from './digest-key.js';
import { folderOf } from './trail-key.js';
import type { TrailObject } from './trail-object.js';

export interface DigestOptions {
  readonly bucket: string;
  readonly trailName: string;
  /** Share of the log files that their hour's digest leaves out, and a backfill digest names later. */
  readonly backfillShare?: number;
  /** How much later backfill digests are made. */
  readonly backfillAfterMs?: number;
  /** Validation was switched off in this time: log files go on, digests do not, and their chain begins anew. */
  readonly off?: { readonly from: number; readonly to: number };
}

export interface DigestWriter {
  /** Notes a log file delivered in the current hour. */
  add(file: { accountId: string; region: string; key: string; text: string; rows: readonly EventRow[] }): void;
  /** Yields the digests of the hour that ends at `at`, one per account and Region seen so far, empty ones too. */
  close(at: number): Generator<TrailObject>;
  /** Yields the backfill digests, those that were made by `until`. */
  backfill(until: number): Generator<TrailObject>;
}

const HOUR_MS = 3_600_000;

/** Writes the chain of hourly digests that proves which log files CloudTrail delivered (aws-facts 4.2). */
export function createDigestWriter(world: World, root: string, options: DigestOptions): DigestWriter {
  const { bucket, backfillShare = 0, backfillAfterMs = 3 * 24 * HOUR_MS, off } = options;
  const chains = new Map<string, Chain>();
  const isLeftOut = (key: string) => (hash(world.seed, 'backfill', key) % 1_000_000) / 1_000_000 < backfillShare;
  return {
    add({ accountId, region, key, text, rows }) {
      const place = `${accountId}/${region}`;
      const chain = chains.get(place) ?? { accountId, region, previous: null, files: [], leftOut: [], startsAt: null };
      chains.set(place, chain);
      const times = rows.map((row) => row.time);
      chain.files.push({
        s3Bucket: bucket,
        s3Object: key,
        hashValue: sha256(text),
        hashAlgorithm: 'SHA-256',
        newestEventTime: isoSeconds(maxOf(times)),
        oldestEventTime: isoSeconds(-maxOf(times.map((time) => -time))),
      });
    },
    *close(at) {
      for (const place of [...chains.keys()].sort()) {
        const chain = chains.get(place);
        if (!chain) continue;
        const files = chain.files.filter((file) => !isLeftOut(file.s3Object));
        const leftOut = chain.files.filter((file) => isLeftOut(file.s3Object));
        const span = { startsAt: chain.startsAt ?? at - HOUR_MS, endsAt: at };
        chain.files = [];
        chain.startsAt = at;
        if (off && span.startsAt < off.to && at > off.from) {
          chain.previous = null;
          continue;
        }
        if (leftOut.length > 0) chain.leftOut.push({ ...span, files: leftOut });
        const digest = writeDigest({ world, root, options }, chain, { ...span, files, madeAt: at, suffix: '' });
        chain.previous = digest.link;
        yield digest.file;
      }
    },
    *backfill(until) {
      for (const place of [...chains.keys()].sort()) {
        const chain = chains.get(place);
        let previous: Link | null = null;
        for (const { startsAt, endsAt, files } of chain?.leftOut ?? []) {
          const madeAt = endsAt + backfillAfterMs;
          if (!chain || madeAt > until) continue;
          const span = { startsAt, endsAt, files, madeAt, suffix: '_backfill' as const };
          const digest = writeDigest({ world, root, options }, { ...chain, previous }, span);
          previous = digest.link;
          yield digest.file;
        }
      }
    },
  };
}

interface LogFile {
  readonly s3Bucket: string;
  readonly s3Object: string;
  readonly hashValue: string;
  readonly hashAlgorithm: 'SHA-256';
  readonly newestEventTime: string;
  readonly oldestEventTime: string;
}

/** What the next digest of a chain says about this one. */
interface Link {
  readonly key: string;
  readonly signature: string;
  readonly hash: string;
}

interface Span {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly files: readonly LogFile[];
}

interface Chain {
  readonly accountId: string;
  readonly region: string;
  previous: Link | null;
  files: LogFile[];
  readonly leftOut: Span[];
  startsAt: number | null;
}

function writeDigest(
  trail: { readonly world: World; readonly root: string; readonly options: DigestOptions },
  { accountId, region, previous }: Pick<Chain, 'accountId' | 'region' | 'previous'>,
  span: Span & { readonly madeAt: number; readonly suffix: '' | '_backfill' },
): { readonly file: TrailObject; readonly link: Link } {
  const { world, root, options } = trail;
  const { bucket, trailName } = options;
  const { startsAt, endsAt, files, madeAt, suffix } = span;
  // The private key is that of the moment of signing, which for a backfill is not that of its hour.
  const signingKey = digestKeyOf(world.seed, { region, at: madeAt });
  const stamp = isoSeconds(endsAt).replace(/[-:]/g, '');
  const name = `${accountId}_CloudTrail-Digest_${region}_${trailName}_${world.company.regions[0]}_${stamp}${suffix}.json.gz`;
  const key = `${root}${accountId}/CloudTrail-Digest/${region}/${folderOf(endsAt)}/${name}`;
  const newest = files.map((file) => file.newestEventTime).sort();
  const oldest = files.map((file) => file.oldestEventTime).sort();
  const text = JSON.stringify({
    awsAccountId: accountId,
    digestStartTime: isoSeconds(startsAt),
    digestEndTime: isoSeconds(endsAt),
    digestS3Bucket: bucket,
    digestS3Object: key,
    digestPublicKeyFingerprint: signingKey.fingerprint,
    digestSignatureAlgorithm: 'SHA256withRSA',
    newestEventTime: newest.at(-1) ?? null,
    oldestEventTime: oldest[0] ?? null,
    previousDigestS3Bucket: previous ? bucket : null,
    previousDigestS3Object: previous?.key ?? null,
    previousDigestHashValue: previous?.hash ?? null,
    previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
    previousDigestSignature: previous?.signature ?? null,
    logFiles: files,
  });
  // The literal text `null` stands for the signature that the first digest of a chain does not have.
  const toSign = [isoSeconds(endsAt), `${bucket}/${key}`, sha256(text), previous?.signature ?? 'null'].join('\n');
  const signature = sign('RSA-SHA256', Buffer.from(toSign), signingKey.privateKey).toString('hex');
  const made = { 'x-amz-meta-backfill-generation-timestamp': new Date(madeAt).toISOString() };
  const metadata = {
    'x-amz-meta-signature': signature,
    'x-amz-meta-signature-algorithm': 'SHA256withRSA',
    ...(suffix === '' ? {} : made),
  };
  return {
    file: { key, bytes: gzipSync(text), deliveredAt: madeAt, metadata },
    link: { key, signature, hash: sha256(text) },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function maxOf(values: readonly number[]): number {
  return values.reduce((max, value) => Math.max(max, value), -Infinity);
}
