import { Carry } from './chunks.js';
import type { Piece, Splitter } from './pieces.js';

export interface LineSplitterOptions {
  /** A longer line becomes a broken piece that holds only its first bytes. */
  readonly maxValueBytes: number;
}

/** Cuts JSON lines: damage in one line stays in that line. Empty lines are no pieces. */
export function createLineSplitter(options: LineSplitterOptions): Splitter {
  return new LineSplitter(options, jsonLine);
}

/** Cuts text into its lines, whatever they are. Empty lines are no pieces. */
export function createTextLineSplitter(options: LineSplitterOptions): Splitter {
  return new LineSplitter(options, (bytes, offset) => ({ kind: 'value', bytes, offset, list: null }));
}

class LineSplitter implements Splitter {
  private readonly maxValueBytes: number;
  private readonly pieceOf: (line: Buffer, offset: number) => Piece;
  private readonly carry = new Carry();
  /** The open line, as far as it is here. */
  private rest: Buffer = Buffer.alloc(0);
  private base = 0;
  private head: Buffer | null = null;
  private dropped = 0;

  constructor({ maxValueBytes }: LineSplitterOptions, pieceOf: (line: Buffer, offset: number) => Piece) {
    this.maxValueBytes = maxValueBytes;
    this.pieceOf = pieceOf;
  }

  push(chunk: Buffer): Piece[] {
    const pieces: Piece[] = [];
    const known = this.rest.length;
    const work = this.carry.join(chunk);
    let start = 0;
    // Only the new bytes are searched for the end of the line.
    for (let end = work.indexOf(10, known); end >= 0; end = work.indexOf(10, start)) {
      this.cut(work.subarray(start, end), pieces);
      this.base += 1;
      start = end + 1;
    }
    this.keep(work, start);
    return pieces;
  }

  end(): Piece[] {
    const pieces: Piece[] = [];
    this.cut(this.rest, pieces);
    this.rest = Buffer.alloc(0);
    return pieces;
  }

  private keep(work: Buffer, from: number): void {
    const rest = work.subarray(from);
    const isLong = rest.length > this.maxValueBytes;
    if (isLong) {
      this.head ??= Buffer.from(rest.subarray(0, HEAD_BYTES));
      this.dropped += rest.length;
    }
    this.carry.keep(work, isLong ? work.length : from);
    this.rest = isLong ? Buffer.alloc(0) : rest;
  }

  private cut(line: Buffer, pieces: Piece[]): void {
    const length = this.dropped + line.length;
    const offset = this.base;
    this.base += length;
    if (length > this.maxValueBytes) {
      const reason = `a line of ${length} bytes is longer than the ${this.maxValueBytes} allowed`;
      pieces.push({ kind: 'broken', bytes: this.head ?? Buffer.from(line.subarray(0, HEAD_BYTES)), offset, reason });
    } else if (!isBlank(line)) pieces.push(this.pieceOf(line, offset));
    this.head = null;
    this.dropped = 0;
  }
}

/** A line must at least look like a JSON object or array, or it is damage. */
function jsonLine(line: Buffer, offset: number): Piece {
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
