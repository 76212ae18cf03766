import type { HourLabel } from '../calendar/hour-label.js';
import type { Window } from '../calendar/window.js';
import type { NotReadNote } from '../cloudtrail/not-read.js';
import type { Closing } from '../record/closing.js';
import type { Manifest } from '../record/manifest.js';

/** What the findings of a tree are computed from; `aqt verify` takes it from the bytes, the dashboard from its cache. */
export interface TreeFacts {
  readonly hours: readonly HourFacts[];
  /** In order of their days; null where nobody expects any: in a copy of the reports alone. */
  readonly closings: readonly ClosingFacts[] | null;
  /** Executions and refused attempts that stand in several rows of the tree or of its forest. */
  readonly repeated: readonly RepeatedRows[];
  /** Documents that a seal names and that are gone. */
  readonly missing: readonly string[];
  /** Parts of the evidence that no manifest names, by their key. */
  readonly untold: readonly string[];
  readonly rewritten: readonly RewrittenHour[];
  /** Files of whole days that are not what they should be. */
  readonly daily: readonly DailyFacts[];
  /** Log files that were read and are others now, or gone. */
  readonly fileChanges: readonly FileChangesFacts[];
  /** There is nothing under `_work/` to prove with: a copy of the reports alone. */
  readonly isCopy: boolean;
}

/** One hour, from its manifest and its rows. */
export interface HourFacts extends HourLabel {
  readonly timezone: string;
  readonly window: Window;
  readonly isOpen: boolean;
  readonly malformed: number;
  /** Those that failed, or whose digests found something; others may be left out. */
  readonly sources: readonly SourceFacts[];
  readonly notRead: readonly NotReadNote[];
  readonly unattributed: IdSum;
  readonly conflict: IdSum;
  /** Parts of its evidence that are gone. */
  readonly partsGone: number;
}

export interface SourceFacts {
  readonly accountId: string | null;
  readonly region: string | null;
  /** Why it could not be read to the end; null when it was. */
  readonly failure: string | null;
  readonly digestFindings: number;
}

/** Some rows of an hour. */
export interface IdSum {
  readonly count: number;
  /** The first ids: of executions, or `event <event id>`. */
  readonly ids: readonly string[];
  /** SHA-256 in hex of all their ids in the order of the report, a line each (`event <event id>` of a refused start). */
  readonly hash: string;
}

/** Rows of the same few hours that name the same executions. */
export interface RepeatedRows extends IdSum {
  /** Names of the hours, each with its tree before it, in order. */
  readonly hours: readonly string[];
}

/** An hour whose manifest is no longer the one under a head that was kept elsewhere. */
export interface RewrittenHour extends HourLabel {
  /** sha256 of the manifest now; null when it is gone. */
  readonly sha256: string | null;
  /** Seals since then that took in a manifest of the hour. */
  readonly seals: readonly { readonly number: number; readonly sealedAt: string }[];
}

/** The files of a whole day (`daily/`, `rollups/`): made before hours were written as they are, or not what their note says. */
export type DailyFacts = { readonly reportDate: string } & (
  | {
      readonly fault: 'stale';
      /** Hours of which they hold other rows. */
      readonly changed: number;
      /** SHA-256 in hex of those of the reports of the day as they are. */
      readonly hash: string;
    }
  | {
      readonly fault: 'damaged';
      /** The rows of the day, or their sums. */
      readonly file: 'rows' | 'sums';
      readonly why: string;
      /** SHA-256 in hex of its bytes; empty where nobody can say. */
      readonly hash: string;
    }
);

/** Log files of one day of delivery that were read and are others now, or that are gone. */
export interface FileChangesFacts {
  /** Day of delivery, YYYY-MM-DD. */
  readonly date: string;
  readonly isGone: boolean;
  readonly count: number;
  /** The first of them: the file, what it was, what it is, when that was noticed. */
  readonly told: readonly string[];
  /** SHA-256 in hex of what all of them were and are. */
  readonly hash: string;
  /** Report dates of what was taken from them, and of the day itself: first and last. */
  readonly days: { readonly from: string; readonly to: string };
}

/** What closing a day found. */
export interface ClosingFacts {
  readonly reportDate: string;
  readonly unlisted: readonly (Place & { readonly workGroup: string; readonly failure: string })[];
  readonly systemTables: readonly (Place & {
    readonly disagreements: number;
    /** Ids of the first of them. */
    readonly disagreeing: readonly string[];
    readonly failure: string | null;
  })[];
}

/** An account and Region. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** No row at all. */
export const NO_IDS: IdSum = { count: 0, ids: [], hash: '' };

/** The facts of an hour that its manifest tells; those of its rows are given. */
export function hourFacts(
  manifest: Manifest,
  rows: Pick<HourFacts, 'unattributed' | 'conflict' | 'partsGone'>,
): HourFacts {
  const { reportDate, hour, timezone, window, status, ledger, sources, notRead = [] } = manifest;
  return {
    ...{ reportDate, hour, timezone, notRead, ...rows },
    window: { start: Date.parse(window.start), end: Date.parse(window.end) },
    isOpen: status === 'open',
    malformed: ledger.malformed,
    sources: sources.map(({ accountId, region, failure = null, counts }) => {
      return { accountId, region, failure, digestFindings: counts.digestFindings ?? 0 };
    }),
  };
}

export function closingFacts({ reportDate, workGroups, systemTables = [] }: Closing): ClosingFacts {
  const unlisted = workGroups.flatMap(({ failure, ...one }) => (failure === null ? [] : [{ ...one, failure }]));
  return { reportDate, unlisted, systemTables };
}
