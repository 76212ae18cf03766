import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Window } from '../../src/calendar/window.js';
import type { checkDigests } from '../../src/cli/collect/check-digests.js';
import type { StoredObject } from '../../src/simulator/services/s3-store.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import type { Random } from '../../src/simulator/wire/random.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { TRAIL_BUCKET } from './trail-trouble.js';

/** Says what is wrong with a trail: the command's own check, or one that a planted fault has made blind. */
export type DigestCheck = typeof checkDigests;

interface Asked {
  readonly simulator: Simulator;
  readonly url: string;
  readonly prefix: string;
  readonly window: Window;
  readonly random: Random;
  readonly check: DigestCheck;
}

/** Forgeries of a log file or digest, each with the sentence that must name it. */
const FORGERIES = [
  'log-changed',
  'log-removed',
  'log-added',
  'digest-removed',
  'digest-rewritten',
  'digest-of-a-stranger',
  'digest-in-a-false-name',
] as const;

/**
 * Checks the digests of a trail as CloudTrail left it, then of copies in each of which one thing was forged. Sentences: what was
 * found of the honest trail, and forgeries of which nothing was found.
 */
export async function tamperWithTrail(asked: Asked): Promise<string[]> {
  const { simulator, random } = asked;
  const faults = (await findingsIn(asked, TRAIL_BUCKET)).map((finding) => `the honest trail: ${finding}`);
  const now = simulator.clock.now();
  const files = [...simulator.store.list(TRAIL_BUCKET, { prefix: '', after: '', now })];
  const forgeries = [...FORGERIES].sort(() => random.next() - 0.5).slice(0, 3);
  for (const [number, forgery] of forgeries.entries()) {
    const forged = forge(forgery, files, asked);
    if (!forged) continue;
    const bucket = `forged-${number}`;
    simulator.store.createBucket(bucket);
    for (const { etag: _, ...draft } of forged.files)
      simulator.store.put(bucket, { ...draft, lastModified: now }, { ifMatch: undefined, ifNoneMatch: undefined });
    const findings = await findingsIn(asked, bucket);
    if (!findings.some((finding) => finding.includes(forged.named) && forged.says.test(finding)))
      faults.push(`${forgery}: of ${forged.named} nobody says that it ${forged.says.source}`);
  }
  return faults;
}

async function findingsIn(
  { simulator, url, prefix, window, check }: Asked,
  bucket: string,
): Promise<readonly string[]> {
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
  };
  const trail = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
  return (await check({ trail, window }, quietIo({ clock: simulator.clock, env }))).findings;
}

interface Forged {
  readonly files: readonly StoredObject[];
  /** The key that a finding must name, and what it must say. */
  readonly named: string;
  readonly says: RegExp;
}

interface DigestText {
  digestEndTime: string;
  digestS3Object: string;
  digestPublicKeyFingerprint: string;
  previousDigestSignature: string | null;
  previousDigestS3Object: string | null;
  readonly logFiles: { s3Object: string; hashValue: string }[];
}

/** Null when the trail holds nothing to forge. */
function forge(forgery: (typeof FORGERIES)[number], files: readonly StoredObject[], asked: Asked): Forged | null {
  const { random, window } = asked;
  const chosen = files.flatMap((file) => {
    if (!file.key.includes('/CloudTrail-Digest/')) return [];
    const digest = JSON.parse(gunzipSync(file.bytes).toString()) as DigestText;
    const isAskedFor = Date.parse(digest.digestEndTime) > window.start && Date.parse(digest.digestEndTime) < window.end;
    return isAskedFor && digest.logFiles.length > 0 ? [{ file, digest }] : [];
  });
  if (chosen.length === 0) return null;
  const { file, digest } = random.pick(chosen);
  const [named] = digest.logFiles;
  const log = files.find(({ key }) => key === named?.s3Object);
  if (!named || !log) return null;
  const changed = gzipSync(gunzipSync(log.bytes).toString().replace('"eventID":"', '"eventID":"0'));
  const swap = (...others: readonly StoredObject[]) => {
    const byKey = new Map(others.map((other) => [other.key, other]));
    return files.map((one) => byKey.get(one.key) ?? one);
  };
  switch (forgery) {
    case 'log-changed':
      return { files: swap({ ...log, bytes: changed }), named: log.key, says: /the hash differs/ };
    case 'log-removed':
      return { files: files.filter((one) => one !== log), named: log.key, says: /is missing/ };
    case 'log-added': {
      const key = log.key.replace(/_[^_]+\.json/, '_AAAAAAAAAAAAAAAA.json');
      return { files: [...files, { ...log, key }], named: key, says: /no digest names it/ };
    }
    case 'digest-removed': {
      const left = files.filter((one) => one !== file);
      // A digest that no later one follows, the last of its kind, is missed by its log files alone.
      return isFollowed(file.key, left)
        ? { files: left, named: file.key, says: /is missing/ }
        : { files: left, named: log.key, says: /no digest names it/ };
    }
    default: {
      named.hashValue = createHash('sha256').update(gunzipSync(changed)).digest('hex');
      const stranger = strangersKey();
      if (forgery === 'digest-of-a-stranger') digest.digestPublicKeyFingerprint = stranger.fingerprint;
      const text = JSON.stringify(digest);
      const signature = forgery === 'digest-rewritten' ? null : signed(digest, text, stranger.privateKey);
      const metadata = signature === null ? file.metadata : { ...file.metadata, 'x-amz-meta-signature': signature };
      const says = forgery === 'digest-of-a-stranger' ? /AWS knows no public key/ : /its signature is wrong/;
      const retold = { ...file, bytes: gzipSync(text), metadata };
      return { files: swap(retold, { ...log, bytes: changed }), named: file.key, says };
    }
  }
}

function isFollowed(key: string, files: readonly StoredObject[]): boolean {
  return files.some(
    (file) =>
      file.key.includes('/CloudTrail-Digest/') &&
      (JSON.parse(gunzipSync(file.bytes).toString()) as DigestText).previousDigestS3Object === key,
  );
}

function signed(digest: DigestText, text: string, key: KeyObject): string {
  const hash = createHash('sha256').update(text).digest('hex');
  const place = `${TRAIL_BUCKET}/${digest.digestS3Object}`;
  const lines = [digest.digestEndTime, place, hash, digest.previousDigestSignature ?? 'null'];
  return sign('RSA-SHA256', Buffer.from(lines.join('\n')), key).toString('hex');
}

let stranger: { readonly privateKey: KeyObject; readonly fingerprint: string } | null = null;

/** The key of somebody who can write to the bucket. */
function strangersKey() {
  if (stranger) return stranger;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const fingerprint = createHash('md5')
    .update(publicKey.export({ type: 'pkcs1', format: 'der' }))
    .digest('hex');
  stranger = { privateKey, fingerprint };
  return stranger;
}
