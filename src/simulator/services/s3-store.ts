import { createHash } from 'node:crypto';
import { ServiceError } from '../wire/service.js';

export interface StoredObject {
  readonly key: string;
  readonly bytes: Buffer;
  readonly etag: string;
  /** Epoch milliseconds; an object of the future is not there yet. */
  readonly lastModified: number;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a conditional write demands: `If-None-Match: *` or `If-Match: <ETag>` (aws-facts 8). */
export interface Condition {
  readonly ifNoneMatch: string | undefined;
  readonly ifMatch: string | undefined;
}

/** Buckets in memory: strongly consistent, atomic per key, the last writer wins. */
export interface ObjectStore {
  createBucket(bucket: string): void;
  hasBucket(bucket: string): boolean;
  get(bucket: string, key: string, now: number): StoredObject | null;
  /** @throws ServiceError 412 or 404 when the condition does not hold. */
  put(bucket: string, object: Omit<StoredObject, 'etag'> & { etag?: string }, condition: Condition): StoredObject;
  remove(bucket: string, key: string): void;
  /** Objects whose key begins with the prefix and comes after `after`, in the order of the keys' bytes. */
  list(bucket: string, options: { prefix: string; after: string; now: number }): Iterable<StoredObject>;
}

export function createObjectStore(): ObjectStore {
  const buckets = new Map<string, { objects: Map<string, StoredObject>; keys: string[] }>();
  const bucketOf = (name: string) => {
    const bucket = buckets.get(name);
    if (!bucket) throw new ServiceError(404, 'NoSuchBucket', 'The specified bucket does not exist');
    return bucket;
  };
  return {
    createBucket: (name) => {
      if (!buckets.has(name)) buckets.set(name, { objects: new Map(), keys: [] });
    },
    hasBucket: (name) => buckets.has(name),
    get(name, key, now) {
      const object = bucketOf(name).objects.get(key);
      return object && object.lastModified <= now ? object : null;
    },
    put(name, draft, condition) {
      const bucket = bucketOf(name);
      const known = bucket.objects.get(draft.key);
      const current = known && known.lastModified <= draft.lastModified ? known : null;
      checkCondition(current, condition);
      const object = { ...draft, etag: draft.etag ?? `"${createHash('md5').update(draft.bytes).digest('hex')}"` };
      if (!known) {
        const position = positionOf(bucket.keys, draft.key);
        if (position === bucket.keys.length) bucket.keys.push(draft.key);
        else bucket.keys.splice(position, 0, draft.key);
      }
      bucket.objects.set(draft.key, object);
      return object;
    },
    remove(name, key) {
      const bucket = bucketOf(name);
      if (!bucket.objects.delete(key)) return;
      bucket.keys.splice(positionOf(bucket.keys, key), 1);
    },
    *list(name, { prefix, after, now }) {
      const { keys, objects } = bucketOf(name);
      const first = compareKeys(after, prefix) >= 0 && after !== '' ? after : prefix;
      for (let i = positionOf(keys, first); i < keys.length; i++) {
        const key = keys[i] ?? '';
        if (!key.startsWith(prefix)) return;
        if (after !== '' && compareKeys(key, after) <= 0) continue;
        const object = objects.get(key);
        if (object && object.lastModified <= now) yield object;
      }
    },
  };
}

/** @throws ServiceError when a conditional write must not happen. */
export function checkCondition(current: StoredObject | null, { ifNoneMatch, ifMatch }: Condition): void {
  const failed = () =>
    new ServiceError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  if (ifNoneMatch === '*' && current) throw failed();
  if (ifMatch === undefined) return;
  if (!current) throw new ServiceError(404, 'NoSuchKey', 'The specified key does not exist.');
  if (ifMatch !== current.etag && `"${ifMatch}"` !== current.etag) throw failed();
}

/** Orders keys by their UTF-8 bytes, as S3 lists them; code units would put emoji before some letters. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      // Surrogates stand for code points above every other unit.
      const isSurrogateX = x >= 0xd800 && x < 0xe000;
      const isSurrogateY = y >= 0xd800 && y < 0xe000;
      return isSurrogateX === isSurrogateY ? x - y : isSurrogateX ? 1 : -1;
    }
  }
  return a.length - b.length;
}

function positionOf(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keys[middle] ?? '', key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
