import type { Actor, Person } from '../company/company.js';
import { executionIdOf } from '../company/start-request.js';
import { eventIdOf } from '../wire/record-frame.js';
import { detailsOf, executionOfId, stateAt } from './execution.js';
import { refusalOf } from './refusals.js';
import { type Attempt, attemptsInOrder, type EventRow, type World } from './world.js';

/** What really happened: one execution, or one refused start. Times are epoch milliseconds. */
export interface TruthRow {
  /** Null for a refused start. */
  readonly queryExecutionId: string | null;
  /** Every start event, earliest first; empty when CloudTrail never shows one. */
  readonly eventIds: readonly string[];
  /** The start events with their times, when each can be read, and who is seen to have made it. */
  readonly starts: readonly {
    readonly eventId: string;
    readonly time: number;
    readonly visibleAt: number;
    readonly principal: string;
  }[];
  readonly eventTime: number | null;
  /** From then on the earliest start can be read. */
  readonly visibleAt: number | null;
  readonly accountId: string;
  readonly region: string;
  /** Who really did it. */
  readonly actor: Actor;
  /** Whom the best evidence names (the tool, where a tool hides its user; null where it is nobody), and how good that evidence is. */
  readonly provable: Actor | null;
  readonly confidence: 'verified' | 'asserted' | 'claimed' | 'none';
  /** Path by which the actor came, for example `sso-chain-twice`. */
  readonly way: string;
  /** Starts of this execution were made by different principals. */
  readonly isConflict: boolean;
  readonly workGroup: string;
  readonly catalog: string | null;
  readonly database: string | null;
  /** Null for a refused start: AWS tells nobody. */
  readonly query: string | null;
  readonly statementType: string | null;
  readonly substatementType: string | null;
  readonly tablesRead: readonly string[] | null;
  readonly tablesWritten: readonly string[] | null;
  readonly metadataTables: readonly string[] | null;
  readonly submittedAt: number;
  /** When it ends for good. */
  readonly completedAt: number | null;
  readonly finalState: 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'REFUSED';
  readonly errorCode: string | null;
  readonly scannedBytes: number | null;
  readonly isReused: boolean;
  /** The query ran on a capacity reservation. */
  readonly isReserved: boolean;
  /** State at an instant, as Athena would tell it. */
  stateAt(now: number): string;
}

/** What the simulator knows and a collector has to find out. */
export interface Truth {
  /** Rows submitted in `[from, until)`, in the order of submission. */
  rows(range?: { from?: number; until?: number; accountId?: string; region?: string }): Iterable<TruthRow>;
  find(queryExecutionId: string): TruthRow | null;
  readonly people: readonly Person[];
}

export function truthOf(world: World): Truth {
  return {
    people: world.company.people,
    *rows({ from = -Infinity, until = Infinity, accountId, region } = {}) {
      for (const attempt of attemptsInOrder(world)) {
        const { channel, submittedAt } = attempt;
        if (submittedAt < from || submittedAt >= until) continue;
        if (accountId !== undefined && channel.accountId !== accountId) continue;
        if (region !== undefined && channel.region !== region) continue;
        yield truthRowOf(world, attempt);
      }
    },
    find(queryExecutionId) {
      const attempt = executionOfId(world, queryExecutionId);
      return attempt ? truthRowOf(world, attempt) : null;
    },
  };
}

function truthRowOf(world: World, attempt: Attempt): TruthRow {
  const { actor, channel } = attempt;
  const known = world.startsOf[attempt.number];
  const starts: readonly EventRow[] = known === undefined ? [] : Array.isArray(known) ? known : [known as EventRow];
  const first = starts[0];
  const isRefused = attempt.fate === 'refused';
  const details = detailsOf(world, attempt);
  const named = starts.map((row) => ({
    eventId: eventIdOf(world, row),
    time: row.time,
    visibleAt: row.visibleAt,
    principal: row.subject.kind === 'start' ? principalOf(row.subject.credential) : '',
  }));
  return {
    queryExecutionId: isRefused ? null : executionIdOf(world, attempt),
    eventIds: named.map(({ eventId }) => eventId),
    starts: named,
    eventTime: first?.time ?? null,
    visibleAt: first?.visibleAt ?? null,
    accountId: channel.accountId,
    region: channel.region,
    actor,
    ...provableOf(attempt),
    way: channel.way.name,
    isConflict: new Set(named.map(({ principal }) => principal)).size > 1,
    workGroup: attempt.workGroup.name,
    catalog: details.catalog,
    database: details.database,
    query: isRefused ? null : details.text,
    statementType: isRefused ? null : details.statement.type,
    substatementType: isRefused ? null : details.statement.substatement,
    tablesRead: isRefused || attempt.live ? null : details.statement.tablesRead,
    tablesWritten: isRefused || attempt.live ? null : details.statement.tablesWritten,
    metadataTables: isRefused || attempt.live ? null : details.statement.metadataTables,
    submittedAt: attempt.submittedAt,
    completedAt: isRefused ? null : details.finallyEndsAt,
    finalState: isRefused ? 'REFUSED' : details.finalState,
    errorCode: isRefused ? refusalOf(world, attempt).code : null,
    scannedBytes: isRefused ? null : details.scannedBytes,
    isReused: details.isReused,
    isReserved: attempt.workGroup.isReserved,
    stateAt: (now) => (isRefused ? 'REFUSED' : stateAt(details, now).state),
  };
}

/** Whom the evidence can name: a refused start has no text, so no comment tells the user of a tool. */
function provableOf({ actor, channel, fate }: Attempt): Pick<TruthRow, 'provable' | 'confidence'> {
  const { way, tool } = channel;
  if (way.confidence === 'claimed' && fate === 'refused' && tool !== null) {
    return { provable: { id: tool, kind: 'workload' }, confidence: 'verified' };
  }
  if (way.confidence === 'none') return { provable: null, confidence: 'none' };
  return { provable: way.stand ?? actor, confidence: way.confidence };
}

function principalOf(credential: { issuerArn: string; sessionName: string | null }): string {
  return `${credential.issuerArn}/${credential.sessionName ?? ''}`;
}
