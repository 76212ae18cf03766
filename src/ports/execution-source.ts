import type { ExecutionAnswer } from '../athena/execution.js';
import type { PlaceSettings } from '../athena/place-settings.js';
import type { Window } from '../calendar/window.js';
import type { SourceAccount } from './start-source.js';

/** Knows executions by id. */
export interface ExecutionSource {
  /** Answers every id exactly once, in any order; at most `EXECUTION_BATCH` ids a call. Throws only when the whole source fails. */
  fetch(ids: readonly string[], signal?: AbortSignal): Promise<readonly ExecutionAnswer[]>;
  account(): SourceAccount;
  /**
   * Asks what a prepared statement says now; null when there is none, or it may not be told. Absent where nobody can be asked.
   * Throws only what ends the run: expired credentials, an abort.
   */
  prepared?(asked: PreparedName, signal?: AbortSignal): Promise<PreparedText | null>;
  /**
   * Asks the account's data catalog what a table is now; null when nobody may tell, or it did not answer, which is told as a
   * warning. Absent where nobody can be asked. Throws as `prepared` does.
   */
  table?(asked: TableName, signal?: AbortSignal): Promise<CatalogTable | CatalogView | AbsentTable | null>;
}

/** A table of the account's own catalog, `awsdatacatalog`. */
export interface TableName {
  readonly database: string;
  readonly table: string;
}

/** A table as it is now. */
export interface CatalogTable {
  readonly kind: 'table';
  /** In lower case, those of partitions last. */
  readonly columns: readonly string[];
  /** When it was last changed, epoch milliseconds. */
  readonly changedAt: number;
}

/** A view as it is now. */
export interface CatalogView extends Omit<CatalogTable, 'kind'> {
  readonly kind: 'view';
  /** What its names are resolved against is null where the text alone says it; null for a text that cannot be read. */
  readonly definition: {
    readonly text: string;
    readonly catalog: string | null;
    readonly database: string | null;
  } | null;
}

/** A name that the catalog does not have. */
export interface AbsentTable {
  readonly kind: 'absent';
}

/** Prepared statements belong to a workgroup. */
export interface PreparedName {
  readonly workGroup: string;
  readonly name: string;
}

/** A prepared statement as it is now. */
export interface PreparedText {
  readonly text: string;
  /** Epoch milliseconds; what ran earlier may have run another text. */
  readonly modifiedAt: number;
}

/** Finds the source that knows the executions of an account and Region; null where there is none. */
export type ExecutionSources = (place: {
  readonly accountId: string;
  readonly region: string;
}) => ExecutionSource | null;

/** Athena's own list of what ran: the second witness. Absent from sources that have none. */
export interface ExecutionLister {
  /**
   * Yields the ids Athena lists, of every workgroup, in any order; findings name the workgroups that could not be read. Given
   * the cursor of a page of an earlier list, it goes on behind that page.
   */
  list(options: {
    readonly since: number;
    readonly cursor?: unknown;
    /** Asked behind each page that is not the last of its workgroup: whether the rest of that workgroup is left out. */
    readonly isEnough?: (page: ListedExecutions) => Promise<boolean>;
    readonly signal?: AbortSignal;
  }): AsyncIterable<ListedExecutions>;
  /**
   * Asks how workgroups and reservations are set up, and for the changes of reservations in a window. Absent where nobody can be
   * asked; what may not be asked is told inside. Throws only what ends the run.
   */
  describe?(
    workGroups: readonly string[],
    options: { readonly window: Window; readonly until: number; readonly signal?: AbortSignal },
  ): Promise<PlaceSettings>;
}

export interface ListedExecutions {
  readonly workGroup: string;
  readonly ids: readonly string[];
  /** Set when the workgroup could not be listed. */
  readonly failure: string | null;
  /** The rest of the workgroup was left out. */
  readonly isRecent?: true;
  /** Workgroups that are read to their end with this page, and in all: for whoever waits. */
  readonly workGroups?: { readonly done: number; readonly all: number };
  /** Where to go on behind this page. Absent where a list can only begin again. Opaque, JSON. */
  readonly cursor?: unknown;
}

/** A finished execution, as Athena's system table tells it. */
export interface WitnessedExecution {
  readonly queryExecutionId: string;
  readonly submittedAt: number;
  /** The IAM principal that submitted it. */
  readonly principalArn: string | null;
}

/** A third witness: Athena's system table, where an account keeps one (aws-facts 11). */
export interface ExecutionWitness {
  /** Yields the executions submitted in the window that have finished, in any order. */
  witness(window: Window, signal?: AbortSignal): AsyncIterable<readonly WitnessedExecution[]>;
}

/** The second and third witness of one account and Region. */
export interface PlacedLister {
  readonly accountId: string;
  readonly region: string;
  readonly lister: ExecutionLister;
  /** The system table of this place, where it is to be asked. */
  readonly witness?: ExecutionWitness | null;
}
