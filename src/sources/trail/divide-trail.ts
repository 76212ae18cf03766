import type { ScanPart } from '../../ports/start-source.js';
import type { TrailBucket } from './list-trail.js';

/** What opening a file costs, in bytes that could be read meanwhile. */
const BYTES_PER_FILE = 4096;

/** How much work files are, in bytes. */
export function weightOf({ files, bytes }: { readonly files: number; readonly bytes: number }): number {
  return bytes + files * BYTES_PER_FILE;
}

/**
 * Divides a listing, ascending by key, into parts of at most so many files and so many bytes, but at least one file. Only where they
 * begin and end is kept. The last part has no end; an empty listing is one part.
 */
export async function* divide(
  files: AsyncIterable<{ readonly key: string; readonly size: number }>,
  limits: { readonly files: number; readonly bytes: number },
): AsyncGenerator<ScanPart> {
  let part = { after: null as string | null, files: 0, bytes: 0 };
  let last: string | null = null;
  for await (const { key, size } of files) {
    if (part.files > 0 && (part.files >= limits.files || part.bytes + size > limits.bytes)) {
      yield { ...part, to: last };
      part = { after: last, files: 0, bytes: 0 };
    }
    part.files += 1;
    part.bytes += size;
    last = key;
  }
  yield { ...part, to: null };
}

/** A bucket whose lists end with the end of a part. */
export function stretchOf(bucket: TrailBucket, { to }: ScanPart): TrailBucket {
  if (to === null) return bucket;
  const end = Buffer.from(to);
  return {
    ...bucket,
    async *list(prefix, after, signal) {
      for await (const file of bucket.list(prefix, after, signal)) {
        // S3 sorts keys by their bytes in UTF-8.
        if (Buffer.compare(Buffer.from(file.key), end) > 0) return;
        yield file;
      }
    },
  };
}
