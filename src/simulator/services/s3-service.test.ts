import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestSimulator } from '../clients.fixture.js';
import { s3TargetOf } from './s3-service.js';
import { compareKeys } from './s3-store.js';

let started: Awaited<ReturnType<typeof startTestSimulator>>;
const Bucket = 'acorn-reports';
beforeAll(async () => {
  started = await startTestSimulator({ company: { days: 1, queriesPerDay: 20 }, buckets: [Bucket] });
});
afterAll(() => started.close());

const put = (Key: string, Body: string | Readable, more: object = {}) =>
  started.s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = async (Key: string, more: object = {}) => {
  const { Body } = await started.s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Body?.transformToString() ?? '';
};

test('what was put is read back, whole and in ranges, and the SDK verifies its checksum', async () => {
  await put('year=2026/ä b+c.txt', 'hello Athena');
  expect(await get('year=2026/ä b+c.txt', { ChecksumMode: 'ENABLED' })).toBe('hello Athena');
  expect(await get('year=2026/ä b+c.txt', { Range: 'bytes=6-8' })).toBe('Ath');
  expect(await get('year=2026/ä b+c.txt', { Range: 'bytes=-3' })).toBe('ena');
  const head = await started.s3.send(new HeadObjectCommand({ Bucket, Key: 'year=2026/ä b+c.txt' }));
  expect(head.ContentLength).toBe(12);
  expect(head.ETag).toBe(`"${createHash('md5').update('hello Athena').digest('hex')}"`);
});

test('a streamed body arrives without its chunk framing', async () => {
  const parts = Array.from({ length: 40 }, (_, i) => Buffer.from(`part ${i}\n`.repeat(500)));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  await put('stream', Readable.from(parts), { ContentLength: length });
  expect(await get('stream')).toBe(Buffer.concat(parts).toString());
});

test('a body that does not match its checksum is refused', async () => {
  await expect(put('wrong', 'body', { ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject({
    name: 'XAmzContentChecksumMismatch',
  });
});

test('conditional writes hold: create once, replace only what was seen', async () => {
  const first = await put('manifest', 'one', { IfNoneMatch: '*' });
  await expect(put('manifest', 'two', { IfNoneMatch: '*' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
    $metadata: { httpStatusCode: 412 },
  });
  await put('manifest', 'three', { IfMatch: first.ETag });
  await expect(put('manifest', 'four', { IfMatch: first.ETag })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 412 },
  });
  await expect(put('absent', 'five', { IfMatch: first.ETag })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 404 },
  });
  expect(await get('manifest')).toBe('three');
});

test('of writers at once exactly one creates the key', async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, (_, i) => put('race', `writer ${i}`, { IfNoneMatch: '*' })),
  );
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
});

test('lists are paged in the order of the bytes, with prefixes, folders and start-after', async () => {
  const keys = ['list/a/1', 'list/a/2', 'list/b/1', 'list/z', 'list/é', 'list/😀', 'list/\uffee'];
  for (const key of keys) await put(key, key);
  const listed: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await started.s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'list/', MaxKeys: 2, ContinuationToken }),
    );
    listed.push(...(page.Contents ?? []).map((object) => object.Key ?? ''));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  expect(listed).toEqual(keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  const folders = await started.s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', Delimiter: '/' }));
  expect(folders.CommonPrefixes?.map((folder) => folder.Prefix)).toEqual(['list/a/', 'list/b/']);
  expect(folders.Contents).toHaveLength(4);
  const after = await started.s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', StartAfter: 'list/b/1' }));
  expect(after.Contents?.[0]?.Key).toBe('list/z');
  const paged = await started.s3.send(
    new ListObjectsV2Command({ Bucket, Prefix: 'list/', Delimiter: '/', MaxKeys: 1 }),
  );
  const next = await started.s3.send(
    new ListObjectsV2Command({
      Bucket,
      Prefix: 'list/',
      Delimiter: '/',
      MaxKeys: 1,
      ContinuationToken: paged.NextContinuationToken,
    }),
  );
  expect([paged, next].flatMap((page) => page.CommonPrefixes?.map((folder) => folder.Prefix))).toEqual([
    'list/a/',
    'list/b/',
  ]);
});

test.each([
  ['http://127.0.0.1:4566/bucket/a/b%20c', 'bucket', 'a/b c'],
  ['http://bucket.localhost:4566/a/b', 'bucket', 'a/b'],
  ['http://localhost:4566/bucket/', 'bucket', ''],
  ['http://my.bucket.s3.eu-west-1.amazonaws.com/key', 'my.bucket', 'key'],
  ['http://s3.us-east-1.amazonaws.com/bucket/key', 'bucket', 'key'],
])('%s names bucket and key', (url, bucket, key) => {
  expect(s3TargetOf(new URL(url))).toEqual({ bucket, key });
});

test('keys are compared by their UTF-8 bytes', () => {
  const keys = ['a', 'aa', 'B', 'é', '\uffee', '😀', '😁', ''];
  expect(keys.toSorted(compareKeys)).toEqual(keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
});

test('deleting removes one key or many, and absent ones are no error', async () => {
  for (const key of ['gone/1', 'gone/2 & <3>', 'gone/3']) await put(key, 'x');
  await started.s3.send(new DeleteObjectCommand({ Bucket, Key: 'gone/1' }));
  await started.s3.send(new DeleteObjectCommand({ Bucket, Key: 'gone/1' }));
  const Objects = [{ Key: 'gone/2 & <3>' }, { Key: 'never/there' }];
  const answer = await started.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  expect(answer.Deleted).toHaveLength(2);
  const rest = await started.s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'gone/' }));
  expect(rest.Contents?.map((object) => object.Key)).toEqual(['gone/3']);
});

test('an upload in parts appears at once when it is completed, under its condition, and not when it is aborted', async () => {
  const Key = 'parts';
  const upload = async () => {
    const { UploadId } = await started.s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const parts = [];
    for (const [index, Body] of ['first ', 'second'].entries()) {
      const PartNumber = index + 1;
      const { ETag } = await started.s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
      parts.push({ ETag, PartNumber });
    }
    return { UploadId, MultipartUpload: { Parts: parts } };
  };
  const first = await upload();
  await expect(get(Key)).rejects.toMatchObject({ name: 'NoSuchKey' });
  const done = await started.s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, ...first, IfNoneMatch: '*' }));
  expect(done.ETag).toMatch(/-2"$/);
  expect(await get(Key)).toBe('first second');
  const second = await upload();
  await expect(
    started.s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, ...second, IfNoneMatch: '*' })),
  ).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await started.s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: second.UploadId }));
  await expect(started.s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, ...second }))).rejects.toMatchObject({
    name: 'NoSuchUpload',
  });
});

test('buckets are created, found, and missed', async () => {
  await started.s3.send(new CreateBucketCommand({ Bucket: 'acorn-new' }));
  await started.s3.send(new HeadBucketCommand({ Bucket: 'acorn-new' }));
  await expect(started.s3.send(new HeadBucketCommand({ Bucket: 'acorn-none' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 404 },
  });
  await expect(started.s3.send(new ListObjectsV2Command({ Bucket: 'acorn-none' }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
});
