import type { Clock, ExecutionLister, SourceAccount } from '../collect/ports.js';
import type { AthenaCalls, NamesPage } from './athena-calls.js';
import type { AthenaPacers } from './athena-pacers.js';
import { CredentialsExpired, describe } from './aws-failure.js';
import { callAws } from './call-aws.js';
import { createCounts } from './counts.js';

export interface AthenaListerOptions {
  readonly calls: AthenaCalls;
  readonly pacers: AthenaPacers;
  readonly accountId: string | null;
  readonly region: string;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * Lists what Athena remembers having run, workgroup by workgroup. Athena gives ids without times, in an order it does not promise,
 * so every page is read whatever `since` says (fact sheet 2.5). A workgroup that may not be listed is a finding, not an error.
 * @throws CredentialsExpired, PermissionDenied when the workgroups themselves cannot be listed
 */
export function createAthenaLister(options: AthenaListerOptions): ExecutionLister & { account(): SourceAccount } {
  const { calls, pacers, accountId, region, clock, random } = options;
  const counts = createCounts(['calls', 'failedWorkGroups', 'ids', 'retries', 'throttled', 'workGroups']);
  return {
    async *list({ signal }) {
      const groups = pages((token) =>
        callAws(() => calls.listWorkGroups(token, signal), {
          ...{ action: 'athena:ListWorkGroups', pacer: pacers.workGroups },
          ...{ clock, random, counts, signal },
        }),
      );
      for await (const names of groups) {
        for (const workGroup of names) {
          counts.add('workGroups', 1);
          yield* listGroup(workGroup, signal);
        }
      }
    },
    account: () => ({ kind: 'athena-lister', accountId, region, counts: counts.all() }),
  };

  async function* listGroup(workGroup: string, signal: AbortSignal | undefined) {
    const ids = pages((token) =>
      callAws(() => calls.listExecutions(workGroup, token, signal), {
        ...{ action: 'athena:ListQueryExecutions', pacer: pacers.list },
        ...{ clock, random, counts, signal },
      }),
    );
    try {
      for await (const page of ids) {
        counts.add('ids', page.length);
        yield { workGroup, ids: page, failure: null };
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof CredentialsExpired) throw error;
      counts.add('failedWorkGroups', 1);
      yield { workGroup, ids: [], failure: describe(error) };
    }
  }
}

/** Follows page tokens; a token that comes twice in a row would never end. */
async function* pages(fetch: (token: string | null) => Promise<NamesPage>): AsyncGenerator<readonly string[]> {
  let token: string | null = null;
  do {
    const page: NamesPage = await fetch(token);
    yield page.names;
    if (page.nextToken !== null && page.nextToken === token) throw new Error('AWS repeats the same page token');
    token = page.nextToken;
  } while (token !== null);
}
