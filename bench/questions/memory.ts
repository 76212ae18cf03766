import { join } from 'node:path';
import { writeCorpus } from '../kit/corpus.js';
import { peakOf, table } from '../kit/measure.js';
import { atMost, type Question } from '../kit/question.js';
import { collectArgs } from '../kit/rivals.js';

/** Unpacked; a record is some 1.4 KB. */
const MEGABYTES = [15, 150, 1500];

export const memory: Question = {
  title: 'How much memory does a whole run take?',
  answer({ folder, isQuick, share }) {
    const sizes = isQuick ? [15, 60] : [...new Set(MEGABYTES.map((megabytes) => Math.max(15, megabytes * share)))];
    const rows: string[][] = [];
    let most = 0;
    for (const megabytes of sizes) {
      const corpus = writeCorpus(join(folder, `corpus-${megabytes}`), {
        ...{ megabytes, fileBytes: 1_000_000, athena: 0.001, assume: 0.06 },
      });
      const { peakMb } = peakOf(collectArgs(corpus, join(folder, `reports-${megabytes}`), 1));
      most = Math.max(most, peakMb);
      rows.push([String(corpus.records), (corpus.bytes / 1e6).toFixed(0), peakMb.toFixed(0)]);
    }
    const text = [
      'One thread; the most memory that the process had at any time (resident set).',
      table(['records', 'MB unpacked', 'peak MB'], rows),
    ].join('\n\n');
    return { text, targets: [atMost('peak memory of a whole run, MB', 250, most)] };
  },
};
