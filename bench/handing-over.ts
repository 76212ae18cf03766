/**
 * How fast, and in how much memory, are packs and feeds? A pack of a month with 100,000 rows; a million rows as the records of each
 * consumer. Prints seconds and the peak of resident memory of a process each.
 *
 *   npm run build && npx tsx bench/handing-over.ts [rows of the pack=100000] [rows of the feeds=1000000] [folder]
 *
 * The folder keeps the made-up reports for the next run. They have no evidence, so the sample of the pack is told as not made again.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROW_FEEDS } from '../src/handover/feeds/feeds.js';
import { writeCompany } from '../test/dashboard/fixture-company.js';

const [packRows = 100_000, feedRows = 1_000_000] = process.argv.slice(2, 4).map(Number);
const folder = process.argv[4] ?? join(tmpdir(), 'aqt-bench-handing-over');
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
if (!existsSync(cli)) throw new Error('there is no dist/cli.js: run npm run build first');
console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} at the start, Node ${process.version}`);

const month = await reports('month', { days: 30, rows: packRows });
const pack = join(folder, 'pack.zip');
measure('pack', ['evidence', month, '--from', '2026-10-23', '--to', '2026-11-21', '--file', pack]);
console.log(`pack of ${(statSync(pack).size / 1e6).toFixed(0)} MB`);
measure('verify --pack', ['verify', '--pack', pack]);
const quarter = await reports('quarter', { days: 90, rows: feedRows });
for (const feed of ROW_FEEDS) measure(feed, ['export', quarter, '--to', feed, '--file', join(folder, 'feed')]);
measure('ocsf parquet', ['export', quarter, '--to', 'ocsf', '--format', 'parquet', '--file', join(folder, 'lake')]);
measure('openmetrics', ['export', quarter, '--to', 'openmetrics', '--file', join(folder, 'feed')]);

async function reports(
  name: string,
  { days, rows }: { readonly days: number; readonly rows: number },
): Promise<string> {
  const tree = join(folder, `${name}-${rows}`);
  if (existsSync(join(tree, 'year=2026'))) return tree;
  await mkdir(tree, { recursive: true });
  // Weekends have fewer.
  const queriesPerDay = Math.round((rows / days) * 1.29);
  const written = await writeCompany(tree, {
    lastDay: '2026-11-21',
    days,
    queriesPerDay,
    timezone: 'America/New_York',
    seed: 7,
  });
  console.log(`${name}: ${written.rows} rows in ${written.hours} hours`);
  return tree;
}

function measure(name: string, args: readonly string[]): void {
  const began = performance.now();
  // Its peak is read by the process itself when it ends.
  const program = `process.argv.splice(1, 1, ${JSON.stringify(cli)}); process.on('exit', () => process.stderr.write('\\nPEAK ' + process.resourceUsage().maxRSS)); await import(${JSON.stringify(cli)})`;
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program, '--', 'x', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const peak = Number(/PEAK (\d+)/.exec(stderr)?.[1] ?? 0) / 1024;
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${name.padEnd(15)} ${seconds.toFixed(1).padStart(6)} s  ${peak.toFixed(0).padStart(5)} MB  exit ${status}`,
  );
  if (status !== 0 && status !== 3) console.log(stderr.slice(0, 500));
}
