import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { type Corpus, type CorpusSize, mulberry, nameOf, record } from './corpus.js';

/** Runs of records that are neither a start nor an AssumeRole: such a run is in many files, for nothing of it is kept. */
const RUNS = 48;
const RUNS_A_FILE = 16;

/** A stretch of JSON text, and the blocks of a deflate stream that it packs to, which may stand behind any others. */
interface Stretch {
  readonly text: Buffer;
  readonly packed: Buffer;
}

/**
 * Writes log files until so many megabytes of them are there, packed, about ten times as fast as a plain corpus of that size. Starts
 * and AssumeRoles are all different; other records come again in other files. The same files for the same numbers.
 */
export function writeLongCorpus(
  folder: string,
  { packedMegabytes, fileBytes, athena, assume }: Omit<CorpusSize, 'megabytes'> & { readonly packedMegabytes: number },
): Corpus {
  mkdirSync(folder, { recursive: true });
  const random = mulberry(7);
  const share = athena + assume;
  const runs = Array.from({ length: RUNS }, () => otherRecords((fileBytes * (1 - share)) / RUNS_A_FILE, random));
  const sum = { bytes: 0, packed: 0, files: 0, records: 0, starts: 0 };
  while (sum.packed < packedMegabytes * 1e6) {
    const stretches = [stretch('{"Records":[')];
    for (let count = 0; count < RUNS_A_FILE; count += 1) {
      const run = runs[Math.floor(random() * RUNS)];
      if (!run) continue;
      const wanted: string[] = [];
      for (let place = 0; place < run.records / (1 - share); place += 1) {
        const dice = random();
        if (dice < athena) sum.starts += 1;
        if (dice < share) wanted.push(JSON.stringify(record(dice < athena ? 'start' : 'assume', random)));
      }
      const first = count === 0 ? '' : ',';
      stretches.push(stretch(first + wanted.map((text) => `${text},`).join('')), run);
      sum.records += run.records + wanted.length;
    }
    const file = gzipOf([...stretches, stretch(']}')]);
    writeFileSync(join(folder, nameOf(sum.files)), file);
    sum.bytes += file.readUInt32LE(file.length - 4);
    sum.packed += file.length;
    sum.files += 1;
  }
  return { folder, ...sum };
}

function otherRecords(bytes: number, random: () => number): Stretch & { readonly records: number } {
  const texts: string[] = [];
  for (let size = 0; size < bytes; size += texts.at(-1)?.length ?? 0)
    texts.push(JSON.stringify(record('other', random)));
  return { ...stretch(texts.join(',')), records: texts.length };
}

/** Ends at a whole byte, and refers to nothing outside. */
function stretch(text: string): Stretch {
  const bytes = Buffer.from(text);
  return { text: bytes, packed: deflateRawSync(bytes, { finishFlush: constants.Z_FULL_FLUSH }) };
}

function gzipOf(stretches: readonly Stretch[]): Buffer {
  const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
  const tail = Buffer.alloc(8);
  let [sum, size] = [0, 0];
  for (const { text } of stretches) {
    // Of no bytes at all zlib gives the sum with which it begins.
    if (text.length === 0) continue;
    sum = crc32(text, sum);
    size += text.length;
  }
  tail.writeUInt32LE(sum, 0);
  tail.writeUInt32LE(size, 4);
  return Buffer.concat([head, ...stretches.map(({ packed }) => packed), deflateRawSync(Buffer.alloc(0)), tail]);
}
