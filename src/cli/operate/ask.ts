import { createInterface } from 'node:readline/promises';
import { Readable } from 'node:stream';
import type { Io } from '../terminal/io.js';

/** Asks a yes-or-no question on the terminal; the answer to an empty line is no. */
export async function askYesNo(question: string, io: Io): Promise<boolean> {
  io.stderr(`${question} [y/N] `);
  const lines = createInterface({ input: Readable.from(io.stdin), signal: io.signal });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    return false;
  } finally {
    lines.close();
  }
}
