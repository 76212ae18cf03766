import { join } from 'node:path';
import { writeLongCorpus } from '../kit/long-corpus.js';
import { costOf, cpuOf, inTurn, median, ratio, ratioText, table, wallOf } from '../kit/measure.js';
import { atLeast, type Bench, type Question } from '../kit/question.js';
import { collectOnce } from '../kit/rivals.js';

/** Of the first size the target is; of less than the second no thread is started (`src/sources/trail/trail-hands.ts`). */
const PACKED_MEGABYTES = 400;
const LEAST_MEGABYTES = 75;

export const threads: Question = {
  title: 'What do several threads gain?',
  answer({ folder, share, rounds }) {
    const sizes = new Set([Math.max(LEAST_MEGABYTES, PACKED_MEGABYTES * share), LEAST_MEGABYTES]);
    const answers = [...sizes].map((packedMegabytes) => answerFor(packedMegabytes, { folder, rounds }));
    const text = [
      'Whole runs. On a machine that does other things, the clock tells less than the CPU. Of less than the least size one thread reads, however many may.',
      ...answers.map((one) => one.text),
    ].join('\n\n');
    const ratioOfLarge = answers[0]?.ratio ?? Number.NaN;
    return { text, targets: [atLeast('two threads, by the clock of one', 1.7, ratioOfLarge)] };
  },
};

function answerFor(
  packedMegabytes: number,
  { folder, rounds }: Pick<Bench, 'folder' | 'rounds'>,
): { readonly text: string; readonly ratio: number } {
  const corpus = writeLongCorpus(join(folder, `corpus-threads-${packedMegabytes}`), {
    ...{ packedMegabytes, fileBytes: 1_000_000, athena: 0.001, assume: 0.06 },
  });
  const out = join(folder, 'reports');
  // What the machine has for two: processors that share a core, or a host with others, have less than twice that of one.
  const zcat = (names: string) => `find ${corpus.folder} -name '${names}' -print0 | xargs -0 zcat > /dev/null`;
  const ways = {
    one: () => collectOnce(corpus, out, 1),
    two: () => collectOnce(corpus, out, 2),
    oneAlone: () => costOf(zcat('*.gz')),
    twoAlone: () => costOf(`${zcat('*[02468].json.gz')} & ${zcat('*[13579].json.gz')} & wait`),
  };
  const { one, two, oneAlone, twoAlone } = inTurn(ways, rounds);
  const row = (name: string, costs: typeof one) => [
    name,
    median(cpuOf(costs)).toFixed(2),
    median(wallOf(costs)).toFixed(2),
  ];
  const text = [
    `${(corpus.packed / 1e6).toFixed(0)} MB packed, ${(corpus.bytes / 1e6).toFixed(0)} MB unpacked, ${corpus.files} files:`,
    table(['threads', 'CPU s', 'clock s'], [row('1', one), row('2', two)]),
    `Clock of one \`zcat\` by that of two, each of half the files: ${ratioText(wallOf(oneAlone), wallOf(twoAlone))}: so much this machine has for two that share nothing.`,
    `Clock of one by that of two: ${ratioText(wallOf(one), wallOf(two))}. CPU of two by that of one: ${ratioText(cpuOf(two), cpuOf(one))}.`,
  ].join('\n\n');
  return { text, ratio: ratio(wallOf(one), wallOf(two)) };
}
