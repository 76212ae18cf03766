import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildWorld } from '../../src/simulator/company/workload.js';
import { createRandom } from '../../src/simulator/wire/random.js';
import { ROOT } from '../source-tree.js';
import { DAY_MS, readReports, STARTS_AT, temporaryFolder, writeEvidence } from './collected-company.js';

const CLI = join(ROOT, 'dist/cli.js');
const KILLS = 8;

describe('collect, killed with SIGKILL at random moments', () => {
  const world = buildWorld({ seed: 5, days: 2, startsAt: STARTS_AT, queriesPerDay: 300 });
  const evidence = writeEvidence(world, STARTS_AT + 3 * DAY_MS);
  const command = (output: string) => [
    CLI,
    'collect',
    '--from',
    '2026-11-01',
    '--to',
    '2026-11-02',
    '--trail',
    evidence.trail,
    '--executions',
    evidence.executions,
    '--output',
    output,
    '--quiet',
  ];
  let expected: Map<string, string>;
  let durationMs: number;

  beforeAll(() => {
    execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs')], { cwd: ROOT });
    const output = temporaryFolder();
    const began = performance.now();
    execFileSync(process.execPath, command(output));
    durationMs = performance.now() - began;
    expected = readReports(output);
    expect(expected.size).toBe(48);
  });

  it.each(Array.from({ length: KILLS }, (_, kill) => kill))(
    'gives the same bytes as an undisturbed run (kill %i)',
    async (kill) => {
      const output = temporaryFolder();
      const random = createRandom(kill, 'kill');
      for (let round = 0; round < 2; round++) {
        const child = spawn(process.execPath, command(output), { stdio: 'ignore' });
        const exited = new Promise((resolve) => child.once('exit', resolve));
        await Promise.race([exited, delay(random.next() * durationMs)]);
        child.kill('SIGKILL');
        await exited;
      }
      execFileSync(process.execPath, command(output));
      expect(readReports(output)).toEqual(expected);
      execFileSync(process.execPath, [CLI, 'verify', output, '--from', '2026-11-01', '--to', '2026-11-02']);
    },
  );

  it('finds a report in which one byte was changed', () => {
    const output = temporaryFolder();
    execFileSync(process.execPath, command(output));
    const [path, text] = [...readReports(output)][9] ?? ['', ''];
    writeFileSync(join(output, path), text.slice(0, -3) + (text.at(-3) === 'x' ? 'y' : 'x') + text.slice(-2), 'latin1');
    expect(() => execFileSync(process.execPath, [CLI, 'verify', output], { stdio: 'ignore' })).toThrow(
      expect.objectContaining({ status: 3 }),
    );
  });
});
