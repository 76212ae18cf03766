import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ReportStore, WriteConflict } from '../ports/report-store.js';
import { startTestSimulator } from '../simulator/clients.fixture.js';
import { buildWorld } from '../simulator/company/workload.js';
import type { World } from '../simulator/history/world.js';
import type { Simulator } from '../simulator/simulator.js';
import type { FaultRule } from '../simulator/wire/faults.js';
import { checkReportStore } from './report-store.contract.js';
import { createS3Store } from './s3-store.js';

let world: World;
beforeAll(() => {
  world = buildWorld({ seed: 7, days: 1, queriesPerDay: 5 });
});

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Account {
  readonly simulator: Simulator;
  readonly sleeps: number[];
  open(bucket?: string, prefix?: string): ReportStore;
}

/** An account with the bucket `reports`, in which the given calls go wrong. */
async function startAccount(...rules: FaultRule[]): Promise<Account> {
  const { simulator, config, close } = await startTestSimulator({
    world,
    now: Date.now(),
    buckets: ['reports'],
    faults: { rules },
  });
  const client = new S3Client({ ...config(), forcePathStyle: true, maxAttempts: 5 });
  closers.push(close, () => client.destroy());
  const sleeps: number[] = [];
  const clock = { now: () => 0, sleep: async (ms: number) => void sleeps.push(ms) };
  const open = (bucket = 'reports', prefix = 'audit/athena') => createS3Store({ client, bucket, prefix, clock });
  return { simulator, sleeps, open };
}

const megabytes = (count: number) =>
  async function* () {
    for (let i = 0; i < count; i++) yield new Uint8Array(1024 * 1024).fill(i);
  };

checkReportStore('a bucket', async () => {
  const { open } = await startAccount();
  return { open: open(), reopen: open };
});

test('keys lie below the prefix, and a bucket without prefix holds them as they are', async () => {
  const { open } = await startAccount();
  await open().write('year=2025/r.csv', Buffer.from('x'), 'any');
  await open('reports', '').write('year=2025/r.csv', Buffer.from('y'), 'any');
  expect(await keysOf(open('reports', ''))).toEqual(['audit/athena/year=2025/r.csv', 'year=2025/r.csv']);
  expect(await keysOf(open())).toEqual(['year=2025/r.csv']);
});

test('thousands of keys come page by page; the markers of empty folders are left out', async () => {
  const { open, simulator } = await startAccount();
  const object = { bytes: Buffer.from('x'), lastModified: 0, contentType: '', metadata: {} };
  for (let i = 0; i < 2500; i++) simulator.store.put('reports', { ...object, key: `audit/athena/k${i}` }, NO_CONDITION);
  simulator.store.put('reports', { ...object, key: 'audit/athena/folder/' }, NO_CONDITION);
  const keys = await keysOf(open());
  expect(keys).toHaveLength(2500);
  expect(keys).toEqual([...keys].sort());
  expect(simulator.stats.calls.ListObjectsV2).toBe(3);
});

test('content up to 8 MB is one PUT, more is an upload in parts', async () => {
  const { open, simulator } = await startAccount();
  await open().write('small', megabytes(8), { absent: true });
  expect(simulator.stats.calls).toEqual({ PutObject: 1 });
  await open().write('large', megabytes(17), { absent: true });
  expect(simulator.stats.calls).toMatchObject({ PutObject: 1, UploadPart: 3, CompleteMultipartUpload: 1 });
});

describe('when S3 falters', () => {
  test.each(['throttle', 'server-error', 'reset', 'reset-after'] as const)(
    'a PUT that meets %s is tried again',
    async (kind) => {
      const { open } = await startAccount({ kind, operation: 'PutObject', calls: [1] });
      await open().write('k', Buffer.from('x'), 'any');
      expect((await open().read('k'))?.bytes.toString()).toBe('x');
    },
  );

  test('a conditional write whose answer was lost is known to be done', async () => {
    const { open } = await startAccount({ kind: 'reset-after', operation: 'PutObject', calls: [1, 3] });
    const { tag } = await open().write('k', Buffer.from('x'), { absent: true });
    expect(await open().tagOf('k')).toBe(tag);
    await open().write('k', Buffer.from('y'), { tag });
    expect((await open().read('k'))?.bytes.toString()).toBe('y');
  });

  test('the end of an upload whose answer was lost is known to be done', async () => {
    const { open } = await startAccount({ kind: 'reset-after', operation: 'CompleteMultipartUpload', calls: [1] });
    const { tag } = await open().write('k', megabytes(9), { absent: true });
    expect(await open().tagOf('k')).toBe(tag);
  });

  test('a retried write that really lost is a conflict', async () => {
    const { open } = await startAccount({ kind: 'server-error', operation: 'PutObject', calls: [2] });
    await open().write('k', Buffer.from('other'), 'any');
    await expect(open().write('k', Buffer.from('x'), { absent: true })).rejects.toThrow(WriteConflict);
  });

  test('409 is tried again, with growing pauses', async () => {
    const { open, sleeps, simulator } = await startAccount({ kind: 'conflict', service: 's3', limit: 2 });
    await open().write('k', Buffer.from('x'), { absent: true });
    expect(sleeps).toEqual([100, 200]);
    expect(simulator.stats.calls.PutObject).toBe(3);
  });

  test('409 without end is a conflict', async () => {
    const { open, sleeps } = await startAccount({ kind: 'conflict', operation: 'PutObject' });
    await expect(open().write('k', Buffer.from('y'), 'any')).rejects.toThrow(WriteConflict);
    expect(sleeps).toHaveLength(4);
  });

  test('409 at the end of an upload uploads again', async () => {
    const { open, simulator } = await startAccount({
      kind: 'conflict',
      operation: 'CompleteMultipartUpload',
      calls: [1],
    });
    await open().write('large', megabytes(9), { absent: true });
    expect(simulator.stats.calls).toMatchObject({ CreateMultipartUpload: 2, UploadPart: 4, AbortMultipartUpload: 1 });
  });

  test('a download that breaks goes on where it stopped', async () => {
    const { open, simulator } = await startAccount({ kind: 'truncated-body', operation: 'GetObject', calls: [1, 2] });
    await open().write('k', megabytes(3), 'any');
    const { bytes } = (await open().read('k')) ?? { bytes: Buffer.alloc(0) };
    expect(simulator.stats.calls.GetObject).toBe(3);
    expect(Buffer.compare(bytes, Buffer.concat([0, 1, 2].map((i) => Buffer.alloc(1024 * 1024, i))))).toBe(0);
  });

  test('an object that changes while it is read is an error, never a mixture', async () => {
    const { open } = await startAccount({ kind: 'truncated-body', operation: 'GetObject', calls: [1] });
    await open().write('k', megabytes(3), 'any');
    const stream = (await open().stream('k')) ?? [];
    await open().write('k', Buffer.from('new'), 'any');
    const readAll = async () => {
      for await (const part of stream) expect(part.length).toBeGreaterThan(0);
    };
    await expect(readAll()).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  test('a failed upload is given up, so that no parts stay behind', async () => {
    const { open, simulator } = await startAccount();
    const broken = async function* () {
      yield* megabytes(17)();
      throw new Error('the source broke');
    };
    await expect(open().write('k', broken, 'any')).rejects.toThrow('the source broke');
    expect(simulator.stats.calls.AbortMultipartUpload).toBe(1);
  });

  test('a bucket that does not exist is an error, not a conflict and not an absent key', async () => {
    const { open } = await startAccount();
    await expect(open('other').write('k', Buffer.from('x'), { tag: '"1"' })).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await expect(open('other').read('k')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });
});

const NO_CONDITION = { ifNoneMatch: undefined, ifMatch: undefined };

async function keysOf(store: ReportStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys;
}
