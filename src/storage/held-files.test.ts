import { expect, it } from 'vitest';
import { untilLetGo } from './held-files.js';

/** Fails so many times as Windows does while another program has the file open. */
function held(times: number, code = 'EPERM') {
  const slept: number[] = [];
  let tries = 0;
  const action = async () => {
    tries++;
    if (tries <= times) throw Object.assign(new Error(`${code}: operation not permitted`), { code });
    return tries;
  };
  const clock = { sleep: async (ms: number) => void slept.push(ms) };
  return { action, clock, slept };
}

it('waits on Windows until a file is let go, and gives up after two seconds', async () => {
  const { action, clock, slept } = held(3, 'EBUSY');
  expect(await untilLetGo(action, { clock, platform: 'win32' })).toBe(4);
  expect(slept).toEqual([10, 20, 30]);
  const never = held(1000);
  await expect(untilLetGo(never.action, { clock: never.clock, platform: 'win32' })).rejects.toThrow('EPERM');
  expect(never.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(3000);
});

it('waits nowhere else, and for nothing else', async () => {
  for (const [code, platform] of [
    ['EPERM', 'linux'],
    ['ENOSPC', 'win32'],
  ] as const) {
    const { action, clock, slept } = held(1, code);
    await expect(untilLetGo(action, { clock, platform })).rejects.toThrow(code);
    expect(slept).toEqual([]);
  }
});
