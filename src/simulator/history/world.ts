import type { Actor, Company, Person, WorkGroup } from '../company/company.js';
import type { Credential } from '../company/credential.js';
import type { SqlStyle } from '../company/sql-templates.js';
import type { CommentingTool } from '../company/tool-comments.js';

/** A path by which somebody reaches Athena. */
export interface Way {
  readonly name: string;
  /** How good the best evidence is that AWS and the directory give for this path. */
  readonly confidence: 'verified' | 'asserted' | 'claimed' | 'none';
  /** Whom that evidence names, when it cannot name the person at the keyboard: the tool or the workload; nobody at confidence `none`. */
  readonly stand: Actor | null;
}

/** What the queries of one channel have in common. */
export interface ChannelTraits {
  readonly way: Way;
  readonly accountId: string;
  readonly region: string;
  readonly style: SqlStyle;
  readonly tool: CommentingTool | null;
  /** Service that makes the call for the caller (`aws-mcp.amazonaws.com`), null for none. */
  readonly invokedBy: string | null;
  /** Whom a forged comment names. */
  readonly claims: Person | null;
}

/** How a started query ends. */
export type Fate = 'succeeded' | 'failed' | 'cancelled' | 'long' | 'reused' | 'requeued' | 'refused';

/** One call of StartQueryExecution; what can be computed from the seed and the number is not stored. */
export interface Attempt {
  readonly number: number;
  /** Milliseconds. */
  readonly submittedAt: number;
  readonly actor: Actor;
  readonly channel: ChannelTraits;
  readonly credential: Credential;
  readonly workGroup: WorkGroup;
  readonly fate: Fate;
  /** Set for queries that came in over HTTP. */
  readonly live: LiveRequest | null;
  /** CloudTrail never shows it: the gap that only a second witness finds. */
  readonly isUnseen: boolean;
}

/** What a caller over HTTP asked for, or the story says. */
export interface LiveRequest {
  readonly text: string;
  readonly catalog: string | null;
  readonly database: string | null;
  readonly outputLocation: string | null;
  readonly clientRequestToken: string | null;
  /** About so many bytes are scanned. */
  readonly scanBytes?: number;
  readonly substatement?: string;
  /** The start is refused for want of permission. */
  readonly isDenied?: boolean;
  /** The event of the start can be read only so much later. */
  readonly delayMs?: number;
}

/** One CloudTrail event of one account and Region. */
export interface EventRow {
  readonly number: number;
  /** Whole seconds, in milliseconds. */
  readonly time: number;
  /** From then on LookupEvents and trails show it. */
  readonly visibleAt: number;
  readonly accountId: string;
  readonly region: string;
  readonly subject: EventSubject;
}

export type EventSubject =
  | { readonly kind: 'start'; readonly attempt: Attempt; readonly credential: Credential; readonly isRetry: boolean }
  | { readonly kind: 'issue'; readonly credential: Credential; readonly copy: 'only' | 'caller' | 'target' }
  | { readonly kind: 'noise'; readonly credential: Credential; readonly template: number };

/** Everything that happened in one account and Region, in order. */
export interface Partition {
  readonly accountId: string;
  readonly region: string;
  /** Ascending by time, then number. */
  readonly events: EventRow[];
  /** The StartQueryExecution events among them. */
  readonly starts: EventRow[];
  /** The STS and sign-in events among them that issued credentials. */
  readonly issues: EventRow[];
  readonly issuesByKey: Map<string, EventRow[]>;
  /** Ids of executions by workgroup, ascending by submission. */
  readonly executions: Map<string, Attempt[]>;
}

/** The simulated accounts with their past and the scheduled part of their future. */
export interface World {
  readonly seed: number;
  /** Number spaces of the ids, so that ids of different things differ. */
  readonly spaces: {
    readonly execution: number;
    readonly event: number;
    readonly request: number;
    readonly token: number;
  };
  readonly company: Company;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly attempts: Attempt[];
  readonly credentials: Credential[];
  readonly partitions: Map<string, Partition>;
  /** Start events of each attempt, at its number; one row, or a list when the start was repeated. */
  readonly startsOf: (EventRow | readonly EventRow[] | undefined)[];
  /** Credentials by issued access key. */
  readonly byKey: Map<string, Credential>;
  readonly delivery: { readonly typicalMs: number; readonly lateShare: number; readonly lateMaxMs: number };
  eventCount: number;
}

export function partitionOf(world: World, accountId: string, region: string): Partition {
  const key = `${accountId}/${region}`;
  let partition = world.partitions.get(key);
  if (!partition) {
    partition = {
      accountId,
      region,
      events: [],
      starts: [],
      issues: [],
      issuesByKey: new Map(),
      executions: new Map(),
    };
    world.partitions.set(key, partition);
  }
  return partition;
}

/** The attempts in the order of their submission; their numbers are in another. */
export function attemptsInOrder(world: World): Attempt[] {
  return [...world.attempts].sort((a, b) => a.submittedAt - b.submittedAt || a.number - b.number);
}

/** Position of the first row whose key is not below `key`. */
export function lowerBound<T>(rows: readonly T[], key: number, keyOf: (row: T) => number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row !== undefined && keyOf(row) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
