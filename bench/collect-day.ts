// How much memory does a day of many starts take? Run: npx tsx bench/collect-day.ts [starts = 1000000]
// Writes a simulated day as CloudTrail log files and an export of its executions, collects it in a process of its own, and prints
// that process's peak memory and its CPU time for each thousand rows. Needs `npm run build` first.
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildWorld } from '../src/simulator/company/workload.js';
import { exportedExecutions } from '../src/simulator/history/exported-executions.js';
import { trailFiles } from '../src/simulator/services/trail-files.js';
import { peakOf } from './kit/measure.js';

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
    const { peakMb, cpu, stdout } = peakOf(args);
    const { rows } = JSON.parse(stdout) as { rows: number };
    console.log(
      `${withExecutions ? 'with an export of executions' : 'starts alone'}: ${rows} rows, peak ${peakMb.toFixed(0)} MB, ${((cpu * 1e6) / rows / 1000).toFixed(2)} CPU ms a row`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
