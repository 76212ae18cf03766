import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTrailFolder } from '../../src/sources/trail/folder-trail-bucket.js';
import type { TrailBucket } from '../../src/sources/trail/list-trail.js';
import { createTrailFiles } from '../../src/sources/trail/trail-files.js';
import { CORPUS_DAY, writeCorpus } from '../kit/corpus.js';
import { table } from '../kit/measure.js';
import type { Question } from '../kit/question.js';

const START = Date.parse(`${CORPUS_DAY}T00:00:00Z`);
const WINDOW = { start: START, end: START + 86_400_000 };
const LATENCY_MS = 60;
/** Files fetched ahead of the one that is read; null: as many as the program does. */
const WAYS = [
  { name: 'one after another', ahead: 0 },
  { name: 'eight ahead', ahead: 8 },
  { name: 'as the program does', ahead: null },
];

export const distantObjects: Question = {
  title: 'What does it cost that each object keeps its reader waiting?',
  async answer({ folder, isQuick, share }) {
    const megabytes = isQuick ? 0.5 : Math.max(1, 5 * share);
    const size = { megabytes, fileBytes: 10_000, athena: 0.001, assume: 0.06 };
    const corpus = writeCorpus(join(folder, 'corpus-distant'), size);
    const bucket = keptWaiting(await openTrailFolder(corpus.folder));
    const rows: string[][] = [];
    for (const { name, ahead } of WAYS) {
      const began = performance.now();
      const source = createTrailFiles({ bucket, links: true, ...(ahead === null ? {} : { ahead }) });
      for await (const _ of source.scan(WINDOW, {}));
      const seconds = (performance.now() - began) / 1000;
      rows.push([name, seconds.toFixed(1), (corpus.files / seconds).toFixed(0)]);
    }
    const text = [
      `${corpus.files} files of 10 KB, of which each begins to come ${LATENCY_MS} ms after it was asked for, as from a bucket; the scan alone, in one thread.`,
      table(['files fetched ahead', 'clock s', 'files a second'], rows),
    ].join('\n\n');
    return { text, targets: [] };
  },
};

/** A folder's files have a path, and nobody waits for them. */
function keptWaiting({ pathOf: _, ...bucket }: TrailBucket): TrailBucket {
  return {
    ...bucket,
    async *get(key, signal) {
      await sleep(LATENCY_MS);
      yield* bucket.get(key, signal);
    },
  };
}
