import type { NotReadNote } from '../cloudtrail/not-read.js';

/** The account of one hour (contract, section 5). */
export interface Manifest {
  readonly schema: 1;
  readonly reportDate: string;
  readonly hour: number;
  readonly timezone: string;
  /** ISO 8601 UTC, half-open. */
  readonly window: { readonly start: string; readonly end: string };
  readonly format: ReportFormat;
  readonly report: { readonly key: string; readonly rows: number; readonly bytes: number; readonly sha256: string };
  readonly sources: readonly ManifestSource[];
  readonly ledger: Ledger;
  /** Names of the parts of the evidence log that the report was made from, sorted: `<date>/<hNN or day>/<sha256>`. */
  readonly evidence: readonly string[];
  /** Execution ids to settle, sorted. */
  readonly pending: readonly string[];
  readonly status: 'final' | 'open';
  /** Grows with each rewrite that changes the report; 1 for the first. */
  readonly version: number;
  /** sha256 of the manifest this one replaces; null for the first. */
  readonly previous: string | null;
  /** ISO 8601 UTC. */
  readonly collectedAt: string;
  readonly generator: string;
  /** Hashes of the texts that its rows were made with, by name. Absent where none was given. */
  readonly inputs?: InputHashes;
  /** What lay among the evidence, may hold events of this hour and was not read, sorted by name. Absent when all was read. */
  readonly notRead?: readonly NotReadNote[];
}

export type ReportFormat = 'csv' | 'json' | 'parquet';
export const REPORT_FORMATS: readonly ReportFormat[] = ['csv', 'json', 'parquet'];

export interface ManifestSource {
  readonly kind: string;
  readonly accountId: string | null;
  readonly region: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly from: string;
  readonly to: string;
  /** Why this source could not be read to the end: its rows are missing, and the hour is open. Absent when all was read. */
  readonly failure?: string;
}

/** Tells an hour that lacks what an account or a Region would have told. */
export function isMissingPlaces({ sources }: Pick<Manifest, 'sources'>): boolean {
  return sources.some(({ failure }) => failure !== undefined);
}

/** Counts of one hour; `ledgerFaults` says whether they add up. */
export interface Ledger {
  readonly startsRead: number;
  readonly duplicates: number;
  readonly malformed: number;
  readonly starts: number;
  readonly executionStarts: number;
  readonly refused: number;
  readonly executions: number;
  readonly repeatedStarts: number;
  readonly attributed: number;
  readonly conflict: number;
  readonly unattributed: number;
  readonly rows: number;
  /** Rows by `query_status`; every status has an entry. */
  readonly byQueryStatus: Readonly<Record<string, number>>;
  /** Rows that scanned bytes and name no table, by the reason; a reason without rows has no entry. */
  readonly unnamedByReason: Readonly<Record<string, number>>;
  /** Rows of queries that have ended and whose cost is not known, by the reason; a reason without rows has no entry. */
  readonly unpricedByReason: Readonly<Record<string, number>>;
}

/** What rows are made with beside their evidence and prices that come with the program; given as texts. */
export const ROW_INPUTS = ['directory', 'prices'] as const;
export type InputName = (typeof ROW_INPUTS)[number];

/** sha256 of the texts, by name; one that was not given has no entry. */
export type InputHashes = Readonly<Partial<Record<InputName, string>>>;

/** Inputs that rows were made with and that a run has not: what it would write says less. */
export function lackingInputs(before: InputHashes | undefined, now: InputHashes): InputName[] {
  return ROW_INPUTS.filter((name) => before?.[name] !== undefined && now[name] === undefined);
}
