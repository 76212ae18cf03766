import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openTrailFolder } from '../../src/sources/trail/folder-trail-bucket.js';
import { createTrailFiles } from '../../src/sources/trail/trail-files.js';
import { CORPUS_DAY, type Corpus, writeCorpus } from '../kit/corpus.js';
import { median, ratio, ratioText, table } from '../kit/measure.js';
import { atLeast, type Question, type Target } from '../kit/question.js';

const START = Date.parse(`${CORPUS_DAY}T00:00:00Z`);
const WINDOW = { start: START, end: START + 86_400_000 };
const CASES = [
  { name: '0.1 % Athena, starts only', athena: 0.001, links: false, wanted: 0.9 },
  { name: '0.1 % Athena, and 6 % AssumeRole for the links', athena: 0.001, links: true, wanted: 0.8 },
  { name: '5 % Athena, starts only', athena: 0.05, links: false, wanted: null },
];

export const scanAlone: Question = {
  title: 'How fast are log files read, compared with unpacking them?',
  async answer({ folder, share, rounds }) {
    const rows: string[][] = [];
    const targets: Target[] = [];
    for (const { name, athena, links, wanted } of CASES) {
      const size = { megabytes: Math.max(40, 80 * share), fileBytes: 1_300_000, athena, assume: 0.06 };
      const corpus = writeCorpus(join(folder, `corpus-scan-${athena}-${links}`), size);
      const [scan, plain, right, parse]: number[][] = [[], [], [], []];
      for (let round = 0; round <= rounds + 4; round += 1) {
        const costs = [
          await cpuOfWork(() => scanFolder(corpus, links)),
          await cpuOfWork(() => eachFile(corpus, (bytes) => void gunzipSync(bytes))),
          await cpuOfWork(() => eachFile(corpus, (bytes) => void rightSized(bytes))),
          await cpuOfWork(() => eachFile(corpus, (bytes) => void JSON.parse(gunzipSync(bytes).toString('utf8')))),
        ];
        // The first round warms up.
        if (round > 0) for (const [at, each] of [scan, plain, right, parse].entries()) each?.push(costs[at] ?? 0);
      }
      const speed = (corpus.bytes / 1e6 / median(scan ?? [])).toFixed(0);
      if (wanted !== null)
        targets.push(
          atLeast(
            `scan, ${name}: of \`gunzipSync\` into one right-sized buffer`,
            wanted,
            ratio(right ?? [], scan ?? []),
          ),
        );
      rows.push([name, speed, ...[plain, right, parse].map((each) => ratioText(each ?? [], scan ?? []))]);
    }
    const text = [
      'One thread, CPU time within one process. A ratio is the speed of the scan by that of the other, so 1 means that finding and reading the events costs nothing.',
      table(
        [
          '',
          'MB unpacked per CPU s',
          '`gunzipSync`',
          '`gunzipSync` into one buffer of the right size',
          'unpacked and parsed whole',
        ],
        rows,
      ),
    ].join('\n\n');
    return { text, targets };
  },
};

async function scanFolder({ folder, starts }: Corpus, links: boolean): Promise<void> {
  const source = createTrailFiles({ bucket: await openTrailFolder(folder), links });
  let found = 0;
  for await (const { items } of source.scan(WINDOW, {}))
    for (const item of items) if (item.kind === 'start') found += 1;
  if (found !== starts) throw new Error(`the scan found ${found} of ${starts} starts`);
}

async function eachFile({ folder }: Corpus, use: (bytes: Buffer) => void): Promise<void> {
  for (const file of readdirSync(folder)) use(readFileSync(join(folder, file)));
}

function rightSized(bytes: Buffer): Buffer {
  return gunzipSync(bytes, { chunkSize: bytes.readUInt32LE(bytes.length - 4) + 1 });
}

async function cpuOfWork(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
