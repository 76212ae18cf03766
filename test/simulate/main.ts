import { parseArgs } from 'node:util';
import { type SeedResult, simulateSeed } from './simulate-seed.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    /** Ends after so long, whatever --seeds says. */
    minutes: { type: 'string', default: 'Infinity' },
    'keep-going': { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

const first = Number(values.seed);
const wanted = Number(values.seeds);
const began = performance.now();
const faults: Record<string, number> = {};
const endings: Record<string, number> = {};
const sum = { seeds: 0, rows: 0, lost: 0, doubled: 0, wronglyAttributed: 0 };
const failed: number[] = [];

for (let seed = first; seed < first + wanted; seed++) {
  if (performance.now() - began > Number(values.minutes) * 60_000) break;
  const result = await tell(seed);
  if (sum.seeds % 50 === 0) process.stderr.write(`${sum.seeds} seeds, ${failed.length} failed\n`);
  if (result.faults.length === 0) continue;
  failed.push(seed);
  process.stderr.write(
    `seed ${seed} failed:\n${result.faults
      .slice(0, 12)
      .map((fault) => `  ${fault}\n`)
      .join('')}replay: npm run simulate -- --seed ${seed} --seeds 1 --verbose\n`,
  );
  if (!values['keep-going']) break;
}
const seconds = (performance.now() - began) / 1000;
const list = (counts: Record<string, number>) =>
  Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `  ${name.padEnd(22)}${String(count).padStart(9)}\n`)
    .join('');
process.stdout.write(
  `seeds ${first} to ${first + sum.seeds - 1}: ${sum.seeds} in ${seconds.toFixed(0)} s (${(sum.seeds / seconds).toFixed(2)} a second)\n` +
    `faults injected:\n${list(faults)}processes that ended early:\n${list(endings)}` +
    `rows ${sum.rows}, lost ${sum.lost}, doubled ${sum.doubled}, wrongly attributed ${sum.wronglyAttributed}, failed seeds ${failed.length}${failed.length > 0 ? `: ${failed.slice(0, 30).join(' ')}` : ''}\n`,
);
process.exitCode = failed.length > 0 ? 1 : 0;

async function tell(seed: number): Promise<SeedResult> {
  let result: SeedResult;
  try {
    result = await simulateSeed(seed, (text) => {
      if (values.verbose) process.stderr.write(`  ${text}\n`);
    });
  } catch (error) {
    const story = error instanceof Error ? (error.stack ?? error.message) : String(error);
    result = { seed, rows: 0, lost: 0, doubled: 0, wronglyAttributed: 0, faults: [story], injected: {}, endings: {} };
  }
  sum.seeds++;
  for (const name of ['rows', 'lost', 'doubled', 'wronglyAttributed'] as const) sum[name] += result[name];
  for (const [name, count] of Object.entries(result.injected)) faults[name] = (faults[name] ?? 0) + (count ?? 0);
  for (const [name, count] of Object.entries(result.endings)) endings[name] = (endings[name] ?? 0) + count;
  return result;
}
