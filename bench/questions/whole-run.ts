import { join } from 'node:path';
import { type Corpus, type CorpusSize, writeCorpus } from '../kit/corpus.js';
import { type Cost, cpuOf, inTurn, median, ratio, ratioText, table, wallOf } from '../kit/measure.js';
import { type Answer, atLeast, atMost, type Bench, type Question, type Target } from '../kit/question.js';
import { collectOnce, DUCKDB, JQ, rivalsOf, ZCAT } from '../kit/rivals.js';

const MB = 1_000_000;
const CORPORA: readonly {
  readonly name: string;
  readonly size: Omit<CorpusSize, 'megabytes'>;
  readonly large: number;
  readonly quick: number;
}[] = [
  { name: '0.1 % Athena, 6 % AssumeRole', size: { fileBytes: MB, athena: 0.001, assume: 0.06 }, large: 285, quick: 30 },
  { name: 'nothing of Athena, no AssumeRole', size: { fileBytes: MB, athena: 0, assume: 0 }, large: 285, quick: 0 },
  { name: '5 % Athena, 6 % AssumeRole', size: { fileBytes: MB, athena: 0.05, assume: 0.06 }, large: 100, quick: 0 },
  { name: 'nothing but Athena', size: { fileBytes: MB, athena: 1, assume: 0 }, large: 30, quick: 0 },
  { name: 'many tiny files', size: { fileBytes: 10_000, athena: 0.001, assume: 0.06 }, large: 30, quick: 0 },
  { name: 'few huge files', size: { fileBytes: 50 * MB, athena: 0.001, assume: 0.06 }, large: 200, quick: 0 },
];

export const wholeRun: Question = {
  title: 'What does a whole run take, from log files to reports?',
  answer: (bench) => {
    const answers = CORPORA.flatMap((one) => answerFor(one, bench) ?? []);
    const text = [INTRODUCTION, ...answers.map((one) => one.text)].join('\n\n');
    return { text, targets: answers[0]?.targets ?? [] };
  },
};

const INTRODUCTION =
  'Whole processes, from files to their output. `aqt` finds every start and every event that issued a credential, keeps them as evidence, ' +
  'resolves persons, writes 24 reports with their manifests and closes the day. The others write a line of seven members for each such ' +
  'event, and do no more. CPU is user and system time of all processes; ratios are taken round by round.';

function answerFor(
  { name, size, large, quick }: (typeof CORPORA)[number],
  { folder, isQuick, share, rounds }: Bench,
): Answer | null {
  const megabytes = isQuick ? quick : large * share;
  if (megabytes === 0) return null;
  const corpus = writeCorpus(join(folder, 'corpus'.concat(name.replace(/\W+/g, '-'))), { ...size, megabytes });
  const out = join(folder, 'reports');
  const ways = {
    'aqt --jobs 1': () => collectOnce(corpus, out, 1),
    'aqt --jobs 2': () => collectOnce(corpus, out, 2),
    ...rivalsOf(corpus, join(folder, 'rivals')),
  };
  const costs = inTurn<string>(ways, rounds);
  const ours = costs['aqt --jobs 1'] ?? [];
  const rows = Object.entries(costs).map(([way, each]) => [
    way,
    median(cpuOf(each)).toFixed(2),
    ratioText(cpuOf(each), cpuOf(ours)),
    median(wallOf(each)).toFixed(2),
  ]);
  const head = ['', 'CPU s', 'CPU, aqt --jobs 1 is 1', 'clock s'];
  return { text: [`### ${name}`, sizeText(corpus), table(head, rows)].join('\n\n'), targets: targetsOf(costs) };
}

/** What is promised of the first corpus. */
function targetsOf(costs: Readonly<Record<string, readonly Cost[]>>): Target[] {
  const ours = cpuOf(costs['aqt --jobs 1'] ?? []);
  const both = wallOf(costs['aqt --jobs 2'] ?? []);
  const { [DUCKDB]: duckdb = [], [JQ]: jq = [], [ZCAT]: zcat = [] } = costs;
  return [
    atMost('a whole run, by the CPU of `zcat`', 1.15, ratio(ours, cpuOf(zcat))),
    atLeast('CPU of DuckDB `read_json`, by that of a whole run', 2, ratio(cpuOf(duckdb), ours)),
    atLeast('clock of DuckDB `read_json`, by that of a whole run with two threads', 1, ratio(wallOf(duckdb), both)),
    ...(jq.length > 0 ? [atLeast('CPU of `zcat \\| jq`, by that of a whole run', 6, ratio(cpuOf(jq), ours))] : []),
  ];
}

function sizeText({ files, bytes, packed, starts }: Corpus): string {
  return `${files} files, ${(bytes / MB).toFixed(0)} MB, ${(packed / MB).toFixed(1)} MB packed, ${starts} starts.`;
}
