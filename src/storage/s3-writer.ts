import { randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Clock } from '../ports/clock.js';
import { type Content, type WriteCondition, WriteConflict } from '../ports/report-store.js';

export interface S3WriterOptions {
  readonly client: S3Client;
  readonly clock: Clock;
  /** Names a write, so that one whose answer was lost is known again; a random UUID by default. */
  readonly newId?: () => string;
}

/** One write: the store's key for messages, its place in the bucket, what and when. */
export interface S3Write {
  readonly key: string;
  readonly place: { readonly Bucket: string; readonly Key: string };
  readonly content: Content;
  readonly condition: WriteCondition;
}

/**
 * Writes objects under a condition: one PUT up to 8 MB, else parts of 8 MB, one at a time. 412, and 404 for a key that
 * should hold a tag, are conflicts; 409 means that another write was under way, and is tried again (aws-facts 8).
 * Returns the ETag.
 */
export async function writeToS3(write: S3Write, options: S3WriterOptions): Promise<string> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attemptWrite(write, options);
    } catch (error) {
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status === 412 || (status === 404 && isMissingTag(error, write.condition)))
        throw new WriteConflict(write.key);
      if (status !== 409) throw error;
      if (attempts >= MAX_ATTEMPTS) throw new WriteConflict(write.key);
      await options.clock.sleep(PAUSE_MS * 2 ** attempts);
    }
  }
}

async function attemptWrite(write: S3Write, { client, newId = randomUUID }: S3WriterOptions): Promise<string> {
  const attempt: Attempt = { ...write, client, writeId: newId() };
  const parts = partsOf(write.content);
  try {
    const first = await parts.next();
    const second = await parts.next();
    if (first.done || second.done) return await putWhole(attempt, first.value ?? new Uint8Array());
    return await putParts(attempt, concatenate([first.value, second.value], parts));
  } finally {
    await parts.return(undefined);
  }
}

interface Attempt extends S3Write {
  readonly client: S3Client;
  readonly writeId: string;
}

async function putWhole(attempt: Attempt, bytes: Uint8Array): Promise<string> {
  const { client, place, condition, writeId } = attempt;
  const metadata = { [WRITE_ID]: writeId };
  return settle(
    attempt,
    client.send(new PutObjectCommand({ ...place, ...conditionsOf(condition), Body: bytes, Metadata: metadata })),
  );
}

async function putParts(attempt: Attempt, parts: AsyncIterable<Uint8Array>): Promise<string> {
  const { client, place, condition, writeId } = attempt;
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...place, Metadata: { [WRITE_ID]: writeId } }),
  );
  const upload = { ...place, UploadId };
  try {
    const done: CompletedPart[] = [];
    for await (const part of parts) {
      const PartNumber = done.length + 1;
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body: part }));
      done.push({ ETag, PartNumber });
    }
    const input = { ...upload, ...conditionsOf(condition), MultipartUpload: { Parts: done } };
    return await settle(attempt, client.send(new CompleteMultipartUploadCommand(input)));
  } catch (error) {
    // the first failure is what the caller must hear; parts that stay behind are the bucket's lifecycle rule's
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

/**
 * Waits for the request that makes the object. One that the client has tried twice may have met its own first try, whose
 * answer was lost: then the object carries this write's id, and the write is done.
 */
async function settle(
  { client, place, writeId }: Attempt,
  request: Promise<{ ETag?: string | undefined }>,
): Promise<string> {
  const answer = await request.catch(async (error: unknown) => {
    if (!(error instanceof S3ServiceException) || (error.$metadata.attempts ?? 1) < 2) throw error;
    const found = await client.send(new HeadObjectCommand(place)).catch(() => undefined);
    if (found?.Metadata?.[WRITE_ID] !== writeId) throw error;
    return found;
  });
  if (answer.ETag === undefined) throw new Error(`S3 gave no ETag for ${place.Key}`);
  return answer.ETag;
}

/** User metadata (`x-amz-meta-aqt-write-id`): which write made this object. */
const WRITE_ID = 'aqt-write-id';
const PART_BYTES = 8 * 1024 * 1024;
const MAX_ATTEMPTS = 5;
const PAUSE_MS = 50;

function conditionsOf(condition: WriteCondition): { IfNoneMatch?: string; IfMatch?: string } {
  if (condition === 'any') return {};
  return 'absent' in condition ? { IfNoneMatch: '*' } : { IfMatch: condition.tag };
}

/** With `If-Match` a key that does not exist is answered by 404, as is a bucket that does not. */
function isMissingTag(error: unknown, condition: WriteCondition): boolean {
  return condition !== 'any' && 'tag' in condition && (error as Error).name !== 'NoSuchBucket';
}

/** Cuts content into parts of 8 MB, the last one shorter. */
async function* partsOf(content: Content): AsyncGenerator<Uint8Array, undefined> {
  if (typeof content !== 'function') {
    for (let at = 0; at === 0 || at < content.length; at += PART_BYTES) yield content.subarray(at, at + PART_BYTES);
    return;
  }
  let pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of content()) {
    pieces.push(piece);
    length += piece.length;
    if (length < PART_BYTES) continue;
    let joined = Buffer.concat(pieces);
    for (; joined.length >= PART_BYTES; joined = joined.subarray(PART_BYTES)) yield joined.subarray(0, PART_BYTES);
    pieces = [joined];
    length = joined.length;
  }
  if (length > 0) yield Buffer.concat(pieces);
}

async function* concatenate<T>(first: readonly T[], rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield* first;
  yield* rest;
}
