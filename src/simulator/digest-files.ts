import { createHash, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { isoSeconds } from './credential.js';
import { type DigestKey, digestKeyOf } from './digest-key.js';
import type { TrailFile } from './trail-files.js';
import { folderOf } from './trail-key.js';
import type { EventRow, World } from './world.js';

export interface DigestOptions {
  readonly bucket: string;
  readonly trailName: string;
}

export interface DigestWriter {
  /** Notes a log file delivered in the current hour. */
  add(file: { accountId: string; region: string; key: string; text: string; rows: readonly EventRow[] }): void;
  /** Yields the digests of the hour that ends at `at`, one per account and Region seen so far, empty ones too. */
  close(at: number): Generator<TrailFile>;
}

/** Writes the chain of hourly digests that proves which log files CloudTrail delivered (fact sheet 4.2). */
export function createDigestWriter(world: World, root: string, { bucket, trailName }: DigestOptions): DigestWriter {
  const chains = new Map<string, Chain>();
  const keys = new Map<string, DigestKey>();
  const homeRegion = world.company.regions[0];
  return {
    add({ accountId, region, key, text, rows }) {
      const place = `${accountId}/${region}`;
      const chain = chains.get(place) ?? { accountId, region, previous: null, files: [], startsAt: null };
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
        const { accountId, region, previous, files } = chain;
        const signingKey = keys.get(region) ?? digestKeyOf(world.seed, region);
        keys.set(region, signingKey);
        const stamp = isoSeconds(at).replace(/[-:]/g, '');
        const key = `${root}${accountId}/CloudTrail-Digest/${region}/${folderOf(at)}/${accountId}_CloudTrail-Digest_${region}_${trailName}_${homeRegion}_${stamp}.json.gz`;
        const digest = {
          awsAccountId: accountId,
          digestStartTime: isoSeconds(chain.startsAt ?? at - 3_600_000),
          digestEndTime: isoSeconds(at),
          digestS3Bucket: bucket,
          digestS3Object: key,
          digestPublicKeyFingerprint: signingKey.fingerprint,
          digestSignatureAlgorithm: 'SHA256withRSA',
          newestEventTime:
            files.length === 0
              ? null
              : files
                  .map((file) => file.newestEventTime)
                  .sort()
                  .at(-1),
          oldestEventTime: files.length === 0 ? null : files.map((file) => file.oldestEventTime).sort()[0],
          previousDigestS3Bucket: previous ? bucket : null,
          previousDigestS3Object: previous?.key ?? null,
          previousDigestHashValue: previous?.hash ?? null,
          previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
          previousDigestSignature: previous?.signature ?? null,
          logFiles: files,
        };
        const text = JSON.stringify(digest);
        // The literal text `null` stands for the signature that the first digest of a chain does not have.
        const toSign = [isoSeconds(at), `${bucket}/${key}`, sha256(text), previous?.signature ?? 'null'].join('\n');
        const signature = sign('RSA-SHA256', Buffer.from(toSign), signingKey.privateKey).toString('hex');
        chain.previous = { key, signature, hash: sha256(text) };
        chain.files = [];
        chain.startsAt = at;
        yield {
          key,
          bytes: gzipSync(text),
          deliveredAt: at,
          metadata: { 'x-amz-meta-signature': signature, 'x-amz-meta-signature-algorithm': 'SHA256withRSA' },
        };
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

interface Chain {
  readonly accountId: string;
  readonly region: string;
  previous: { readonly key: string; readonly signature: string; readonly hash: string } | null;
  files: LogFile[];
  startsAt: number | null;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function maxOf(values: readonly number[]): number {
  return values.reduce((max, value) => Math.max(max, value), -Infinity);
}
