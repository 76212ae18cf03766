import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { Clock } from '../ports/clock.js';
import { createLocalStore } from './local-store.js';
import { ownProcess } from './process-id.js';
import { checkReportStore } from './report-store.contract.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'local-store-'));
  folders.push(folder);
  return folder;
}

const clock: Clock = { now: () => Date.now(), sleep: (ms) => sleep(ms) };

/** Time that passes only by sleeping. */
function fakeClock(): Clock {
  let now = Date.now();
  return {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  };
}

const lockedName = async (folder: string) => (await readdir(join(folder, '_work', 'locks')))[0] ?? '';

checkReportStore('a local folder', async () => {
  const folder = await emptyFolder();
  const reopen = () => createLocalStore(folder, { clock });
  return { open: reopen(), reopen };
});

test('nothing but the object lies beside it, and no temporary file or lock remains', async () => {
  const folder = await emptyFolder();
  const store = createLocalStore(folder, { clock });
  for (const text of ['x', 'y']) {
    await store.write('year=2025/r.csv', Buffer.from(text), 'any');
    expect(await readdir(join(folder, 'year=2025'))).toEqual(['r.csv']);
    expect(await readdir(join(folder, '_work', 'tmp'))).toEqual([]);
  }
  expect(await readdir(join(folder, '_work', 'locks'))).toEqual([]);
});

test('temporary files of dead processes and old ones of other hosts are removed, others stay and are not listed', async () => {
  const folder = await emptyFolder();
  const temporary = join(folder, '_work', 'tmp');
  await mkdir(temporary, { recursive: true });
  const host = ownProcess().split('-')[0];
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  for (const name of [`${host}-${dead.pid}-a`, `${ownProcess()}-b`, 'ffffffff-1-old', 'ffffffff-1-new']) {
    await writeFile(join(temporary, name), 'x');
  }
  await utimes(join(temporary, 'ffffffff-1-old'), 0, 0);
  const store = createLocalStore(folder, { clock });
  await store.write('k', Buffer.from('x'), 'any');
  expect((await readdir(temporary)).sort()).toEqual(['ffffffff-1-new', `${ownProcess()}-b`].sort());
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  expect(keys).toEqual(['k']);
});

/** Writes the key `k`, and leaves a lock on it as a killed process would. */
async function leaveLock(folder: string, lock: string): Promise<void> {
  await createLocalStore(folder, { clock }).write('k', Buffer.from('old'), 'any');
  const locks = join(folder, '_work', 'locks');
  await mkdir(locks, { recursive: true });
  await writeFile(join(locks, `${createHash('sha256').update('k').digest('hex').slice(0, 32)}.lock`), lock);
}

test('the lock of a dead process is broken', async () => {
  const folder = await emptyFolder();
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  const process_ = `${ownProcess().split('-')[0]}-${dead.pid}`;
  await leaveLock(folder, JSON.stringify({ id: 'x', process: process_, at: clock.now() }));
  await createLocalStore(folder, { clock }).write('k', Buffer.from('new'), 'any');
  expect(await readdir(join(folder, '_work', 'locks'))).toEqual([]);
});

test.each([
  ['of another host', JSON.stringify({ id: 'x', process: 'ffffffff-1', at: 0 })],
  ['that has no name yet', ''],
])('a lock %s is broken when it is a minute old, and reported when it is young', async (_, lock) => {
  const folder = await emptyFolder();
  const young = fakeClock();
  await leaveLock(folder, lock.replace('"at":0', `"at":${young.now()}`));
  const write = () => createLocalStore(folder, { clock: young }).write('k', Buffer.from('new'), 'any');
  await expect(write()).rejects.toThrow(/\.lock is locked by process .* remove the file when there is none/);
  expect(await lockedName(folder)).toMatch(/\.lock$/);
  await young.sleep(61_000);
  await write();
  expect(await readdir(join(folder, '_work', 'locks'))).toEqual([]);
});

test.each(['any', { absent: true }] as const)('what is absent is written without a lock (%j)', async (condition) => {
  const folder = await emptyFolder();
  await leaveLock(folder, JSON.stringify({ id: 'x', process: ownProcess(), at: clock.now() }));
  await rm(join(folder, 'k'));
  const store = createLocalStore(folder, { clock });
  await store.write('k', Buffer.from('new'), condition);
  expect(Buffer.from((await store.read('k'))?.bytes ?? []).toString()).toBe('new');
});

test('two processes that add to a counter by tag lose no addition', async () => {
  const folder = await emptyFolder();
  const script = fileURLToPath(new URL('./local-store.fixture.ts', import.meta.url));
  const racers = [1, 2].map(() => {
    const child = spawn(process.execPath, ['--import', 'tsx', script, 'count', folder, '40'], { stdio: 'pipe' });
    child.stderr.pipe(process.stderr);
    return child;
  });
  // The children start at different speeds: both are let go when both are ready.
  await Promise.all(racers.map((child) => once(child.stdout, 'data')));
  for (const child of racers) child.stdin.end('go');
  const codes = await Promise.all(racers.map(async (child) => (await once(child, 'exit'))[0] as number));
  expect(codes).toEqual([0, 0]);
  const end = await createLocalStore(folder, { clock }).read('counter');
  expect(Buffer.from(end?.bytes ?? []).toString()).toBe('80');
});

test.skipIf(process.platform === 'win32')('what it writes is for the user alone', async () => {
  const folder = await emptyFolder();
  const store = createLocalStore(join(folder, 'tree'), { clock });
  for (const text of ['x', 'y']) await store.write('year=2025/r.csv', Buffer.from(text), 'any');
  const modeOf = async (path: string) => ((await stat(join(folder, 'tree', path))).mode & 0o777).toString(8);
  expect(await modeOf('year=2025/r.csv')).toBe('600');
  for (const made of ['', 'year=2025', '_work', '_work/locks', '_work/tmp']) expect(await modeOf(made)).toBe('700');
});
