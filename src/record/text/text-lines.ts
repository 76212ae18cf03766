/** Longest line taken: a row holds one SQL text of at most 262,144 bytes (aws-facts 2.1) and some short values. */
export const MAX_LINE_CHARACTERS = 16 * 1024 * 1024;

/** Lines of one piece of text, without their ends. */
export interface LineBatch {
  /** Number of the first line, from 1. */
  readonly first: number;
  readonly lines: readonly string[];
}

/**
 * Cuts text into lines at `\n` alone, a batch for every piece that completes one. Keeps at most one piece and one line.
 * @throws ReportFormatError when the last line has no end (the file was cut) or a line is longer than 16 Mi characters.
 */
export async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<LineBatch> {
  let first = 1;
  let rest = '';
  for await (const piece of text) {
    const end = piece.lastIndexOf('\n');
    if (end < 0) {
      rest += piece;
      if (rest.length > MAX_LINE_CHARACTERS) {
        throw new ReportFormatError(first, null, `the line is longer than ${MAX_LINE_CHARACTERS} characters`);
      }
      continue;
    }
    const lines = (rest + piece.slice(0, end)).split('\n');
    rest = piece.slice(end + 1);
    yield { first, lines };
    first += lines.length;
  }
  if (rest !== '') throw new ReportFormatError(first, null, 'the last line has no end: the file was cut');
}

/** A report whose bytes are not what this program writes. The message names line and column, never a value of the row. */
export class ReportFormatError extends Error {
  override readonly name = 'ReportFormatError';
  /** From 1; the header of a CSV file is line 1. For Parquet the row. */
  readonly line: number;
  readonly column: string | null;
  constructor(line: number, column: string | null, problem: string) {
    super(`line ${line}${column === null ? '' : `, column ${column}`}: ${problem}`);
    this.line = line;
    this.column = column;
  }
}
