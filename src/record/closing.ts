import type { PlaceSettings } from '../athena/place-settings.js';

/** What the second witness said of a day, kept under `_work/closings/`. */
export interface Closing {
  readonly schema: 1;
  readonly reportDate: string;
  readonly closedAt: string;
  readonly workGroups: readonly {
    readonly accountId: string;
    readonly region: string;
    readonly workGroup: string;
    readonly listed: number;
    readonly failure: string | null;
    /** Only the newest pages were read, and samples told that what follows ran before the day; absent where all was read. */
    readonly isRecent?: true;
  }[];
  /** Ids that Athena lists in the days collected and CloudTrail never showed. */
  readonly unattributed: readonly string[];
  /** What the system tables said; absent where none was asked. */
  readonly systemTables?: readonly SystemTableFinding[];
  /** What Athena's own events said; absent where nobody hears them. */
  readonly events?: readonly EventFinding[];
  /** How accounts were set up, as far as it could be asked; absent where nobody was. */
  readonly settings?: readonly PlaceSettings[];
  /** Hours without a manifest that can be read: they failed. */
  readonly missingHours: readonly number[];
}

/** What the third witness said of a day in one account and Region. */
export interface SystemTableFinding {
  readonly accountId: string;
  readonly region: string;
  /** Executions of the day in the table. */
  readonly seen: number;
  /** Executions of the day that CloudTrail showed and the table has not, or not yet: it holds finished queries only. */
  readonly absent: number;
  /** Executions for which the table names another principal than CloudTrail does; the first hundred of them. */
  readonly disagreements: number;
  readonly disagreeing: readonly string[];
  readonly failure: string | null;
}

/** What "Athena Query State Change" events said of a day in one account and Region. */
export interface EventFinding {
  readonly accountId: string;
  readonly region: string;
  /** Executions of the day that events told of. */
  readonly seen: number;
  /** Executions of the day that CloudTrail showed and no event told of: they ended before anybody heard, or the event was lost. */
  readonly absent: number;
}
