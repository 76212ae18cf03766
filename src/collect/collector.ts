import type { PriceTable } from '../athena/prices.js';
import type { Directory } from '../identity/directory/directory.js';
import type { Clock } from '../ports/clock.js';
import type { ExecutionSources, ExecutionWitness, PlacedLister } from '../ports/execution-source.js';
import type { LinkSource, UserNameSource } from '../ports/identity-source.js';
import type { Progress } from '../ports/progress.js';
import type { ReportCodec } from '../ports/report-codec.js';
import type { ReportStore } from '../ports/report-store.js';
import type { StartSource } from '../ports/start-source.js';
import type { ReportRow } from '../record/columns.js';
import type { InputHashes } from '../record/manifest.js';

/** The tree that is worked on, and what every step of the work needs. */
export interface Workplace {
  readonly store: ReportStore;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
  /** Name and version of this program, for the manifest; what another version read is read again. */
  readonly generator: string;
}

/** What rows are made with, beside their evidence. */
export interface RowInputs {
  readonly directory: Directory;
  readonly prices: PriceTable;
  /** Hashes of the texts that they were read from, for the manifest. */
  readonly inputs: InputHashes;
}

/** Writes reports: what is the same for every hour of a run. */
export interface Collector extends Workplace, RowInputs {
  readonly codec: ReportCodec;
  readonly executions: ExecutionSources;
  /** Sees each row of a report once; for sums. */
  readonly onRow?: (row: ReportRow) => void;
}

/** Reads what CloudTrail and the directory of users know. */
export interface EvidenceSources {
  readonly source: StartSource;
  /** Asked for credentials whose origin no event showed; null where nothing can be asked. */
  readonly linkSource: LinkSource | null;
  /** Asked for users of IAM Identity Center whom no event names. */
  readonly userNames: UserNameSource | null;
}

/** What a day is compared with when it is closed. */
export interface SecondWitnesses {
  /** Athena's own lists; empty where there is none. */
  readonly listers: readonly PlacedLister[];
  /** Executions out of files, where nobody asks Athena; null where there are none. */
  readonly exported: ExecutionWitness | null;
}

/** Everything that days are collected from. */
export interface DaySources extends EvidenceSources, SecondWitnesses {}
