/** Names of what lies in a pack, in the order in which it is written. */
export const PACK_FILE = {
  rows: 'rows.csv',
  rowsParquet: 'rows.parquet',
  hours: 'hours.json',
  findings: 'findings.json',
  pack: 'pack.json',
  index: 'index.html',
  /** sha256 of every file above, as `sha256sum` writes them. */
  sums: 'SHA256SUMS',
  /** sha256 of the file above: what is signed, small enough for every signer. */
  signed: 'SIGNED',
  signature: 'SIGNED.sig',
  key: 'key.pem',
} as const;

/** Folder of what was taken from a tree as it was: manifests, seals, closings, acceptances, what rows were made with. */
export const treeFolder = (number: number) => `trees/${number}/`;

/** The evidence of a row of the sample, a line each. */
export const sampleFile = (number: number) => `sample/${String(number).padStart(3, '0')}.jsonl`;

/** What a pack says of itself. */
export interface PackDocument {
  readonly schema: 1;
  readonly generator: string;
  /** ISO 8601 UTC. */
  readonly madeAt: string;
  readonly madeBy: string;
  readonly command: string;
  /** First and last report day, inclusive. */
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
  /** As on the command line; empty for every row. */
  readonly filters: readonly string[];
  /** How literals are masked; null where they are not. */
  readonly mask: 'question-marks' | 'tokens' | null;
  readonly trees: readonly PackedTree[];
  readonly population: Population;
  readonly sample: {
    readonly seed: string;
    readonly size: number;
    readonly rows: readonly SampledRow[];
  };
}

/** A tree that was looked at. */
export interface PackedTree {
  /** 1 for the first: its folder in the pack. */
  readonly number: number;
  /** Its folder in the forest; empty for a tree alone. */
  readonly name: string;
  readonly seals: number;
  readonly head: string | null;
}

/** The rows that were asked for, counted. */
export interface Population {
  readonly rows: number;
  readonly states: Readonly<Record<string, number>>;
  /** Who, how that is known and how sure it is, most rows first. */
  readonly people: readonly {
    readonly person: string | null;
    readonly kind: string;
    readonly method: string;
    readonly confidence: string;
    readonly rows: number;
  }[];
}

/** A row of the sample, and whether its evidence makes it. */
export interface SampledRow {
  readonly number: number;
  readonly tree: number;
  readonly reportDate: string;
  readonly hour: number;
  /** Execution id, or `event <event id>` of a refused start. */
  readonly id: string;
  /** Columns in which its evidence says something else now; null when the evidence makes no such row, or is gone. */
  readonly differs: readonly string[] | null;
}

/** `complete`: nothing can change any more. `faulty`: its rows are left out, they cannot be trusted. */
export type PackedState = 'complete' | 'open' | 'missing' | 'faulty';

/** The account of one hour of one tree. */
export interface PackedHour {
  readonly tree: number;
  readonly reportDate: string;
  readonly hour: number;
  /** ISO 8601 UTC, half-open. */
  readonly start: string;
  readonly end: string;
  readonly state: PackedState;
  /** Rows of its report; null without one. */
  readonly rows: number | null;
  /** Rows that were asked for, and that are in the pack. */
  readonly selected: number;
  /** What is wrong with it. */
  readonly faults: readonly string[];
}

/** What verification found, as the pack tells it. */
export interface PackedFindings {
  readonly faults: readonly string[];
  readonly findings: readonly {
    readonly kind: string;
    readonly text: string;
    readonly accepted: { readonly reason: string; readonly acceptedAt: string } | null;
  }[];
}
