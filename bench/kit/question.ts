/** Where a question is measured, and how thoroughly. */
export interface Bench {
  /** A folder of its own, removed afterwards. */
  readonly folder: string;
  readonly isQuick: boolean;
}

/** One thing that somebody wants to know, and its answer: a paragraph and tables in Markdown. */
export interface Question {
  readonly title: string;
  answer(bench: Bench): Promise<string> | string;
}
