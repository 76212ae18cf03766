import type { ExecutionAnswer } from '../athena/execution.js';
import type { Window } from '../calendar/window.js';
import type { CredentialLink } from '../cloudtrail/credential-link.js';
import type { Reject, Start } from '../cloudtrail/start.js';

/** Time, and waiting for it. `now` is epoch milliseconds; `sleep` rejects when the signal fires. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** One thing read from CloudTrail. */
export type Evidence = Start | CredentialLink | Reject;

/** A part of what a source read. */
export interface EvidenceBatch {
  readonly items: readonly Evidence[];
  /** Windows of the request that are completely read with this batch. Their union over a whole scan is the request. */
  readonly covered: readonly Window[];
  /**
   * Where to go on: a later `scan` of the same window given this cursor yields what is not covered yet (and may repeat some
   * of what was read). Null when the source starts again instead. Opaque, JSON.
   */
  readonly cursor: unknown;
}

/** What a source did, for the manifest (`sources`) and the summary. */
export interface SourceAccount {
  /** `lookup-events`, `trail-files`, `athena-api`, `execution-export`, `system-table`. */
  readonly kind: string;
  readonly accountId: string | null;
  readonly region: string | null;
  /** Calls made, files read, bytes read, throttles met, …: counts by name, keys sorted. */
  readonly counts: Readonly<Record<string, number>>;
  /** Why it broke off before all was read; absent when all was. */
  readonly failure?: string;
}

/** Reads what CloudTrail knows about a window: starts, refused starts, and the STS events met on the way. */
export interface StartSource {
  /** Yields every event with `window.start <= eventTime < window.end` at least once, in any order. */
  scan(
    window: Window,
    options: { readonly cursor?: unknown; readonly signal?: AbortSignal },
  ): AsyncIterable<EvidenceBatch>;
  account(): SourceAccount;
  /** Of each account and Region, where the source is several of them; `account` is their sum then. */
  accounts?(): readonly SourceAccount[];
}

/** Knows executions by id. */
export interface ExecutionSource {
  /** Answers every id exactly once, in any order; at most `EXECUTION_BATCH` ids a call. Throws only when the whole source fails. */
  fetch(ids: readonly string[], signal?: AbortSignal): Promise<readonly ExecutionAnswer[]>;
  account(): SourceAccount;
}

/** Athena's own list of what ran: the second witness. Absent from sources that have none. */
export interface ExecutionLister {
  /**
   * Yields the ids Athena lists, of every workgroup, in any order; findings name the workgroups that could not be read. Given
   * the cursor of a page of an earlier list, it goes on behind that page.
   */
  list(options: {
    readonly since: number;
    readonly cursor?: unknown;
    readonly signal?: AbortSignal;
  }): AsyncIterable<ListedExecutions>;
}

export interface ListedExecutions {
  readonly workGroup: string;
  readonly ids: readonly string[];
  /** Set when the workgroup could not be listed. */
  readonly failure: string | null;
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

/** Finds the events that issued credentials or sessions. */
export interface LinkSource {
  /** STS events, by the access key that they issued. */
  find(accessKeyIds: readonly string[], signal?: AbortSignal): AsyncIterable<CredentialLink>;
  /** Athena's `StartSession` events of these Spark sessions; absent where they cannot be asked for. */
  findSparkStarts?(uses: readonly SparkUse[], signal?: AbortSignal): AsyncIterable<CredentialLink>;
  /** True when some account or Region could not be asked: what was not found may be there. Absent where failures are thrown. */
  hasFailed?(): boolean;
  account(): SourceAccount;
}

/** When and where a Spark session started queries; times are epoch milliseconds. */
export interface SparkUse {
  readonly sessionId: string;
  readonly region: string;
  readonly firstUse: number;
  readonly lastUse: number;
}

/** Knows the user names of IAM Identity Center. */
export interface UserNameSource {
  /**
   * Asks for users, each `<identity store ARN>#<user id>`. Yields those it got an answer for; the name is null when the store
   * has no such user. What may not be asked is told as a warning, and left out.
   */
  find(
    users: readonly string[],
    signal?: AbortSignal,
  ): AsyncIterable<{ readonly user: string; readonly name: string | null }>;
  account(): SourceAccount;
}

/** Bytes at a key. `tag` changes with every write of the key (an ETag). */
export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly tag: string;
}

/** Content to store: bytes, or a function that streams them (and may be called again for a retry). */
export type Content = Uint8Array | (() => AsyncIterable<Uint8Array>);

/** What must hold for a write: the key is absent, holds this tag, or anything. */
export type WriteCondition = { readonly absent: true } | { readonly tag: string } | 'any';

/**
 * Keeps reports, manifests and working files under one root. Keys use `/`, never start with one, and have no `..`.
 * A write is atomic: readers see the old bytes or the new.
 */
export interface ReportStore {
  /** For messages: a folder or `s3://bucket/prefix`. */
  readonly location: string;
  read(key: string): Promise<StoredObject | null>;
  /** Reads a large object in pieces; null when the key is absent. */
  stream(key: string): Promise<AsyncIterable<Uint8Array> | null>;
  /** Returns the tag of the key, null when it is absent. */
  tagOf(key: string): Promise<string | null>;
  /** @throws WriteConflict when the condition does not hold. */
  write(key: string, content: Content, condition: WriteCondition): Promise<{ readonly tag: string }>;
  /** Yields the keys under a prefix (a folder path ending in `/`, or empty) in ascending order of their bytes. */
  list(prefix: string): AsyncIterable<{ readonly key: string; readonly bytes: number }>;
  /** Removes a key; an absent key is no error. */
  remove(key: string): Promise<void>;
}

/** A write met a key that another run has changed meanwhile. */
export class WriteConflict extends Error {
  override readonly name = 'WriteConflict';
  readonly key: string;
  constructor(key: string) {
    super(`another run changed ${key} meanwhile`);
    this.key = key;
  }
}

/** What a long run tells while it works. Numbers only, no SQL. */
export type ProgressEvent =
  | {
      readonly kind: 'scan';
      readonly source: string;
      readonly read: number;
      readonly coveredMs: number;
      readonly totalMs: number;
      readonly calls: number;
      readonly throttled: number;
    }
  | {
      readonly kind: 'hour';
      readonly reportDate: string;
      readonly hour: number;
      readonly rows: number;
      readonly done: number;
      readonly total: number;
    }
  | { readonly kind: 'reject'; readonly origin: string; readonly reason: string }
  | { readonly kind: 'warning'; readonly message: string };

export type Progress = (event: ProgressEvent) => void;
