// How much memory does a day of many starts take? Run: npx tsx bench/collect-day.ts [starts = 1000000]
// Writes a simulated day as CloudTrail log files and an export of its executions, collects it in a process of its own, and prints
// that process's peak memory and its CPU time for each thousand rows. Needs `npm run build` first.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildWorld } from '../src/simulator/company/workload.js';
import { exportedExecutions } from '../src/simulator/history/exported-executions.js';
import { trailFiles } from '../src/simulator/services/trail-files.js';

const starts = Number(process.argv[2] ?? 1_000_000);
const MONDAY = Date.UTC(2026, 10, 2, 5);
const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'aqt-bench-'));
try {
  const world = buildWorld({ seed: 1, startsAt: MONDAY, days: 1, queriesPerDay: starts, noisePerDay: 2000 });
  let files = 0;
  let bytes = 0;
  for (const file of trailFiles(world, { layout: 'account', until: MONDAY + 3 * DAY_MS })) {
    const path = join(folder, 'trail', file.key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.bytes);
    files++;
    bytes += file.bytes.length;
  }
  const executions = createWriteStream(join(folder, 'executions.jsonl'));
  for (const batch of exportedExecutions(world, { asOf: MONDAY + 2 * DAY_MS })) {
    if (!executions.write(`${JSON.stringify(batch)}\n`)) await once(executions, 'drain');
  }
  executions.end();
  await once(executions, 'finish');
  console.log(`corpus: ${files} files, ${(bytes / 1e6).toFixed(0)} MB compressed`);
  for (const withExecutions of [false, true]) {
    const measured = `
      process.argv.splice(1, 0, 'aqt');
      await import(${JSON.stringify(new URL('../dist/cli.js', import.meta.url).href)});
      const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
      process.stderr.write(JSON.stringify({ maxRSS, cpu: (userCPUTime + systemCPUTime) / 1e6 }) + '\\n');
    `;
    const args = [
      'collect',
      '--from',
      '2026-11-02',
      '--trail',
      join(folder, 'trail'),
      '--output',
      join(folder, `out-${withExecutions}`),
      '--json',
    ];
    if (withExecutions) args.push('--executions', join(folder, 'executions.jsonl'));
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', measured, '--', ...args], {
      encoding: 'utf8',
      env: { ...process.env, AWS_ACCESS_KEY_ID: '', AWS_PROFILE: '' },
    });
    const usage = /\{"maxRSS".*\}/.exec(child.stderr)?.[0];
    if (child.status !== 0 || !usage) throw new Error(`collect failed: ${child.stderr.slice(-2000)}`);
    const { maxRSS, cpu } = JSON.parse(usage) as { maxRSS: number; cpu: number };
    const { rows } = JSON.parse(child.stdout) as { rows: number };
    console.log(
      `${withExecutions ? 'with an export of executions' : 'starts alone'}: ${rows} rows, peak ${(maxRSS / 1024).toFixed(0)} MiB, ${((cpu * 1e6) / rows / 1000).toFixed(2)} CPU ms a row`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
