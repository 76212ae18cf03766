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

/** One thing that somebody wants to know. */
export interface Question {
  readonly title: string;
  answer(bench: Bench): Promise<Answer> | Answer;
}

export interface Answer {
  /** A paragraph and tables in Markdown. */
  readonly text: string;
  readonly targets: readonly Target[];
}

/** What is promised, and what was measured of it. */
export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** A target that a number must reach. */
export function atLeast(what: string, bound: number, measured: number): Target {
  return { what, wanted: `>= ${bound}`, measured: short(measured), isMet: measured >= bound };
}

/** A target that a number may reach, and no more. */
export function atMost(what: string, bound: number, measured: number): Target {
  return { what, wanted: `<= ${bound}`, measured: short(measured), isMet: measured <= bound };
}

function short(value: number): string {
  return value.toFixed(Math.abs(value) >= 10 ? 0 : 2);
}
