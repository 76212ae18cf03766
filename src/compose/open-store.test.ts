import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startTestSimulator } from '../simulator/clients.fixture.js';
import { buildWorld } from '../simulator/company/workload.js';
import { parseS3Location } from '../storage/s3-location.js';
import { openStore } from './open-store.js';

const clock = { now: () => 0, sleep: async () => {} };

test('a path opens a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'open-store-'));
  const store = await openStore(folder, { clock, env: {} });
  await store.write('k', Buffer.from('x'), 'any');
  expect(store.location).toBe(folder);
  expect((await store.read('k'))?.bytes.toString()).toBe('x');
  await rm(folder, { recursive: true });
});

test('an s3 location opens a bucket at the endpoint of the environment', async () => {
  const world = buildWorld({ seed: 7, days: 1, queriesPerDay: 5 });
  const { simulator, close } = await startTestSimulator({ world, buckets: ['reports'] });
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  const store = await openStore('s3://reports/audit/', {
    clock,
    region: 'us-east-1',
    env: { AWS_ENDPOINT_URL: simulator.url },
  });
  await store.write('k', Buffer.from('x'), { absent: true });
  expect(store.location).toBe('s3://reports/audit');
  expect(simulator.store.get('reports', 'audit/k', simulator.clock.now())?.bytes.toString()).toBe('x');
  vi.unstubAllEnvs();
  await close();
});

test.each([
  ['s3://my-bucket', 'my-bucket', ''],
  ['s3://my-bucket/', 'my-bucket', ''],
  ['s3://my.bucket/a/account=1/', 'my.bucket', 'a/account=1'],
])('%s is bucket %s, prefix %j', (location, bucket, prefix) => {
  expect(parseS3Location(location)).toEqual({ bucket, prefix });
});

test.each([
  '',
  's3://',
  's3:///x',
  's3://UPPER/x',
  's3://bucket//x',
  's3://bucket/../x',
  'https://bucket/x',
  'file:///x',
])('%j is refused', async (location) => {
  await expect(openStore(location, { clock, env: {} })).rejects.toThrow(/s3:\/\/bucket|storage prefix/);
});
