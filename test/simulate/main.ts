import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ReportStore } from '../../src/ports/report-store.js';
import { type SeedResult, STORIES, type StoryName, simulateSeed } from './simulate-seed.js';
import { createTally } from './tally.js';

const { values } = parseArgs({
  options: {
    /** How many. */
    seeds: { type: 'string', default: '20' },
    /** The first. */
    seed: { type: 'string', default: '1' },
    /** Processes at once. */
    jobs: { type: 'string', default: '1' },
    /** Ends after so long, whatever --seeds says. */
    minutes: { type: 'string', default: 'Infinity' },
    'keep-going': { type: 'boolean', default: false },
    /** Only this story of each seed; by default every seed tells the plain one and every tenth the crowded one, which takes longer. */
    story: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    /** Writes both trees of each seed into this folder, to be compared by hand. */
    trees: { type: 'string' },
    /** For the processes of --jobs: takes every so manieth seed, and prints each result as a line of JSON. */
    every: { type: 'string', default: '1' },
    lines: { type: 'boolean', default: false },
  },
});

/** A crowded story takes several times as long as a plain one. */
const CROWDED_EVERY = 10;
const first = Number(values.seed);
const end = first + Number(values.seeds);
const jobs = Number(values.jobs);
if (values.story !== undefined && storiesOf(first).length === 0)
  throw new Error(`--story ${values.story}: use ${STORIES.join(' or ')}`);
const began = performance.now();
const tally = createTally();

for await (const result of jobs > 1 ? fromJobs() : ownSeeds()) {
  if (values.lines) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    continue;
  }
  tally.add(result);
  const { seeds, failed } = tally.sum();
  if (result.faults.length > 0) process.stderr.write(failureText(result));
  if (seeds % 50 === 0)
    process.stderr.write(`${seeds} seeds, ${failed.length} failed, ${secondsSince(began).toFixed(0)} s\n`);
  if (result.faults.length > 0 && !values['keep-going']) break;
}
if (!values.lines) process.stdout.write(tally.text(secondsSince(began)));
process.exitCode = tally.sum().failed.length > 0 ? 1 : 0;

async function* ownSeeds(): AsyncGenerator<SeedResult> {
  for (let seed = first; seed < end; seed += Number(values.every)) {
    if (secondsSince(began) > Number(values.minutes) * 60) return;
    yield await tell(seed);
  }
}

/** Shares the seeds out: process 1 of 2 takes the odd ones, and so on. */
async function* fromJobs(): AsyncGenerator<SeedResult> {
  const waiting: SeedResult[] = [];
  let wake = () => {};
  let running = jobs;
  const children = Array.from({ length: jobs }, (_, job) => {
    const options = {
      seed: first + job,
      seeds: Math.max(0, end - first - job),
      every: jobs,
      minutes: values.minutes,
      ...(values.story === undefined ? {} : { story: values.story }),
    };
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const again = [...process.execArgv, fileURLToPath(import.meta.url), ...flags, '--lines'];
    const child = spawn(process.execPath, again, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => {
      waiting.push(JSON.parse(line) as SeedResult);
      wake();
    });
    child.on('close', (code) => {
      running--;
      if (code !== 0) process.stderr.write(`a process of the simulation ended with ${code}\n`);
      if (code !== 0) process.exitCode = 1;
      wake();
    });
    return child;
  });
  try {
    while (running > 0 || waiting.length > 0) {
      const next = waiting.shift();
      if (next) yield next;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    for (const child of children) child.kill();
  }
}

async function tell(seed: number): Promise<SeedResult> {
  const note = (text: string) => {
    if (values.verbose) process.stderr.write(`  ${text}\n`);
  };
  const folder = values.trees;
  const onTrees = async (actual: ReportStore, expected: ReportStore, story: StoryName) => {
    if (folder === undefined) return;
    await copyTree(actual, join(folder, String(seed), story, 'disturbed'));
    await copyTree(expected, join(folder, String(seed), story, 'undisturbed'));
  };
  try {
    return await simulateSeed(seed, { note, onTrees, stories: storiesOf(seed) });
  } catch (error) {
    const story = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const nothing = { rows: 0, lost: 0, doubled: 0, wronglyAttributed: 0, provable: 0, proven: 0 };
    return { seed, ...nothing, faults: [story], injected: {}, endings: {} };
  }
}

function storiesOf(seed: number): StoryName[] {
  const isTold = (story: StoryName) => story === 'plain' || seed % CROWDED_EVERY === 0;
  return STORIES.filter((story) => (values.story === undefined ? isTold(story) : values.story === story));
}

async function copyTree(store: ReportStore, folder: string): Promise<void> {
  for await (const { key } of store.list('')) {
    const stored = await store.read(key);
    if (!stored) continue;
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), stored.bytes);
  }
}

function failureText({ seed, faults }: SeedResult): string {
  const shown = faults.slice(0, 12).map((fault) => `  ${fault}\n`);
  const only = values.story === undefined ? '' : ` --story ${values.story}`;
  return `seed ${seed} failed:\n${shown.join('')}replay: npm run simulate -- --seed ${seed} --seeds 1${only} --verbose\n`;
}

function secondsSince(instant: number): number {
  return (performance.now() - instant) / 1000;
}
