// Tens of thousands of seeds of the whole-system simulation, on every core, bundled once: half the time of tsx.
// npm run simulate:nightly -- [--seeds 20000] [--seed S] [--jobs J] …: further options as `npm run simulate` has them.
// Without --seed each day takes seeds of its own. Prints one summary last; exit 1 when a seed failed.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { buildSync } from 'esbuild';

const outfile = 'node_modules/.cache/athena-query-tracker/simulate.mjs';
mkdirSync('node_modules/.cache/athena-query-tracker', { recursive: true });
buildSync({
  entryPoints: ['test/simulate/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});

const given = process.argv.slice(2);
const today = Math.floor(Date.now() / 86_400_000);
const defaults = {
  '--seeds': '20000',
  '--seed': String((today % 100_000) * 100_000),
  '--jobs': String(availableParallelism()),
};
const added = Object.entries(defaults).flatMap(([name, value]) => (given.includes(name) ? [] : [name, value]));
const flags = ['--enable-source-maps', '--max-semi-space-size=32'];
const { status } = spawnSync(process.execPath, [...flags, outfile, '--keep-going', ...added, ...given], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
