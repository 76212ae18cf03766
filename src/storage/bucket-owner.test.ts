import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bucketExists } from '../operate/deploy/artifact-bucket.js';
import { encryptWrites, expectBucketOwner } from './bucket-owner.js';

/** A bucket of account 999999999999 whose policy lets everybody in, as a squatter would have it. */
function squatted(asked: string[]): Server {
  return createServer((request, response) => {
    const owner = request.headers['x-amz-expected-bucket-owner'];
    asked.push(`${request.method} ${owner ?? '-'}`);
    const key = request.headers['x-amz-server-side-encryption-aws-kms-key-id'];
    if (key !== undefined) asked.push(`key ${key}`);
    request.resume();
    response.writeHead(owner === undefined || owner === '999999999999' ? 200 : 403);
    response.end();
  });
}

describe('a client that expects the owner of its buckets', () => {
  const asked: string[] = [];
  let server: Server;
  let client: S3Client;
  beforeEach(async () => {
    asked.length = 0;
    server = squatted(asked);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = expectBucketOwner(
      new S3Client({
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        region: 'us-east-1',
        forcePathStyle: true,
        maxAttempts: 1,
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      }),
      '111122223333',
    );
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('is refused by a bucket of somebody else, in every operation', async () => {
    const place = { Bucket: 'aqt-artifacts-111122223333-us-east-1', Key: 'hour.zip' };
    for (const command of [new PutObjectCommand({ ...place, Body: 'x' }), new GetObjectCommand(place)])
      await expect(client.send(command as PutObjectCommand)).rejects.toThrow();
    await expect(client.send(new ListObjectsV2Command(place))).rejects.toThrow();
    await expect(client.send(new HeadBucketCommand(place))).rejects.toThrow();
    expect(asked.map((line) => line.split(' ')[1])).toEqual(Array(4).fill('111122223333'));
  });

  it('says nothing of an owner where a bucket is made', async () => {
    await client.send(new CreateBucketCommand({ Bucket: 'new' }));
    expect(asked).toEqual(['PUT -']);
  });

  it('writes with the key that it is given, and reads without', async () => {
    const free = expectBucketOwner(encryptWrites(client, 'arn:aws:kms:us-east-1:1:key/k'), '999999999999');
    await free.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x' }));
    await free.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
    expect(asked).toEqual(['PUT 999999999999', 'key arn:aws:kms:us-east-1:1:key/k', 'GET 999999999999']);
  });

  it('stops a deployment whose artefact bucket was taken, and says what helps', async () => {
    await expect(bucketExists(client, 'aqt-artifacts-111122223333-us-east-1')).rejects.toThrow(
      /belongs to another account/,
    );
  });
});
