/** Where a question is measured, and how thoroughly. */
export interface Bench {
  /** A folder of its own, removed afterwards. */
  readonly folder: string;
  readonly isQuick: boolean;
  /** Of the megabytes that the whole measurement reads, this share is read. */
  readonly share: number;
  /** Measured rounds, after one that warms up. */
  readonly rounds: number;
}

/** One thing that somebody wants to know, and its answer: a paragraph and tables in Markdown. */
export interface Question {
  readonly title: string;
  answer(bench: Bench): Promise<string> | string;
}
