import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openTrailFolder } from '../../src/sources/trail/folder-trail-bucket.js';
import { createTrailFiles } from '../../src/sources/trail/trail-files.js';
import { CORPUS_DAY, type Corpus } from './corpus.js';

/** A way through all files of a corpus, in one thread; `scan` is ours. */
export type ScanWay = (corpus: Corpus) => Promise<void>;

export const SCAN_WAYS = {
  starts: (corpus) => scanFolder(corpus, false),
  links: (corpus) => scanFolder(corpus, true),
  gunzip: async (corpus) => eachFile(corpus, (bytes) => void gunzipSync(bytes)),
  rightSized: async (corpus) => eachFile(corpus, (bytes) => void rightSized(bytes)),
  rightSizedInKeptMemory: async (corpus) => eachFile(corpus, (bytes) => void rightSized(bytes)),
  parse: async (corpus) => eachFile(corpus, (bytes) => void JSON.parse(gunzipSync(bytes).toString('utf8'))),
} satisfies Readonly<Record<string, ScanWay>>;

export type ScanWayName = keyof typeof SCAN_WAYS;

/** The allocator of glibc, told to keep what is freed: fresh memory for each file costs a rival more than unpacking does. */
const KEEPING = { MALLOC_MMAP_THRESHOLD_: String(2 ** 26), MALLOC_TRIM_THRESHOLD_: String(2 ** 29) };

/** What the process of a way is given in its environment. */
export const WAY_ENVIRONMENT: Partial<Record<ScanWayName, Readonly<Record<string, string>>>> = {
  rightSizedInKeptMemory: KEEPING,
};

const START = Date.parse(`${CORPUS_DAY}T00:00:00Z`);
const WINDOW = { start: START, end: START + 86_400_000 };

async function scanFolder({ folder, starts }: Corpus, links: boolean): Promise<void> {
  const source = createTrailFiles({ bucket: await openTrailFolder(folder), links });
  let found = 0;
  for await (const { items } of source.scan(WINDOW, {}))
    for (const item of items) if (item.kind === 'start') found += 1;
  if (found !== starts) throw new Error(`the scan found ${found} of ${starts} starts`);
}

function eachFile({ folder }: Corpus, use: (bytes: Buffer) => void): void {
  for (const file of readdirSync(folder)) use(readFileSync(join(folder, file)));
}

function rightSized(bytes: Buffer): Buffer {
  return gunzipSync(bytes, { chunkSize: bytes.readUInt32LE(bytes.length - 4) + 1 });
}
