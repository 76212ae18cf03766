import { describe, expect, it } from 'vitest';
import type { ScanPart } from '../../ports/start-source.js';
import { divide, stretchOf, weightOf } from './divide-trail.js';
import type { TrailBucket } from './list-trail.js';

async function* listed(sizes: readonly number[]) {
  for (const [index, size] of sizes.entries()) yield { key: `k${String(index).padStart(3, '0')}`, size };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('dividing a trail', () => {
  it('makes parts by count and by bytes that follow each other without a gap, the last without an end', async () => {
    expect(await all(divide(listed([1, 1, 1, 10, 4, 4, 1]), { files: 3, bytes: 8 }))).toEqual([
      { after: null, to: 'k002', files: 3, bytes: 3 },
      // Larger than a part may be, and one file all the same.
      { after: 'k002', to: 'k003', files: 1, bytes: 10 },
      { after: 'k003', to: 'k005', files: 2, bytes: 8 },
      { after: 'k005', to: null, files: 1, bytes: 1 },
    ]);
    expect(await all(divide(listed([]), { files: 3, bytes: 8 }))).toEqual([
      { after: null, to: null, files: 0, bytes: 0 },
    ]);
  });

  it('counts a file as work beside its bytes', () => {
    expect(weightOf({ files: 2, bytes: 10 })).toBe(10 + 2 * 4096);
  });
});

describe('a part of a bucket', () => {
  // As S3 sorts them, by bytes: U+FFFD stands before what JavaScript's own order puts before it.
  const keys = ['a', 'b/1', 'b/2', 'b/\ufffd', 'b/\u{1f600}', 'c'];
  const bucket: TrailBucket = {
    location: 's3://logs',
    async *list(prefix, after) {
      const from = after === null ? 0 : keys.indexOf(after) + 1;
      for (const key of keys.slice(from)) if (key.startsWith(prefix)) yield { key, size: 1 };
    },
    async *get() {},
  };
  const read = async (part: Pick<ScanPart, 'after' | 'to'>) => {
    const stretch = stretchOf(bucket, { files: 1, bytes: 1, ...part });
    return (await all(stretch.list('', part.after))).map(({ key }) => key);
  };

  it('lists up to its last key, also where that is gone', async () => {
    expect(await read({ after: null, to: 'b/1' })).toEqual(['a', 'b/1']);
    expect(await read({ after: 'b/1', to: 'b/3' })).toEqual(['b/2']);
    expect(await read({ after: 'b/2', to: 'b/\ufffd' })).toEqual(['b/\ufffd']);
    expect(await read({ after: 'b/\ufffd', to: null })).toEqual(['b/\u{1f600}', 'c']);
  });
});
