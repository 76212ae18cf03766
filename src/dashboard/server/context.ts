import type { FileChangesByTree } from '../../analytics/audit/cached-facts.js';
import type { DaySums } from '../../analytics/groups/day-sums.js';
import type { PriceTable } from '../../athena/prices.js';
import type { Directory } from '../../identity/directory/directory-entries.js';
import type { Budgets } from '../../tree/budgets.js';
import type { RowSource } from '../rows/row-source.js';
import type { BillSource } from './bill-view.js';
import type { LiveCache } from './live-cache.js';
import type { MadePack, PackView } from './pack-view.js';
import type { ViewStore } from './view-store.js';
import type { Listed, SyncStatus } from './watch-reports.js';

/** What the chain of seals says (`aqt verify` has the details). */
export interface SealChain {
  readonly length: number;
  readonly head: string | null;
  readonly faults: readonly string[];
}

/** A report day without sums, and why, as the end of a sentence about it. */
export interface DayWithout {
  readonly date: string;
  /** Empty but in a forest. */
  readonly tree: string;
  readonly why: string;
}

/** What the routes work with. */
export interface DashboardContext {
  readonly live: LiveCache;
  readonly rows: () => RowSource;
  /** What there is, as soon as it is listed: its sums need no row. */
  readonly listed: () => Listed | null;
  /** Report time zone of a tree; null where nothing is collected. */
  readonly timezoneOf: (tree: string) => Promise<string | null>;
  readonly status: () => SyncStatus;
  /** Folder or bucket, for messages and for copied command lines. */
  readonly location: string;
  /** What a user types to start the program: copied command lines begin with it. */
  readonly program: string;
  readonly version: string;
  /** What the file of the cache may take; null without a bound. */
  readonly cacheLimitBytes: number | null;
  /** Literals never leave the server; the console runs over masked views. */
  readonly isAuditor: boolean;
  /** Patterns of tables whose readers are pointed out. */
  readonly sensitive: readonly string[];
  readonly directory: Directory;
  /** Reads and checks the chain of seals of each tree. */
  readonly chains: (trees: readonly string[]) => Promise<Readonly<Record<string, SealChain>>>;
  /** What was noticed of log files in each tree; it may grow without a new generation. */
  readonly fileChanges: (trees: readonly string[]) => Promise<FileChangesByTree>;
  /** What rows of a tree are priced with now. */
  readonly prices: (tree: string) => Promise<PriceTable>;
  /** What can be compared with the reports; empty unless the server was started with bills. */
  readonly bills: readonly BillSource[];
  /** Adds up report days from their sums, of all trees, and names those of which there are none to rely on. */
  readonly sums: (
    trees: readonly string[],
    dates: readonly string[],
  ) => Promise<{ readonly sums: DaySums; readonly without: readonly DayWithout[] }>;
  /** Makes a pack of evidence for a view. */
  readonly pack: (view: PackView) => Promise<MadePack>;
  /** What `/metrics` answers, null before the first generation; absent where it is not asked for. */
  readonly metrics?: () => Promise<string | null>;
  /** What may be spent in a month, as it is kept with the reports now. */
  readonly budgets: () => Promise<Budgets>;
  /** Saved views of these reports. */
  readonly views: ViewStore;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly newId: () => string;
  /** Takes unexpected errors, without SQL. */
  readonly onError: (message: string) => void;
}
