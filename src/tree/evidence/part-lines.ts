import { createHash } from 'node:crypto';

/** How the first line of a part begins that names executions. */
export const HEAD = '{"ids":';
/** How the line begins that names the part whose lines follow, in a merged one. */
const SECTION = '{"part":';
export const NEW_LINE = 10;

/** Lines of a part as they lie there, none cut in two; the last line of a batch may be without its line break. */
export async function* wholeLines(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const piece of pieces) {
    const end = piece.lastIndexOf(NEW_LINE) + 1;
    let begin = 0;
    if (end > 0 && rest.length > 0) {
      // Only the line that was cut is put together, not all that follows it.
      begin = piece.indexOf(NEW_LINE) + 1;
      yield Buffer.concat([...rest, piece.subarray(0, begin)]);
      rest = [];
    }
    if (begin < end) yield piece.subarray(begin, end);
    if (end < piece.length) rest.push(piece.subarray(end));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** Text of more than 128 KiB gets pages of its own in V8, and takes thirty times as long to make as the same in pieces. */
const TEXT_BYTES = 64 * 1024;

/** The lines in such a batch. */
export function linesIn(bytes: Buffer): string[] {
  const end = bytes[bytes.length - 1] === NEW_LINE ? bytes.length - 1 : bytes.length;
  if (end <= TEXT_BYTES) return bytes.toString('utf8', 0, end).split('\n');
  const lines: string[] = [];
  for (let from = 0; from <= end; ) {
    const stop = endOfText(bytes, from, end);
    for (const line of bytes.toString('utf8', from, stop).split('\n')) lines.push(line);
    from = stop + 1;
  }
  return lines;
}

/** The last line break within the length of a text, or the first one behind it. */
function endOfText(bytes: Buffer, from: number, end: number): number {
  if (end - from <= TEXT_BYTES) return end;
  const last = bytes.lastIndexOf(NEW_LINE, from + TEXT_BYTES);
  if (last >= from) return last;
  const next = bytes.indexOf(NEW_LINE, from + TEXT_BYTES);
  return next < 0 || next > end ? end : next;
}

/** The bytes of lines, with line breaks between them. */
export function bytesOfLines(lines: readonly string[]): Buffer {
  const breaks = Math.max(0, lines.length - 1);
  const bytes = Buffer.allocUnsafeSlow(lines.reduce((sum, line) => sum + Buffer.byteLength(line), breaks));
  let at = 0;
  let waiting: string[] = [];
  let length = 0;
  for (const [index, line] of lines.entries()) {
    waiting.push(line);
    length += line.length;
    if (length < TEXT_BYTES && index < breaks) continue;
    // Empty at the end: behind this text stands a line break, too.
    if (index < breaks) waiting.push('');
    at += bytes.write(waiting.join('\n'), at);
    [waiting, length] = [[], 0];
  }
  return bytes;
}

/** Follows a part while it is read in batches of whole lines, and proves by hashes that it is what its name says. */
export interface PartProof {
  /** The lines of evidence among these, of the sections that are wanted; of all when null. */
  take(bytes: Buffer, wanted: ReadonlySet<string> | null): readonly string[];
  /** A sentence when some of it is not what its name says. */
  end(): string | null;
}

export function createPartProof(part: { readonly sha256: string; readonly isMerged: boolean }): PartProof {
  return part.isMerged ? proofOfSections() : proofOfWhole(part.sha256);
}

/** Of a part by itself the bytes are its text: nothing is written out again to be hashed. */
function proofOfWhole(name: string): PartProof {
  const hash = createHash('sha256');
  return {
    take(bytes, wanted) {
      hash.update(bytes);
      return wanted !== null && !wanted.has(name) ? [] : evidenceIn(linesIn(bytes));
    },
    end() {
      const found = hash.digest('hex');
      return found === name ? null : faultOf(name, found);
    },
  };
}

function proofOfSections(): PartProof {
  let name: string | null = null;
  let hash = createHash('sha256');
  let isFirst = true;
  let fault: string | null = null;
  const close = () => {
    if (name === null) return;
    const found = hash.digest('hex');
    if (found !== name) fault ??= faultOf(name, found);
  };
  /** Lines that follow each other in one section: one call of the hash for all of them takes a fifth of the time. */
  const takeRun = (lines: readonly string[], wanted: ReadonlySet<string> | null): readonly string[] => {
    // Before the first section lies the head of a merged part.
    if (name === null || lines.length === 0) return [];
    hash.update(isFirst ? lines.join('\n') : `\n${lines.join('\n')}`);
    isFirst = false;
    return wanted !== null && !wanted.has(name) ? [] : evidenceIn(lines);
  };
  return {
    take(bytes, wanted) {
      const lines = linesIn(bytes);
      const runs: (readonly string[])[] = [];
      let from = 0;
      for (const [at, line] of lines.entries()) {
        if (!line.startsWith(SECTION)) continue;
        runs.push(takeRun(lines.slice(from, at), wanted));
        close();
        ({ part: name } = JSON.parse(line) as { part: string });
        hash = createHash('sha256');
        isFirst = true;
        from = at + 1;
      }
      runs.push(takeRun(lines.slice(from), wanted));
      return runs.flat();
    },
    end() {
      close();
      return name === null ? 'it holds no part' : fault;
    },
  };
}

/** The sentence about a part, or section, that has another hash than its name says. */
export function faultOf(name: string, found: string): string {
  return `its content has the hash ${found}, not ${name}`;
}

function evidenceIn(lines: readonly string[]): readonly string[] {
  return lines.some((line) => line.startsWith(HEAD)) ? lines.filter((line) => !line.startsWith(HEAD)) : lines;
}
