import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestKeyOf } from '../../src/simulator/digest-key.js';
import { trailFiles } from '../../src/simulator/trail-files.js';
import { buildWorld } from '../../src/simulator/workload.js';
import type { TrailBucket } from '../../src/sources/trail-files.js';
import { validateDigests } from '../../src/sources/validate-digests.js';

const world = buildWorld({ seed: 3, days: 1, queriesPerDay: 60, noisePerDay: 20 });
const files = [...trailFiles(world, { layout: 'account', digests: { bucket: 'trail', trailName: 'main' } })];
const window = { start: world.startsAt, end: world.endsAt + 86_400_000 };
const isDigest = (key: string) => key.includes('/CloudTrail-Digest/');
const digests = files.filter(({ key }) => isDigest(key)).map(({ key }) => key);
const logs = files.filter(({ key }) => key.includes('/CloudTrail/')).map(({ key }) => key);

/** The trail as a bucket, or as a folder copied from it, which has no metadata. */
function bucketOf(changes: Readonly<Record<string, Buffer | null>> = {}, hasMetadata = true): TrailBucket {
  const known = new Map(files.map(({ key, bytes, metadata }) => [key, { bytes, metadata }]));
  for (const [key, bytes] of Object.entries(changes)) {
    if (bytes === null) known.delete(key);
    else known.set(key, { bytes, metadata: known.get(key)?.metadata ?? {} });
  }
  return {
    location: 's3://trail',
    async *list() {
      for (const [key, { bytes }] of [...known].sort(([a], [b]) => (a < b ? -1 : 1))) yield { key, size: bytes.length };
    },
    async *get(key) {
      const file = known.get(key);
      if (!file) throw Object.assign(new Error('gone'), { name: 'NoSuchKey' });
      yield file.bytes;
    },
    ...(hasMetadata
      ? { metadata: async (key) => ({ signature: known.get(key)?.metadata['x-amz-meta-signature'] ?? '' }) }
      : {}),
  };
}

const keys = new Map(world.company.regions.map((region) => [region as string, digestKeyOf(world.seed, region)]));

async function publicKeys(region: string): Promise<Map<string, Uint8Array>> {
  const key = keys.get(region);
  return new Map(key ? [[key.fingerprint, key.publicKey]] : []);
}

const validate = (bucket: TrailBucket) => validateDigests({ bucket, publicKeys, window });
const at = (list: readonly string[], index: number) => list[index] ?? '';
const edited = (key: string, edit: (text: string) => string) => {
  const file = files.find((one) => one.key === key);
  return { [key]: gzipSync(edit(gunzipSync(file?.bytes ?? gzipSync('')).toString('utf8'))) };
};

describe('digest files', () => {
  it('prove a trail that nobody touched, every log file of it', async () => {
    const { counts, findings } = await validate(bucketOf());
    expect(findings).toEqual([]);
    expect(counts).toMatchObject({
      digests: digests.length,
      digestsSigned: digests.length,
      logFilesProven: logs.length,
    });
    expect(logs.length).toBeGreaterThan(10);
  });

  it('prove a copy without metadata but for the last digest of each chain', async () => {
    const { counts, findings } = await validate(bucketOf({}, false));
    expect(findings).toEqual([]);
    expect(counts.digestsUnsigned).toBe(new Set(digests.map((key) => key.split('/').slice(1, 4).join('/'))).size);
  });

  it.each<[string, Readonly<Record<string, Buffer | null>>, RegExp]>([
    ['a log file removed', { [at(logs, 4)]: null }, /a digest names it, and it is missing/],
    ['a log file changed', edited(at(logs, 4), (text) => text.replace('"', "'")), /not what CloudTrail delivered/],
    [
      'a log file added',
      { [at(logs, 4).replace(/_[^_]+\.json/, '_AAAAAAAAAAAAAAAA.json')]: gzipSync('{"Records":[]}') },
      /no digest names it/,
    ],
    ['a digest removed', { [at(digests, 4)]: null }, /is missing/],
    ['a digest changed', edited(at(digests, 4), (text) => text.replace('SHA-256', 'SHA-257')), /signature is wrong/],
    ['a digest made unreadable', { [at(digests, 4)]: Buffer.from('x') }, /cannot be read/],
  ])('find %s', async (_, changes, expected) => {
    const { findings } = await validate(bucketOf(changes));
    expect(findings.join('\n')).toMatch(expected);
  });
});
