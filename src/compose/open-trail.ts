import type { Clock } from '../ports/clock.js';
import type { StartSource } from '../ports/start-source.js';
import type { TrailBucket } from '../sources/trail/list-trail.js';
import { createTrailFiles } from '../sources/trail/trail-files.js';
import type { OpenTrailHands } from '../sources/trail/trail-hands.js';
import { parseS3Location } from '../storage/s3-location.js';
import type { AwsOptions } from './aws-config.js';
import { loadZstd } from './load-zstd.js';

/** Opens a trail's log files as a source of starts; they bring the events that issue credentials, too. With `jobs` files are read by so many threads, this one among them. */
export async function openTrail(
  trail: string,
  aws: AwsOptions,
  { jobs = 1, clock }: { readonly jobs?: number | undefined; readonly clock: Clock },
): Promise<StartSource> {
  const place = await openTrailBucket(trail, aws);
  if (jobs <= 1) return createTrailFiles({ ...place, links: true, loadZstd });
  const { openTrailHands } = await import('./trail-hands.js');
  const openHands: OpenTrailHands = (reading) => openTrailHands(reading, { threads: jobs - 1, sleep: clock.sleep });
  return createTrailFiles({ ...place, links: true, loadZstd, openHands });
}

/** Opens the place of trail files: a folder, a file, or a bucket with its prefix. */
export async function openTrailBucket(
  trail: string,
  aws: AwsOptions,
): Promise<{ readonly bucket: TrailBucket; readonly prefix?: string }> {
  if (!trail.startsWith('s3://')) return { bucket: await (await import('./folders.js')).openFolderTrail(trail) };
  const { bucket, prefix } = parseS3Location(trail);
  const [{ createS3TrailBucket }, { openS3 }] = await Promise.all([
    import('../sources/trail/s3-trail-bucket.js'),
    import('./open-s3.js'),
  ]);
  return { bucket: createS3TrailBucket({ client: await openS3(aws), bucket }), ...(prefix ? { prefix } : {}) };
}
