import { type Cache, openCache } from '../../analytics/cache/cache.js';
import { cacheFolder } from '../../analytics/cache/cache-files.js';
import { syncCache } from '../../analytics/cache/sync-cache.js';
import { type LeftOut, leftOutOf } from '../../analytics/held/held-days.js';
import { UsageError } from '../../compose/usage-error.js';
import type { Io } from '../terminal/io.js';
import { noReports, openTree } from './open-tree.js';

export interface ReportsArguments {
  readonly output: string;
  readonly profile?: string;
  /** Answers from the cache as it is, without looking for new reports. */
  readonly offline?: boolean;
}

/** How long another process may build the cache before a command gives up on it. */
const PATIENCE_MS = 300_000;
const POLL_MS = 250;

/**
 * Opens the reports to ask about: brings the cache up to date, then opens it. While another process does so, what there is
 * is used; when there is nothing yet, or a dashboard has left days out, it is waited for.
 * @throws UsageError when there are no reports, or (`offline`) not all of them are in the cache
 */
export async function openReports(options: ReportsArguments, io: Io): Promise<Cache> {
  const store = await openTree(options, io);
  const folder = await cacheFolder(store.location, io.env);
  let hasProgress = false;
  const until = io.clock.now() + PATIENCE_MS;
  while (!options.offline) {
    const { outcome } = await syncCache({
      store,
      folder,
      signal: io.signal,
      onWarning: (message) => io.stderr(`aqt: ${message}\n`),
      onProgress: ({ done, total }) => {
        if (!io.isStderrTty) return;
        hasProgress = true;
        io.status(`reading reports into the cache: ${done} of ${total} hours`);
      },
    });
    // A dashboard with a bound on the cache may leave days out again before it is opened.
    const cache = await openCache(folder, { memoryLimit: '4GB' });
    const isWhole = cache !== null && (await leftIn(cache)) === null;
    if (outcome !== 'busy' || !isWhole) cache?.close();
    if (outcome === 'busy' && isWhole) return cache;
    if (outcome !== 'busy' && (isWhole || cache === null)) break;
    if (io.clock.now() >= until) throw new Error(`another process has been building the cache ${folder} for too long`);
    await io.clock.sleep(POLL_MS, io.signal);
  }
  if (hasProgress) io.status('');
  const cache = await openCache(folder, { memoryLimit: '4GB' });
  if (!cache) throw new UsageError(noReports(options.output));
  const left = await leftIn(cache);
  if (left !== null) {
    cache.close();
    throw new UsageError(
      left.isReading
        ? `the cache holds rows from ${left.heldFrom} on, for it was not read to the end: ask without --offline`
        : `the cache holds rows from ${left.heldFrom} on, no more, because of aqt serve --cache-limit: ask ${options.offline ? 'without --offline' : 'again'}`,
    );
  }
  const [counted] = await cache.rows('SELECT count(*) AS hours FROM hour_log');
  if (Number(counted?.hours) === 0) {
    cache.close();
    throw new UsageError(noReports(options.output));
  }
  return cache;
}

function leftIn(cache: Cache): Promise<LeftOut | null> {
  return leftOutOf((sql) => cache.rows(sql));
}
