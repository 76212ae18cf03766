import { DescribeUserCommand, type IdentitystoreClient } from '@aws-sdk/client-identitystore';
import type { Clock } from '../../ports/clock.js';
import type { UserNameSource } from '../../ports/identity-source.js';
import type { Pacer } from '../../ports/pacer.js';
import { describe, nameOf, PermissionDenied } from '../aws/aws-failure.js';
import { callAws } from '../aws/call-aws.js';
import { createCounts } from '../aws/counts.js';

/** Quota of the Identity Store API: 20 calls a second for all of its operations together. */
export const IDENTITY_STORE_RATE_PER_SECOND = 19.8;

/** The store in one Region: IAM Identity Center lives in one Region of the organization. */
export interface IdentityStoreRegion {
  readonly region: string;
  readonly describeUser: DescribeUser;
  readonly pacer: Pacer;
}

/** Answers the user name; null when the user has none. One attempt; throws `ResourceNotFoundException`. */
export type DescribeUser = (
  user: { readonly identityStoreId: string; readonly userId: string },
  signal?: AbortSignal,
) => Promise<string | null>;

/** Makes the call of a client; create the client with `PACED_CLIENT`. */
export function createDescribeUser(client: IdentitystoreClient): DescribeUser {
  return async ({ identityStoreId, userId }, signal) => {
    const input = { IdentityStoreId: identityStoreId, UserId: userId };
    const answer = await client.send(new DescribeUserCommand(input), signal ? { abortSignal: signal } : {});
    return answer.UserName ?? null;
  };
}

/**
 * Looks user names up in IAM Identity Center, Region by Region until one knows the user. Names make rows friendlier, not truer:
 * a Region that refuses or fails is warned of once and asked no more, and its users stay unasked. Never throws but when aborted.
 */
export function createIdentityStore(options: {
  readonly regions: readonly IdentityStoreRegion[];
  readonly accountId: string | null;
  readonly clock: Clock;
  readonly random: () => number;
  readonly warn: (message: string) => void;
}): UserNameSource {
  const { regions, accountId, clock, random, warn } = options;
  const counts = createCounts(['calls', 'denied', 'named', 'notFound', 'retries', 'throttled']);
  const closed = new Set<string>();
  /** Region in which a store was found. */
  const homes = new Map<string, string>();

  return {
    async *find(users, signal) {
      for (const user of users) {
        const at = placeOf(user);
        if (!at) continue;
        signal?.throwIfAborted();
        const answer = await ask(at, signal);
        if (answer === undefined) continue;
        counts.add(answer === null ? 'notFound' : 'named', 1);
        yield { user, name: answer };
      }
    },
    account: () => ({ kind: 'identity-store', accountId, region: null, counts: counts.all() }),
  };

  /** The name; null when every Region says there is no such user; undefined when one could not be asked. */
  async function ask(
    at: { readonly identityStoreId: string; readonly userId: string },
    signal: AbortSignal | undefined,
  ): Promise<string | null | undefined> {
    const home = homes.get(at.identityStoreId);
    const places = home === undefined ? regions : regions.filter(({ region }) => region === home);
    let isComplete = places.length > 0;
    for (const { region, describeUser, pacer } of places) {
      if (closed.has(region)) {
        isComplete = false;
        continue;
      }
      try {
        const action = 'identitystore:DescribeUser';
        const name = await callAws(() => describeUser(at, signal), {
          ...{ action, pacer, clock, random, counts, signal },
          tries: 3,
        });
        homes.set(at.identityStoreId, region);
        return name;
      } catch (error) {
        signal?.throwIfAborted();
        if (nameOf(error) === 'ResourceNotFoundException') continue;
        isComplete = false;
        closed.add(region);
        if (error instanceof PermissionDenied) counts.add('denied', 1);
        warn(
          error instanceof PermissionDenied
            ? `identitystore:DescribeUser is not permitted in ${region}: users of IAM Identity Center whom no event names keep their id as name`
            : `IAM Identity Center in ${region} did not answer (${describe(error)}): users whom no event names keep their id as name`,
        );
      }
    }
    return isComplete ? null : undefined;
  }
}

/** Splits `arn:aws:identitystore::<account>:identitystore/d-1234567890#<user id>`; null for what is no such user. */
function placeOf(user: string): { readonly identityStoreId: string; readonly userId: string } | null {
  const [, identityStoreId, userId] = /(?:^|\/)(d-[0-9a-f]{10}|[0-9a-f-]{36})#(.+)$/.exec(user) ?? [];
  return identityStoreId === undefined || userId === undefined ? null : { identityStoreId, userId };
}
