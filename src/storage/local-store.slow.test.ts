import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createLocalStore } from './local-store.js';

test('a process killed at any instant leaves the old bytes or the new ones, and the next one tidies up', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'local-store-kill-'));
  const clock = { now: () => Date.now(), sleep: (ms: number) => sleep(ms) };
  const script = fileURLToPath(new URL('./local-store.fixture.ts', import.meta.url));
  try {
    for (let round = 0; round < 40; round++) {
      const child = spawn(process.execPath, ['--import', 'tsx', script, 'rewrite', folder], { stdio: 'pipe' });
      await once(child.stdout, 'data');
      await sleep(3 + round * 1.7);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const found = await createLocalStore(folder, { clock }).read('k');
      if (found === null) continue;
      expect(found.bytes.length).toBe(16 * 65_536);
      expect(found.bytes.every((byte) => byte === found.bytes[0])).toBe(true);
    }
    await createLocalStore(folder, { clock }).write('k', Buffer.from('end'), 'any');
    expect(await readdir(join(folder, '_work', 'tmp'))).toEqual([]);
    expect(await readdir(join(folder, '_work', 'locks'))).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual(['_work', 'k']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
