import { createHash } from 'node:crypto';

/** How the first line of a part begins that names executions. */
export const HEAD = '{"ids":';
/** How the line begins that names the part whose lines follow, in a merged one. */
const SECTION = '{"part":';
const NEW_LINE = 10;

/** Lines of a part as they lie there, none cut in two; the last line of a batch may be without its line break. */
export async function* wholeLines(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const piece of pieces) {
    const end = piece.lastIndexOf(NEW_LINE) + 1;
    if (end > 0) {
      yield rest.length > 0 ? Buffer.concat([...rest, piece.subarray(0, end)]) : piece.subarray(0, end);
      rest = [];
    }
    if (end < piece.length) rest.push(piece.subarray(end));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** The lines in such a batch. */
export function linesIn(bytes: Buffer): string[] {
  const end = bytes[bytes.length - 1] === NEW_LINE ? bytes.length - 1 : bytes.length;
  return bytes.toString('utf8', 0, end).split('\n');
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
