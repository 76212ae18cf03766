import { createHash, createPublicKey, verify } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startTestSimulator } from '../clients.fixture.js';
import { buildWorld } from '../company/workload.js';
import { exportedExecutions } from '../history/exported-executions.js';
import { truthOf } from '../history/truth.js';
import { digestKeyOf } from './digest-key.js';
import { trailFiles } from './trail-files.js';
import type { TrailObject } from './trail-object.js';

const world = buildWorld({ seed: 21, days: 1, queriesPerDay: 300 });
const digests = { bucket: 'acorn-trail', trailName: 'management' };
const files = [...trailFiles(world, { layout: 'organization', prefix: 'logs', digests })];

function recordsOf(file: TrailObject): { eventID: string; eventName: string }[] {
  return JSON.parse(gunzipSync(file.bytes).toString()).Records;
}

const logs = files.filter((file) => file.key.includes('/CloudTrail/'));

test('an organization trail has the names that CloudTrail gives, an account trail has no organization in them', () => {
  const name =
    /^logs\/AWSLogs\/o-[a-z0-9]{10,32}\/(\d{12})\/CloudTrail\/([a-z0-9-]+)\/\d{4}\/\d\d\/\d\d\/\1_CloudTrail_\2_\d{8}T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz$/;
  for (const file of logs) expect(file.key).toMatch(name);
  expect(new Set(files.map((file) => file.key)).size).toBe(files.length);
  const [account] = trailFiles(world, { layout: 'account' });
  expect(account?.key).toMatch(/^AWSLogs\/\d{12}\/CloudTrail\//);
});

test('the files hold the events of LookupEvents, all of them, a few of them twice, delivered after they happened', () => {
  const delivered = logs.flatMap(recordsOf).map((record) => record.eventID);
  const events = [...world.partitions.values()].flatMap((partition) => partition.events);
  expect(new Set(delivered).size).toBe(events.length);
  expect(delivered.length).toBeGreaterThanOrEqual(events.length);
  const starts = [...truthOf(world).rows()].flatMap((row) => row.eventIds);
  expect(starts.every((id) => delivered.includes(id))).toBe(true);
  for (const file of logs) {
    for (const record of JSON.parse(gunzipSync(file.bytes).toString()).Records) {
      expect(Date.parse(record.eventTime)).toBeLessThan(file.deliveredAt);
    }
  }
  const order = logs.map((file) => file.deliveredAt);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test('the same seed gives the same bytes', () => {
  const again = [...trailFiles(world, { layout: 'organization', prefix: 'logs', digests })];
  expect(again.map((file) => [file.key, file.bytes.toString('base64')])).toEqual(
    files.map((file) => [file.key, file.bytes.toString('base64')]),
  );
});

test('digests sign a chain of every hour that names every log file', () => {
  const chain = files.filter(
    (file) => file.key.includes('/CloudTrail-Digest/us-east-1/') && file.key.includes(world.company.accounts.main),
  );
  expect(chain.length).toBeGreaterThanOrEqual(24);
  const key = createPublicKey({
    key: digestKeyOf(21, { region: 'us-east-1', at: world.startsAt }).publicKey,
    format: 'der',
    type: 'pkcs1',
  });
  const named = new Map<string, string>();
  let previous: { signature: string; hash: string; key: string } | null = null;
  for (const file of chain) {
    const raw = gunzipSync(file.bytes);
    const digest = JSON.parse(raw.toString());
    const hash = createHash('sha256').update(raw).digest('hex');
    const signature = file.metadata['x-amz-meta-signature'] ?? '';
    const toSign = [
      digest.digestEndTime,
      `${digest.digestS3Bucket}/${digest.digestS3Object}`,
      hash,
      digest.previousDigestSignature ?? 'null',
    ];
    expect(verify('RSA-SHA256', Buffer.from(toSign.join('\n')), key, Buffer.from(signature, 'hex'))).toBe(true);
    expect(digest.previousDigestS3Object).toBe(previous?.key ?? null);
    expect(digest.previousDigestHashValue).toBe(previous?.hash ?? null);
    for (const log of digest.logFiles) named.set(log.s3Object, log.hashValue);
    previous = { signature, hash, key: file.key };
  }
  const own = logs.filter((file) => file.key.includes(`/${world.company.accounts.main}/CloudTrail/us-east-1/`));
  expect([...named.keys()].sort()).toEqual(own.map((file) => file.key).sort());
  for (const file of own)
    expect(named.get(file.key)).toBe(createHash('sha256').update(gunzipSync(file.bytes)).digest('hex'));
});

test('exports hold what Athena keeps at that instant', () => {
  const asOf = world.endsAt + 1_000;
  const exported = [...exportedExecutions(world, { asOf })].flatMap((batch) => batch.QueryExecutions);
  const rows = [...truthOf(world).rows()].filter((row) => row.queryExecutionId !== null);
  expect(exported.map((execution) => execution.QueryExecutionId)).toEqual(rows.map((row) => row.queryExecutionId));
  expect(exported.map((execution) => execution.Query)).toEqual(rows.map((row) => row.query));
  expect([...exportedExecutions(world, { asOf: asOf + 50 * 86_400_000 })]).toEqual([]);
});

test('a trail bucket fills as time goes on', async () => {
  const trail = { layout: 'account' as const, bucket: 'acorn-trail' };
  const started = await startTestSimulator({ world, trail, now: world.startsAt + 12 * 3_600_000 });
  try {
    const list = async () => {
      const page = await started.s3.send(new ListObjectsV2Command({ Bucket: 'acorn-trail', Prefix: 'AWSLogs/' }));
      return (page.Contents ?? []).map((object) => object.Key ?? '');
    };
    const early = await list();
    started.clock.advance(12 * 3_600_000);
    const later = await list();
    expect(later.length).toBeGreaterThan(early.length);
    expect(early.length).toBeGreaterThan(0);
    const { Body } = await started.s3.send(new GetObjectCommand({ Bucket: 'acorn-trail', Key: later[0] }));
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    expect(JSON.parse(gunzipSync(bytes).toString()).Records.length).toBeGreaterThan(0);
  } finally {
    await started.close();
  }
});
