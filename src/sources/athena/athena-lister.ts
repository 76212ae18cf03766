import type { Clock } from '../../ports/clock.js';
import type { ExecutionLister, ListedExecutions } from '../../ports/execution-source.js';
import type { SourceAccount } from '../../ports/start-source.js';
import { CredentialsExpired, describe } from '../aws/aws-failure.js';
import { callAws } from '../aws/call-aws.js';
import { createCounts } from '../aws/counts.js';
import type { AthenaCalls, NamesPage } from './athena-calls.js';
import type { AthenaPacers } from './athena-pacers.js';

export interface AthenaListerOptions {
  readonly calls: AthenaCalls;
  readonly pacers: AthenaPacers;
  readonly accountId: string | null;
  readonly region: string;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Where a list stands: the workgroups that were read to their end, and the next page of another. */
interface ListCursor {
  readonly done: readonly string[];
  readonly workGroup: string | null;
  readonly token: string | null;
}

/**
 * Lists what Athena remembers having run, workgroup by workgroup. Athena gives ids without times, in an order it does not promise,
 * so every page is read whatever `since` says, unless `isEnough` knows better (aws-facts 2.5). A workgroup that may not be listed is a finding, not an error.
 * AWS does not say how long a page token lives: a workgroup whose token is refused is listed anew, and its pages come again.
 * @throws CredentialsExpired, PermissionDenied when the workgroups themselves cannot be listed
 */
export function createAthenaLister(options: AthenaListerOptions): ExecutionLister & { account(): SourceAccount } {
  const { calls, pacers, accountId, region, clock, random } = options;
  const counts = createCounts(['calls', 'failedWorkGroups', 'ids', 'retries', 'throttled', 'workGroups']);
  return {
    async *list({ cursor, isEnough, signal }) {
      const { done: before, workGroup: begun, token } = isCursor(cursor) ? cursor : FROM_THE_START;
      const done = new Set(before);
      const groups = pages(null, (next) =>
        callAws(() => calls.listWorkGroups(next, signal), {
          ...{ action: 'athena:ListWorkGroups', pacer: pacers.workGroups },
          ...{ clock, random, counts, signal },
        }),
      );
      // All names first: an account has a thousand workgroups at most, and whoever waits learns how many.
      const all = new Set(begun === null ? before : [...before, begun]);
      for await (const { names } of groups) for (const name of names) all.add(name);
      for (const workGroup of begun === null ? all : new Set([begun, ...all])) {
        if (done.has(workGroup)) continue;
        if (workGroup !== begun) counts.add('workGroups', 1);
        const from = { done, all: all.size, token: workGroup === begun ? token : null, isEnough, signal };
        yield* listGroup(workGroup, from);
        done.add(workGroup);
      }
    },
    account: () => ({ kind: 'athena-lister', accountId, region, counts: counts.all() }),
  };

  async function* listGroup(workGroup: string, from: ListFrom): AsyncGenerator<ListedExecutions> {
    const { done, all, token: first, isEnough, signal } = from;
    const ended = { done: done.size + 1, all };
    const end: ListCursor = { done: [...done, workGroup], workGroup: null, token: null };
    let isResuming = first !== null;
    const ids = pages(first, (token) =>
      callAws(() => calls.listExecutions(workGroup, token, signal), {
        ...{ action: 'athena:ListQueryExecutions', pacer: pacers.list },
        ...{ clock, random, counts, signal },
      }),
    );
    try {
      for await (const { names, nextToken } of ids) {
        isResuming = false;
        counts.add('ids', names.length);
        const cursor: ListCursor = nextToken === null ? end : { done: [...done], workGroup, token: nextToken };
        const workGroups = nextToken === null ? ended : { done: done.size, all };
        const page = { workGroup, ids: names, failure: null, cursor, workGroups };
        yield page;
        if (nextToken === null || !(await isEnough?.(page))) continue;
        yield { workGroup, ids: [], failure: null, isRecent: true, cursor: end, workGroups: ended };
        return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof CredentialsExpired) throw error;
      if (isResuming) {
        yield* listGroup(workGroup, { ...from, token: null });
        return;
      }
      counts.add('failedWorkGroups', 1);
      yield { workGroup, ids: [], failure: describe(error), cursor: end, workGroups: ended };
    }
  }
}

interface ListFrom {
  readonly done: ReadonlySet<string>;
  /** Workgroups in all. */
  readonly all: number;
  readonly token: string | null;
  readonly isEnough: ((page: ListedExecutions) => Promise<boolean>) | undefined;
  readonly signal: AbortSignal | undefined;
}

const FROM_THE_START: ListCursor = { done: [], workGroup: null, token: null };

function isCursor(cursor: unknown): cursor is ListCursor {
  const { done, workGroup, token } = (cursor ?? {}) as Partial<ListCursor>;
  const isText = (value: unknown) => value === null || typeof value === 'string';
  return Array.isArray(done) && isText(workGroup) && isText(token);
}

/** Follows page tokens; a token that comes twice in a row would never end. */
async function* pages(
  first: string | null,
  fetch: (token: string | null) => Promise<NamesPage>,
): AsyncGenerator<NamesPage> {
  let token = first;
  do {
    const page: NamesPage = await fetch(token);
    yield page;
    if (page.nextToken !== null && page.nextToken === token) throw new Error('AWS repeats the same page token');
    token = page.nextToken;
  } while (token !== null);
}
