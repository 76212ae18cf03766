import type { HourLabel } from '../calendar/hour-label.js';
import type { DailyFacts, FileChangesFacts, HourFacts, RewrittenHour } from '../findings/facts.js';
import type { ReportCodec } from '../ports/report-codec.js';
import type { ReportStore } from '../ports/report-store.js';
import type { Closing } from '../record/closing.js';
import type { Manifest } from '../record/manifest.js';
import type { Chain } from '../tree/chain/chain.js';
import type { RowIds } from './row-ids.js';

/** A report that was made again. */
export interface RecomputedReport {
  readonly sha256: string;
  /** Texts of the hour define something that `_work/definitions/` does not tell any more. */
  readonly lacksDefinitions: boolean;
}

/** What to verify. */
export interface VerifyRequest {
  readonly store: ReportStore;
  /** First and last report date, inclusive; null for all there is. */
  readonly from: string | null;
  readonly to: string | null;
  readonly codec: ReportCodec;
  /** sha256 of a seal that was kept elsewhere: hours that are no longer as they were under it are told. */
  readonly head?: string | null;
  /** Makes an hour's report again from its evidence, and gives the hash of its bytes; absent to leave that out. */
  readonly recompute?: (tree: string, manifest: Manifest) => Promise<RecomputedReport>;
  /** Is called with each tree before its hours: the state of its chain of seals, and what closing its days found. */
  readonly onTree?: (tree: CheckedTree) => void;
  /** Takes the id of every row, to find those that stand in several. */
  readonly rowIds?: RowIds;
  readonly signal?: AbortSignal;
}

/** What was found of a tree as a whole. */
export interface CheckedTree {
  /** Folder of the tree in a forest, ending in `/`; empty for a single tree. */
  readonly tree: string;
  readonly chain: Chain;
  readonly closings: readonly Closing[];
  /** Faults of the tree as a whole, those of its chain among them. */
  readonly faults: readonly TreeFault[];
  /** Documents that were sealed and are gone. */
  readonly missing: readonly string[];
  /** Documents that are not as they were sealed. */
  readonly changed: ReadonlySet<string>;
  /** Parts of the evidence that no manifest names: news that no report tells yet, or added. */
  readonly untold: readonly string[];
  /** Hours that are no longer as they were under the head asked for. */
  readonly rewritten: readonly RewrittenHour[];
  /** Files of whole days that are not what they should be. */
  readonly daily: readonly DailyFacts[];
  /** Log files that were read and are others now, or gone. */
  readonly fileChanges: readonly FileChangesFacts[];
  /** Log files by their day of delivery; none of a tree that was not read from a trail's own files. */
  readonly files: readonly DayFiles[];
  /** The head asked for is in this tree's chain. */
  readonly hasHead: boolean;
  /** There is nothing under `_work/` to prove with: a copy of the reports alone. */
  readonly isCopy: boolean;
}

/** Log files of one day of delivery at one place. */
export interface DayFiles {
  /** `s3://bucket/folder`. */
  readonly place: string;
  readonly date: string;
  /** Files that the last whole list showed, and those of them that were read, then or before. */
  readonly listed: number;
  readonly read: number;
  /** When a list showed that, ISO 8601 UTC. */
  readonly listedAt: string;
  /** Files of which the ledger says that they were read, and all of the evidence is there that it names. */
  readonly proven: number;
}

/** What was found of one hour of one tree. */
export interface CheckedHour extends HourLabel {
  /** Folder of the tree in a forest, ending in `/`; empty for a single tree. */
  readonly tree: string;
  readonly manifest: Manifest | null;
  /** Sentences; empty when the hour is proven. */
  readonly faults: readonly string[];
  /** What helps against the faults. */
  readonly remedies: readonly Remedy[];
  /** Rows by `<account> <Region>`. */
  readonly places: ReadonlyMap<string, number>;
  /** What its findings are computed from; null without a manifest that is this hour's. */
  readonly facts: HourFacts | null;
  /** The latest instant of the hour for which nothing can change any more has passed. */
  readonly isFinal: boolean;
}

/** A fault that lies in no hour's bytes. */
export interface TreeFault {
  readonly text: string;
  readonly remedy: Remedy;
}

/**
 * What helps: writing anew from the evidence, collecting again, removing what does not belong, putting a file back from a backup,
 * or nothing but accepting it.
 */
export type Remedy = 'mend' | 'collect' | 'remove' | 'restore' | 'accept';
