/**
 * `npm run bench`: measures what is promised of trails, us and the rivals in turn, on corpora made on the spot, and writes
 * docs/performance.md. `--quick`: in two minutes, smaller, and nothing is written. `--only <word>`: the questions with that word, and
 * nothing is written. `--share 0.3`: that share of the megabytes; `--rounds 2`: so many rounds.
 * Needs `npm run build`, bash, and for a rival that rival.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machineText, table } from './kit/measure.js';
import type { Target } from './kit/question.js';
import { distantObjects } from './questions/distant-objects.js';
import { idleDay } from './questions/idle-day.js';
import { memory } from './questions/memory.js';
import { scanAlone } from './questions/scan-alone.js';
import { threads } from './questions/threads.js';
import { wholeRun } from './questions/whole-run.js';

const QUESTIONS = [wholeRun, threads, idleDay, scanAlone, distantObjects, memory];

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    share: { type: 'string' },
    rounds: { type: 'string' },
  },
});
const isQuick = values.quick;
const share = Number(values.share ?? (isQuick ? 0.1 : 1));
const rounds = Number(values.rounds ?? (isQuick ? 1 : 5));
if (!(share > 0 && share <= 1)) throw new Error(`--share ${values.share}: use a number above 0, up to 1`);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: use a whole number from 1 on`);
if (!existsSync('dist/cli.js')) throw new Error('dist/cli.js is not there: run npm run build first');
const asked = QUESTIONS.filter(({ title }) => title.toLowerCase().includes((values.only ?? '').toLowerCase()));
const answers: string[] = [];
const targets: Target[] = [];
for (const { title, answer } of asked) {
  const folder = mkdtempSync(join(tmpdir(), 'aqt-bench-'));
  try {
    const answered = await answer({ folder, isQuick, share, rounds });
    const text = `## ${title}\n\n${answered.text}`;
    targets.push(...answered.targets);
    console.log(`${text}\n`);
    answers.push(text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
if (targets.length > 0) {
  answers.push(targetsText());
  console.log(answers.at(-1));
}
if (!isQuick && values.only === undefined) writeFileSync('docs/performance.md', document(answers));

function targetsText(): string {
  const rows = targets.map(({ what, wanted, measured, isMet }) => [what, wanted, measured, isMet ? 'met' : 'not met']);
  const others =
    'Other targets have scripts of their own: `bench/collect-day.ts` (a day of a million starts), `bench/lookup.ts` (LookupEvents), `bench/scale/` (a day of 10^5 files in a bucket).';
  const small =
    'Of a share of the corpora, in which the start of the programs weighs more than in a day of a thousand files: what is said of whole runs, of the second run and of threads holds for that share alone.';
  const head = ['', 'promised', 'measured', ''];
  return ['## What is promised, and is it kept?', ...(share < 1 ? [small] : []), table(head, rows), others].join(
    '\n\n',
  );
}

function document(answered: readonly string[]): string {
  return `# Performance

Written by \`npm run bench\`; \`npm run bench -- --quick\` measures less, in two minutes, and writes nothing. Numbers are medians, in
brackets the least and the greatest. Ratios hold on other machines, seconds do not.

Measured on ${machineText()}; ${rounds} rounds, after one that warms up; share of the corpora ${share}.

${answered.join('\n\n')}
`;
}
