import type { ConsoleResult } from '../../analytics/view/console.js';

/** What one statement of the console may take. Cells and answers are counted in characters. */
export const CONSOLE_LIMITS = {
  rows: 1000,
  cell: 10_000,
  answer: 4_000_000,
  seconds: 15,
  memory: '512MB',
  /** All of the process: the memory above, and the program itself. */
  processBytes: 1_000_000_000,
  threads: 1,
  textBytes: 100_000,
} as const;

/** What the dashboard asks the process of the console. */
export interface ConsoleQuestion {
  /** Database file. */
  readonly path: string;
  readonly sql: string;
  /** Over masked views alone. */
  readonly isMasked: boolean;
}

/** What it says: rows, or why the user may not have them, or what went wrong. */
export type ConsoleAnswer =
  | { readonly result: ConsoleResult }
  | { readonly refused: string /** The process ends by it. */; readonly isLast?: boolean }
  | { readonly failed: string };
