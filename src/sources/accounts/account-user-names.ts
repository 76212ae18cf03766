import { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import type { Clock } from '../../ports/clock.js';
import type { UserNameSource } from '../../ports/identity-source.js';
import { createPacer } from '../../ports/pacer.js';
import { PACED_CLIENT } from '../lookup/lookup-events-client.js';
import type { AwsAccount } from './aws-accounts.js';
import { createDescribeUser, createIdentityStore, IDENTITY_STORE_RATE_PER_SECOND } from './identity-store.js';

/**
 * The users of IAM Identity Center, which lives in one Region of one account of an organization: it is asked with the first
 * account's credentials, in that account's Regions, in `linkRegions`, and where global STS events are recorded.
 */
export function openUserNames(request: {
  readonly accounts: readonly AwsAccount[];
  readonly linkRegions?: readonly string[];
  readonly warn: (message: string) => void;
  readonly clock: Clock;
  readonly random: () => number;
}): UserNameSource {
  const { accounts, linkRegions = [], warn, clock, random } = request;
  const common = { clock, random };
  const [first] = accounts;
  const regions = first ? [...new Set([...first.regions, ...linkRegions, 'us-east-1'])] : [];
  return createIdentityStore({
    regions: regions.map((region) => ({
      region,
      describeUser: createDescribeUser(
        new IdentitystoreClient({ ...first?.config('IDENTITYSTORE', region), ...PACED_CLIENT }),
      ),
      pacer: createPacer({ ratePerSecond: IDENTITY_STORE_RATE_PER_SECOND, ...common }),
    })),
    accountId: first?.accountId ?? '',
    ...common,
    warn,
  });
}
