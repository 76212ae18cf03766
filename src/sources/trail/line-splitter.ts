import type { Piece, Splitter } from './json-splitter.js';

/** Cuts JSON lines: damage in one line stays in that line. Empty lines are no pieces. */
export function createLineSplitter({ maxValueBytes }: { readonly maxValueBytes: number }): Splitter {
  let rest: Buffer = Buffer.alloc(0);
  let base = 0;
  let head: Buffer | null = null;
  let dropped = 0;
  return {
    push(chunk) {
      const pieces: Piece[] = [];
      // Only the new bytes are searched for the end of the line.
      let end = chunk.indexOf(10);
      if (end < 0) {
        keep(chunk);
        return pieces;
      }
      let start = 0;
      while (end >= 0) {
        const part = chunk.subarray(start, end);
        cut(rest.length === 0 ? part : Buffer.concat([rest, part]), pieces);
        rest = Buffer.alloc(0);
        base += 1;
        start = end + 1;
        end = chunk.indexOf(10, start);
      }
      keep(chunk.subarray(start));
      return pieces;
    },
    end() {
      const pieces: Piece[] = [];
      cut(rest, pieces);
      rest = Buffer.alloc(0);
      return pieces;
    },
  };

  function keep(part: Buffer): void {
    rest = rest.length === 0 ? part : Buffer.concat([rest, part]);
    if (rest.length <= maxValueBytes) return;
    head ??= Buffer.from(rest.subarray(0, HEAD_BYTES));
    dropped += rest.length;
    rest = Buffer.alloc(0);
  }

  function cut(line: Buffer, pieces: Piece[]): void {
    const length = dropped + line.length;
    const offset = base;
    base += length;
    if (length > maxValueBytes) {
      const reason = `a line of ${length} bytes is longer than the ${maxValueBytes} allowed`;
      pieces.push({ kind: 'broken', bytes: head ?? Buffer.from(line.subarray(0, HEAD_BYTES)), offset, reason });
    } else if (!isBlank(line)) pieces.push(lineValue(line, offset));
    head = null;
    dropped = 0;
  }
}

/** A line must at least look like a JSON object or array, or it is damage. */
function lineValue(line: Buffer, offset: number): Piece {
  const first = line[skipBlank(line, line[0] === 0xef ? 3 : 0)];
  let last = line.length - 1;
  while (last > 0 && (line[last] as number) <= 32) last -= 1;
  const isWhole = (first === OPEN && line[last] === CLOSE) || (first === LIST && line[last] === UNLIST);
  return isWhole
    ? { kind: 'value', bytes: line, offset, list: null }
    : { kind: 'broken', bytes: line, offset, reason: 'the line is not a JSON object' };
}

function isBlank(line: Buffer): boolean {
  return skipBlank(line, 0) === line.length;
}

function skipBlank(line: Buffer, from: number): number {
  let at = from;
  while (at < line.length && (line[at] as number) <= 32) at += 1;
  return at;
}

const HEAD_BYTES = 64 * 1024;
const [OPEN, CLOSE, LIST, UNLIST] = [123, 125, 91, 93] as const;
