import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildWorld } from '../../src/simulator/company/workload.js';
import { digestKeyOf } from '../../src/simulator/services/digest-key.js';
import { trailFiles } from '../../src/simulator/services/trail-files.js';
import type { TrailObject } from '../../src/simulator/services/trail-object.js';
import type { TrailBucket } from '../../src/sources/trail/list-trail.js';
import { type AskedKey, validateDigests } from '../../src/sources/trail/validate-digests.js';

const HOUR_MS = 3_600_000;
const world = buildWorld({ seed: 3, days: 1, queriesPerDay: 60, noisePerDay: 20 });
const window = { start: world.startsAt, end: world.endsAt };
/** After the last event: 17 days later the late ones have come, too. */
const now = world.endsAt + 20 * 24 * HOUR_MS;
const common = { bucket: 'trail', trailName: 'main' };
const clean = [...trailFiles(world, { layout: 'account', digests: common })];
const isDigest = ({ key }: { key: string }) => key.includes('/CloudTrail-Digest/us-east-1/');
const isLog = ({ key }: { key: string }) => key.includes('/CloudTrail/us-east-1/');

/** The trail as a bucket, or as a folder copied from it, which has no metadata. */
function bucketOf(files: readonly TrailObject[], { hasMetadata = true, root = '' } = {}): TrailBucket {
  const known = new Map(files.map((file) => [root + file.key, file]));
  return {
    location: 's3://trail',
    async *list(prefix, startAfter) {
      for (const [key, { bytes }] of [...known].sort(([a], [b]) => (a < b ? -1 : 1)))
        if (key.startsWith(prefix) && (startAfter === null || key > startAfter)) yield { key, size: bytes.length };
    },
    async *get(key) {
      const file = known.get(key);
      if (!file) throw Object.assign(new Error('gone'), { name: 'NoSuchKey' });
      yield file.bytes;
    },
    ...(hasMetadata
      ? {
          metadata: async (key) =>
            Object.fromEntries(
              Object.entries(known.get(key)?.metadata ?? {}).map(([name, value]) => [
                name.replace('x-amz-meta-', ''),
                value,
              ]),
            ),
        }
      : {}),
  };
}

/** AWS's own rule: a key is told only to who asks for a time in which it is valid. */
async function publicKey({ region, fingerprint, from, to }: AskedKey): Promise<Uint8Array | null> {
  for (let at = from; at <= to; at += HOUR_MS) {
    const key = digestKeyOf(world.seed, { region, at });
    if (key.fingerprint === fingerprint) return key.publicKey;
  }
  return null;
}

const validate = (bucket: TrailBucket, more: Partial<Parameters<typeof validateDigests>[0]> = {}) =>
  validateDigests({ bucket, publicKey, window, now, ...more });
const countOf = (isWanted: (file: TrailObject) => boolean) => clean.filter(isWanted).length;
const nth = (isWanted: (file: TrailObject) => boolean, index: number) => {
  const key = clean.filter(isWanted).at(index)?.key;
  if (key === undefined) throw new Error('the simulated trail is too small for this test');
  return key;
};
const without = (...keys: readonly string[]) => clean.filter(({ key }) => !keys.includes(key));
const edited = (key: string, edit: (file: TrailObject) => Partial<TrailObject>) =>
  clean.map((file) => (file.key === key ? { ...file, ...edit(file) } : file));
const retold = (key: string, edit: (text: string) => string) =>
  edited(key, ({ bytes }) => ({ bytes: gzipSync(edit(gunzipSync(bytes).toString('utf8'))) }));

describe('digest files', () => {
  it('prove a trail that nobody touched, every log file of it', async () => {
    const { counts, findings } = await validate(bucketOf(clean));
    expect(findings).toEqual([]);
    const digests = countOf(({ key }) => key.includes('/CloudTrail-Digest/'));
    expect(counts).toMatchObject({
      ...{ digests, digestsSigned: digests, digestsUnsigned: 0, digestFindings: 0, logFilesUnproven: 0 },
      logFilesProven: countOf(({ key }) => key.includes('/CloudTrail/')),
    });
    expect(counts.logFilesProven).toBeGreaterThan(10);
  });

  it('prove a copy without metadata but for the last digest of each chain', async () => {
    const { counts, findings } = await validate(bucketOf(clean, { hasMetadata: false }));
    expect(findings).toEqual([]);
    expect(counts.digestsUnsigned).toBe(
      new Set(clean.flatMap(({ key }) => /^.*CloudTrail-Digest\/[^/]+/.exec(key)?.[0] ?? [])).size,
    );
  });

  it('prove a copy that lies deeper than the bucket did', async () => {
    const { counts, findings } = await validate(bucketOf(clean, { hasMetadata: false, root: 'copy/of/' }));
    expect(findings).toEqual([]);
    expect(counts.logFilesProven).toBe(countOf(({ key }) => key.includes('/CloudTrail/')));
  });

  it('are followed without anybody to ask for keys: hashes and chain only', async () => {
    const { counts, findings } = await validate(bucketOf(clean), { publicKey: null });
    expect(findings).toEqual([]);
    expect(counts).toMatchObject({ digestsSigned: 0, digestsUnsigned: counts.digests });
  });

  const log = nth(isLog, 4);
  const digest = nth(isDigest, 4);
  it.each<[string, readonly TrailObject[], RegExp]>([
    ['a log file removed', without(log), /a digest names it, and it is missing/],
    ['a log file changed', retold(log, (text) => text.replace('"', "'")), /not what CloudTrail delivered/],
    ['a log file made unreadable', edited(log, () => ({ bytes: Buffer.from('x') })), /names it, and it cannot be read/],
    [
      'a log file added',
      [
        ...clean,
        ...clean
          .filter(({ key }) => key === log)
          .map((file) => ({ ...file, key: log.replace(/_[^_]+\.json/, '_AAAAAAAAAAAAAAAA.json') })),
      ],
      /AAAAAAAAAAAAAAAA\.json\.gz: no digest names it/,
    ],
    ['a digest removed', without(digest), /the digest after it names it, and it is missing/],
    ['the first digest of the span removed', without(nth(isDigest, 0)), /names it, and it is missing/],
    [
      'the last digests removed',
      clean.filter((file) => !isDigest(file) || file.deliveredAt < world.startsAt + 12 * HOUR_MS),
      /it is the last digest, and .* is later/,
    ],
    [
      'a digest changed',
      retold(digest, (text) => text.replace('"newestEventTime"', '"newestEventtime"')),
      /signature is wrong/,
    ],
    ['a digest made unreadable', edited(digest, () => ({ bytes: Buffer.from('x') })), /cannot be read/],
    [
      'a digest whose signature was replaced',
      edited(digest, ({ metadata }) => ({
        metadata: {
          ...metadata,
          'x-amz-meta-signature': (metadata['x-amz-meta-signature'] ?? '').replace(/^../, 'ff'),
        },
      })),
      /its signature is wrong/,
    ],
    [
      'a digest put in the place of another',
      edited(digest, () => ({ bytes: clean.find(({ key }) => key === nth(isDigest, 5))?.bytes ?? Buffer.alloc(0) })),
      /it was moved: it says that it lies at/,
    ],
    ['digests removed altogether', clean.filter(isLog), /holds no digest file of these days: nothing is proven/],
    [
      'a digest signed by an unknown key',
      retold(digest, (text) => text.replace(/("digestPublicKeyFingerprint":")../, '$1ff')),
      /AWS knows no public key with the fingerprint/,
    ],
    [
      'an algorithm nobody knows',
      retold(digest, (text) => text.replace('SHA256withRSA', 'SHA512withRSA')),
      /signed with SHA512withRSA, which is not known here/,
    ],
  ])('find %s', async (_, files, expected) => {
    const { counts, findings } = await validate(bucketOf(files));
    expect(findings.join('\n')).toMatch(expected);
    expect(counts.digestFindings).toBe(findings.length);
  });

  it('name the one digest that is missing and blame nothing else', async () => {
    const files = without(digest).filter((file) => !isLog(file) || file.key !== log);
    const { findings } = await validate(bucketOf(files));
    expect(findings.filter((finding) => finding.includes('is missing'))).toContain(
      `${digest}: the digest after it names it, and it is missing`,
    );
    expect(findings.every((finding) => !finding.includes('signature'))).toBe(true);
  });
});

describe('validation that was switched off for a while', () => {
  const off = { from: world.startsAt + 6 * HOUR_MS, to: world.startsAt + 10 * HOUR_MS };
  const files = [...trailFiles(world, { layout: 'account', digests: { ...common, off } })];
  const isWithin = (file: TrailObject) => file.deliveredAt > off.from && file.deliveredAt <= off.to;

  it('is told, with the log files that nothing proves', async () => {
    const { counts, findings } = await validate(bucketOf(files));
    expect(findings.join('\n')).toMatch(
      /the chain begins anew: logging, or its validation, was off from 2026-11-01T1\d/,
    );
    expect(findings.join('\n')).toMatch(/no digest covers \d+ log files delivered from/);
    expect(findings.join('\n')).not.toMatch(/no digest names it|signature|missing/);
    expect(counts.logFilesUnproven).toBe(
      files.filter((file) => file.key.includes('/CloudTrail/') && isWithin(file)).length,
    );
    expect(counts.logFilesUnproven).toBeGreaterThan(3);
  });

  it('is told when logging stood still, too, and then nothing is unproven', async () => {
    const stopped = files.filter((file) => file.key.includes('/CloudTrail-Digest/') || !isWithin(file));
    const { counts, findings } = await validate(bucketOf(stopped));
    expect(findings.length).toBeGreaterThan(0);
    expect(
      findings.every((finding) => /the chain begins anew: logging, or its validation, was off/.test(finding)),
    ).toBe(true);
    expect(counts.logFilesUnproven).toBe(0);
  });
});

describe('backfill digests', () => {
  // Made when the Region signs with another key than in the hour of the log files.
  const digests = { ...common, backfillShare: 0.3, backfillAfterMs: 3 * 24 * HOUR_MS };
  const files = [...trailFiles(world, { layout: 'account', digests })];
  const backfills = files.filter(({ key }) => key.endsWith('_backfill.json.gz'));

  it('form a chain of their own, signed with the key of the hour in which they were made', async () => {
    expect(backfills.length).toBeGreaterThan(3);
    const keys = files.filter((file) => file.key.includes('-Digest/us-east-1/')).map(fingerprintOf);
    expect(new Set(keys).size).toBe(2);
    const { counts, findings } = await validate(bucketOf(files));
    expect(findings).toEqual([]);
    expect(counts.digestsSigned).toBe(files.filter(({ key }) => key.includes('/CloudTrail-Digest/')).length);
    expect(counts.logFilesProven).toBe(files.filter(({ key }) => key.includes('/CloudTrail/')).length);
  });

  it('are proven in a copy, which does not know when they were made', async () => {
    const { findings } = await validate(bucketOf(files, { hasMetadata: false }));
    expect(findings).toEqual([]);
  });

  it('are missed when they are removed', async () => {
    const some = files.filter(({ key }) => key !== backfills[1]?.key);
    const { findings } = await validate(bucketOf(some));
    expect(findings.join('\n')).toContain(`${backfills[1]?.key}: the digest after it names it, and it is missing`);
    expect(findings.join('\n')).toMatch(/CloudTrail\/.*: no digest names it/);
  });

  it('are found to be forged', async () => {
    const key = backfills[1]?.key ?? '';
    const forged = files.map((file) =>
      file.key === key
        ? { ...file, bytes: gzipSync(gunzipSync(file.bytes).toString().replace('"logFiles":[', '"logFiles": [')) }
        : file,
    );
    const { findings } = await validate(bucketOf(forged));
    expect(findings).toContain(`${key}: its signature is wrong`);
  });

  function fingerprintOf({ bytes }: TrailObject): string {
    return (JSON.parse(gunzipSync(bytes).toString()) as { digestPublicKeyFingerprint: string })
      .digestPublicKeyFingerprint;
  }
});
