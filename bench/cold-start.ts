/**
 * How large is each function, and what does starting one cost? Each bundle is loaded by a fresh Node process, as Lambda does at a
 * cold start, beside a process that loads nothing; medians of runs that take turns, so that the machine's moods hit all alike.
 * Run after `npm run build`: npx tsx bench/cold-start.ts [runs]
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const RUNS = Number(process.argv[2] ?? 15);
const FUNCTIONS = ['planner', 'scan', 'hour', 'close-day', 'witness'];
const ENV = {
  PATH: process.env.PATH,
  AWS_REGION: 'us-east-1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

const bundleOf = (name: string) => resolve('dist/lambda', name, 'index.mjs');
const subjects = ['bare', ...FUNCTIONS];
const times = new Map<string, number[]>(subjects.map((name) => [name, []]));
for (let run = 0; run < RUNS; run++) {
  for (const name of subjects) times.get(name)?.push(startMs(name));
}

const zips = Object.keys(JSON.parse(readFileSync('dist/deploy/manifest.json', 'utf8')).files as object);
const bare = median('bare');
console.log(`node ${process.version}, ${RUNS} runs each, medians; a bare node process: ${bare.toFixed(0)} ms`);
console.log('function   bundle KB  gzip KB  zip KB  process ms  x bare  own ms');
for (const name of FUNCTIONS) {
  const code = readFileSync(bundleOf(name));
  const zip = zips.find((path) => path.startsWith(`deploy/${name}-`)) ?? '';
  const cells = [
    kb(code.length).padStart(9),
    kb(gzipSync(code).length).padStart(7),
    kb(statSync(join('dist', zip)).size).padStart(6),
    median(name).toFixed(0).padStart(10),
    (median(name) / bare).toFixed(2).padStart(6),
    (median(name) - bare).toFixed(0).padStart(6),
  ];
  console.log(`${name.padEnd(9)}  ${cells.join('  ')}`);
}

function startMs(name: string): number {
  const script = name === 'bare' ? '0' : `await import(${JSON.stringify(bundleOf(name))})`;
  const began = performance.now();
  execFileSync(process.execPath, ['--input-type=module', '-e', script], { env: ENV, stdio: 'ignore' });
  return performance.now() - began;
}

function median(name: string): number {
  const sorted = [...(times.get(name) ?? [])].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function kb(bytes: number): string {
  return (bytes / 1024).toFixed(0);
}
