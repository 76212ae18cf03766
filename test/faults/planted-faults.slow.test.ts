import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../source-tree.js';
import { PLANTED_FAULTS } from './planted-faults.js';

const GOLDEN = ['test/dashboard/golden.test.ts'];

/** Whether the suites pass with a fault of the list in the product; without one when the place is null. */
function passes(place: number | null, tests: readonly string[]): Promise<boolean> {
  const config = join(ROOT, 'test', 'faults', 'faults.config.ts');
  const env = { ...process.env, ...(place === null ? {} : { AQT_FAULT: String(place) }) };
  const run = ['node_modules/vitest/vitest.mjs', 'run', '--config', config, ...tests];
  return new Promise((resolve) => {
    execFile(process.execPath, run, { cwd: ROOT, env, maxBuffer: 2 ** 26 }, (error) => resolve(error === null));
  });
}

describe('a small fault in what users read', () => {
  it('is all that makes the suites fail', async () => {
    const tests = [...new Set(PLANTED_FAULTS.flatMap(({ tests = GOLDEN }) => tests))];
    expect(await passes(null, tests)).toBe(true);
  });

  it('is found by the fast suites, each of them', async () => {
    const left = [...PLANTED_FAULTS.entries()];
    const missed: string[] = [];
    const work = async (): Promise<void> => {
      for (let next = left.shift(); next; next = left.shift()) {
        const [place, { name, tests = GOLDEN }] = next;
        if (await passes(place, tests)) missed.push(name);
      }
    };
    await Promise.all([work(), work()]);
    expect(missed).toEqual([]);
  }, 900_000);
});
