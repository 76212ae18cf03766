import { join } from 'node:path';
import { writeCorpus } from '../kit/corpus.js';
import { costOf, cpuOf, inTurn, median, ratio, ratioText, table, wallOf } from '../kit/measure.js';
import { atMost, type Question } from '../kit/question.js';
import { collectOnce } from '../kit/rivals.js';

export const idleDay: Question = {
  title: 'What does a day cost on which nothing happened, and a day that is collected again?',
  answer({ folder, share, rounds }) {
    const empty = writeCorpus(join(folder, 'corpus-empty'), {
      megabytes: 0.5,
      fileBytes: 1_000_000,
      athena: 0,
      assume: 0,
    });
    // In the layout of a trail: only of such files is it kept that they were read.
    const trail = join(folder, 'corpus-full');
    const full = writeCorpus(join(trail, 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01'), {
      ...{ megabytes: 100 * share, fileBytes: 1_000_000, athena: 0.001, assume: 0.06 },
    });
    const [out, kept] = [join(folder, 'reports'), join(folder, 'kept')];
    collectOnce({ folder: trail }, kept, 1);
    const costs = inTurn(
      {
        node: () => costOf(`${JSON.stringify(process.execPath)} -e ''`),
        help: () => costOf(`${JSON.stringify(process.execPath)} dist/cli.js --help >/dev/null`),
        empty: () => collectOnce(empty, out, 1),
        first: () => collectOnce({ folder: trail }, out, 1),
        again: () => collectOnce({ folder: trail }, kept, 1, true),
      },
      rounds + 2,
    );
    const names = {
      node: 'a Node.js process that does nothing',
      help: '`aqt --help`',
      empty: '`aqt collect` of a day with one small file and no event of Athena',
      first: `\`aqt collect\` of ${(full.bytes / 1e6).toFixed(0)} MB in ${full.files} files`,
      again: 'the same again, into the same tree',
    };
    const rows = (Object.keys(names) as (keyof typeof names)[]).map((name) => [
      names[name],
      median(cpuOf(costs[name])).toFixed(2),
      median(wallOf(costs[name])).toFixed(2),
    ]);
    const text = [
      table(['', 'CPU s', 'clock s'], rows),
      `Again by first: ${ratioText(cpuOf(costs.again), cpuOf(costs.first))} of its CPU.`,
    ].join('\n\n');
    const targets = [
      atMost('an empty day, CPU s', 0.3, median(cpuOf(costs.empty))),
      atMost(
        'a second run over a read trail, by the CPU of the first',
        0.35,
        ratio(cpuOf(costs.again), cpuOf(costs.first)),
      ),
    ];
    return { text, targets };
  },
};
