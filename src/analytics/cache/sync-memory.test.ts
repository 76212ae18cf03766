import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { companyHours, writeHour } from '../../../test/dashboard/fixture-company.js';
import { temporaryFolder } from '../../../test/dashboard/fixture-served.js';
import { createLocalStore } from '../../storage/local-store.js';
import { hourFolder } from '../../tree/layout.js';
import { cacheFolder, generations } from './cache-files.js';
import { type SyncMemory, syncCache } from './sync-cache.js';

const clock = { now: () => Date.now(), sleep: (ms: number) => delay(ms) };
const [first, second] = companyHours({ lastDay: '2026-11-20', days: 1, queriesPerDay: 48, timezone: 'UTC', seed: 3 });
let root: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  root = await temporaryFolder();
});
afterEach(() => root.remove());

it('opens no database where the last look of the same watcher found what is there, and sees every change all the same', async () => {
  if (!first || !second) throw new Error('the fixture has no hours');
  const reports = join(root.path, 'reports');
  await writeHour(reports, first, { timezone: 'UTC' });
  const store = createLocalStore(reports, { clock });
  const folder = await cacheFolder(reports, { AQT_CACHE_DIR: join(root.path, 'cache') });
  const memory: SyncMemory = { last: null };
  const look = () => syncCache({ store, folder, memory });
  const lock = join(folder, 'writer.lock');
  const isLockTaken = () =>
    access(lock).then(
      () => true,
      () => false,
    );

  expect(await look()).toMatchObject({ outcome: 'synced', read: 1 });
  expect(await look()).toMatchObject({ outcome: 'unchanged' });
  await rm(lock);
  expect(await look()).toMatchObject({ outcome: 'unchanged' });
  expect(await isLockTaken()).toBe(false);

  await writeHour(reports, second, { timezone: 'UTC' });
  expect(await look()).toMatchObject({ outcome: 'synced', read: 1 });
  expect(await isLockTaken()).toBe(true);

  // Another program published: what is remembered is of an older generation.
  await rm(join(reports, hourFolder(second.label)), { recursive: true });
  expect(await syncCache({ store, folder })).toMatchObject({ outcome: 'synced', removed: 1 });
  expect(await look()).toMatchObject({ outcome: 'unchanged', generation: 3 });

  // The generation itself is gone, or broken.
  const [newest] = await generations(folder);
  await rm(newest?.path ?? '');
  expect(await look()).toMatchObject({ outcome: 'synced', read: 1 });
  const [built] = await generations(folder);
  await look();
  await writeFile(built?.path ?? '', 'no database');
  expect(await syncCache({ store, folder })).toMatchObject({ outcome: 'synced', read: 1 });
});
