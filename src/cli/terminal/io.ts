import type { Machine } from '../../compose/machine.js';

/** Everything a command may do to the world; the signal fires on Ctrl-C. stdout carries the result, stderr progress and messages. */
export interface Io extends Machine {
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Writes words and JSON to stdout; what would command a terminal is shown, never sent (`visible-text.ts`). */
  readonly stdout: (text: string) => void;
  /** Writes data of any other form to stdout: as it is, but on a terminal. */
  readonly data: (text: string) => void;
  /** Writes words to stderr, shown like those of stdout. */
  readonly stderr: (text: string) => void;
  /** Writes the last line of a terminal's stderr anew; empty to clear it. */
  readonly status: (line: string) => void;
  readonly isStdoutTty: boolean;
  readonly isStderrTty: boolean;
  /** What a user types to start this program: `aqt`, `npx aqt`, `node dist/cli.js`. Hints are written with it (`asStarted`). */
  readonly program: string;
  /** Width of the terminal in columns; 80 when there is none. */
  readonly columns: number;
  /** Milliseconds of real time since some moment. What people are told to have waited: the demo's clock is simulated. */
  readonly stopwatch: () => number;
}

/** Exit codes of every command (contract, section 7). */
export const EXIT = { done: 0, failed: 1, usage: 2, findings: 3, permission: 4, partial: 5, interrupted: 130 } as const;
