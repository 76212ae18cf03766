import { join } from 'node:path';
import { passesInTurn } from '../kit/alternate.js';
import { writeCorpus } from '../kit/corpus.js';
import { median, quartilesText, ratio, table } from '../kit/measure.js';
import { atLeast, type Question, type Target } from '../kit/question.js';

const CASES = [
  { name: '0.1 % Athena, starts only', athena: 0.001, scan: 'starts', wanted: 0.9 },
  { name: '0.1 % Athena, and 6 % AssumeRole for the links', athena: 0.001, scan: 'links', wanted: 0.8 },
  { name: '5 % Athena, starts only', athena: 0.05, scan: 'starts', wanted: null },
] as const;

/** For each round of the whole bench: a pass takes a fraction of a second. */
const PASSES_OF_ROUND = 5;

export const scanAlone: Question = {
  title: 'How fast are log files read, compared with unpacking them?',
  async answer({ folder, share, rounds }) {
    const rows: string[][] = [];
    const targets: Target[] = [];
    for (const { name, athena, scan, wanted } of CASES) {
      const size = { megabytes: Math.max(40, 80 * share), fileBytes: 1_300_000, athena, assume: 0.06 };
      const corpus = writeCorpus(join(folder, `corpus-scan-${athena}`), size);
      const ways = ['gunzip', 'rightSized', 'rightSizedInKeptMemory', scan] as const;
      const costs = await passesInTurn(corpus, ways, PASSES_OF_ROUND * rounds);
      const ours = costs[scan];
      const whole = await passesInTurn(corpus, [scan, 'parse'], rounds);
      const [right, kept] = [costs.rightSized, costs.rightSizedInKeptMemory];
      if (wanted !== null)
        targets.push(
          atLeast(
            `scan, ${name}: of \`gunzipSync\` into one right-sized buffer`,
            wanted,
            // By the better served of the two.
            ratio(median(right) < median(kept) ? right : kept, ours),
          ),
        );
      const speed = (corpus.bytes / 1e6 / median(ours)).toFixed(0);
      const others = [costs.gunzip, right, kept].map((each) => quartilesText(each, ours));
      rows.push([name, speed, ...others, quartilesText(whole.parse, whole[scan])]);
    }
    const text = [
      'One thread. CPU time, user and system, of a process of its own for each way, with its garbage and its page faults; all warmed up and in turn, pass by pass. A ratio is the speed of the scan by that of the other, so 1 means that finding and reading the events costs nothing, and more that it unpacks faster. In brackets the quartiles. What is promised is measured by the faster of the two ways with a buffer of the right size: where fresh memory is dear, that is the one whose allocator keeps it (`MALLOC_TRIM_THRESHOLD_`, `MALLOC_MMAP_THRESHOLD_`).',
      table(
        [
          '',
          'MB unpacked per CPU s',
          '`gunzipSync`',
          '`gunzipSync` into one buffer of the right size',
          'the same, its allocator keeps memory',
          'unpacked and parsed whole',
        ],
        rows,
      ),
    ].join('\n\n');
    return { text, targets };
  },
};
