import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ReportStore, WriteConflict } from '../collect/ports.js';
import { checkReportStore } from './report-store.contract.js';
import { type S3Server, startS3Server } from './s3-server.fixture.js';
import { createS3Store } from './s3-store.js';

let server: S3Server;
let client: S3Client;
let sleeps: number[];
beforeEach(async () => {
  server = await startS3Server();
  sleeps = [];
  client = new S3Client({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
    maxAttempts: 5,
  });
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

function open(bucket = 'reports', prefix = 'audit/athena'): ReportStore {
  const clock = { now: () => 0, sleep: async (ms: number) => void sleeps.push(ms) };
  return createS3Store({ client, bucket, prefix, clock });
}

const pieces = (count: number) =>
  async function* () {
    for (let i = 0; i < count; i++) yield new Uint8Array(1024 * 1024).fill(i);
  };

checkReportStore('a bucket', async () => ({ open: open(), reopen: () => open() }));

test('keys lie below the prefix, and a bucket without prefix holds them as they are', async () => {
  await open().write('year=2025/r.csv', Buffer.from('x'), 'any');
  await open('reports', '').write('year=2025/r.csv', Buffer.from('y'), 'any');
  expect(server.requests).toEqual(['PUT /reports/audit/athena/year%3D2025/r.csv', 'PUT /reports/year%3D2025/r.csv']);
  const keys: string[] = [];
  for await (const { key } of open('reports', '').list('')) keys.push(key);
  expect(keys).toEqual(['audit/athena/year=2025/r.csv', 'year=2025/r.csv']);
});

test('content up to 8 MB is one PUT, more is an upload in parts', async () => {
  await open('reports', '').write('small', pieces(8), { absent: true });
  await open('reports', '').write('large', pieces(17), { absent: true });
  expect(server.requests).toEqual([
    'PUT /reports/small',
    'POST /reports/large?uploads',
    ...Array.from({ length: 3 }, () => 'PUT /reports/large?partNumber&uploadId'),
    'POST /reports/large?uploadId',
  ]);
});

describe('when S3 falters', () => {
  test.each([500, 503, 'lost'] as const)('a PUT that meets %s is tried again', async (fault) => {
    server.fail('PUT', fault);
    await open().write('k', Buffer.from('x'), 'any');
    expect((await open().read('k'))?.bytes.toString()).toBe('x');
  });

  test('a conditional write whose answer was lost is known to be done', async () => {
    server.fail('PUT', 'lost');
    const { tag } = await open().write('k', Buffer.from('x'), { absent: true });
    expect(await open().tagOf('k')).toBe(tag);
    server.fail('PUT', 'lost');
    await open().write('k', Buffer.from('y'), { tag });
    expect((await open().read('k'))?.bytes.toString()).toBe('y');
  });

  test('the end of an upload whose answer was lost is known to be done', async () => {
    server.fail('POST', 'none', 'lost');
    const { tag } = await open().write('k', pieces(9), { absent: true });
    expect(await open().tagOf('k')).toBe(tag);
  });

  test('a retried write that really lost is a conflict', async () => {
    await open().write('k', Buffer.from('other'), 'any');
    server.fail('PUT', 500);
    await expect(open().write('k', Buffer.from('x'), { absent: true })).rejects.toThrow(WriteConflict);
  });

  test('409 is tried again, a bounded number of times, then it is a conflict', async () => {
    server.fail('PUT', 409, 409);
    await open().write('k', Buffer.from('x'), { absent: true });
    expect(sleeps).toEqual([100, 200]);
    server.fail('PUT', 409, 409, 409, 409, 409);
    await expect(open().write('k', Buffer.from('y'), 'any')).rejects.toThrow(WriteConflict);
    server.fail('POST', 'none', 409);
    await open().write('large', pieces(9), { absent: true });
    expect(server.openUploads()).toBe(0);
  });

  test('a download that breaks goes on where it stopped', async () => {
    await open().write('k', pieces(3), 'any');
    server.fail('GET', 'cut', 'cut');
    const { bytes } = (await open().read('k')) ?? { bytes: Buffer.alloc(0) };
    expect([0, 1, 2].map((i) => bytes[i * 1024 * 1024])).toEqual([0, 1, 2]);
    expect(bytes).toHaveLength(3 * 1024 * 1024);
  });

  test('an object that changes while it is read is an error, never a mixture', async () => {
    await open().write('k', pieces(3), 'any');
    server.fail('GET', 'cut');
    const stream = (await open().stream('k')) ?? [];
    await open().write('k', Buffer.from('new'), 'any');
    await expect(
      (async () => {
        for await (const part of stream) expect(part.length).toBeGreaterThan(0);
      })(),
    ).rejects.toThrow('PreconditionFailed');
  });

  test('a failed upload leaves no parts behind', async () => {
    const broken = async function* () {
      yield* pieces(9)();
      throw new Error('the source broke');
    };
    await expect(open().write('k', broken, 'any')).rejects.toThrow('the source broke');
    expect(server.openUploads()).toBe(0);
  });

  test('a bucket that does not exist is an error, not a conflict and not an absent key', async () => {
    await expect(open('other').write('k', Buffer.from('x'), { tag: '"1"' })).rejects.toThrow('NoSuchBucket');
    await expect(open('other').read('k')).rejects.toThrow('NoSuchBucket');
  });
});
