import { AthenaClient } from '@aws-sdk/client-athena';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import type { CollectRequest } from '../collect/collect-range.js';
import type { ExecutionSources } from '../collect/fetch-answers.js';
import { createPacer } from '../collect/pacer.js';
import { guardExecutions, guardLister, type Place, type PlaceFailures } from '../collect/place-failures.js';
import type { ExecutionSource, LinkSource, Progress, StartSource, UserNameSource } from '../collect/ports.js';
import { createAthenaApi } from '../sources/athena-api.js';
import { createAthenaCalls } from '../sources/athena-calls.js';
import { createAthenaLister } from '../sources/athena-lister.js';
import { createAthenaPacers } from '../sources/athena-pacers.js';
import { createQueryCalls, QUERY_CALLS_PER_SECOND } from '../sources/athena-query.js';
import { fallBack } from '../sources/fall-back.js';
import { createDescribeUser, createIdentityStore, IDENTITY_STORE_RATE_PER_SECOND } from '../sources/identity-store.js';
import { createLookupEvents, LOOKUP_RATE_PER_SECOND } from '../sources/lookup-events.js';
import { createLookupEventsPage, PACED_CLIENT } from '../sources/lookup-events-client.js';
import { createLookupLinks } from '../sources/lookup-links.js';
import { createSystemTable } from '../sources/system-table.js';
import type { AccountPlan } from './account-options.js';
import { type AwsAccount, planAwsAccounts } from './aws-accounts.js';
import type { Io } from './io.js';

/** What is read of AWS: each account and Region with clients, pacers and quotas of its own. */
export interface OpenedAccounts {
  readonly places: readonly Place[];
  readonly sources: readonly StartSource[];
  readonly linkSource: LinkSource;
  readonly userNames: UserNameSource;
  readonly executions: ExecutionSources;
  readonly listers: CollectRequest['listers'];
}

export interface AccountsRequest {
  readonly accounts: AccountPlan;
  readonly regions?: readonly string[];
  /** Further Regions whose STS your people use: the events that issue credentials are looked for there, too. */
  readonly linkRegions?: readonly string[];
  readonly profile?: string;
  /** Workgroup for queries of Athena's system table, the third witness; it is not asked without one. */
  readonly systemTable?: string | null;
  readonly progress: Progress;
  readonly failures: PlaceFailures;
}

/**
 * Opens the accounts: the caller's own, and those whose roles are assumed. With several accounts or Regions, one that fails is
 * noted and does not stop the others. Loads the AWS SDK: import it where AWS is asked.
 */
export async function openAccounts(request: AccountsRequest, io: Io): Promise<OpenedAccounts> {
  const { failures, linkRegions = [] } = request;
  const accounts = await planAwsAccounts(request, io);
  const common = { clock: io.clock, random: io.random };
  const places = accounts.flatMap((account) => account.regions.map((region) => ({ account, region })));
  const isOne = places.length === 1;
  const placeOf = ({ account, region }: { account: AwsAccount; region: string }): Place => ({
    accountId: account.accountId,
    region,
  });
  // Links are looked for where the query ran and where global STS events are recorded (fact sheet 1.3).
  const lookups = accounts.flatMap((account) =>
    [...new Set([...account.regions, ...linkRegions, 'us-east-1'])].map((region) => ({
      accountId: account.accountId,
      region,
      page: createLookupEventsPage(new CloudTrailClient({ ...account.config('CLOUDTRAIL', region), ...PACED_CLIENT })),
      pacer: createPacer({ ratePerSecond: LOOKUP_RATE_PER_SECOND, burst: 1, ...common }),
    })),
  );
  const isRead = (place: Place) =>
    places.some((one) => one.account.accountId === place.accountId && one.region === place.region);
  const athena = (account: AwsAccount, region: string) => ({
    calls: createAthenaCalls(new AthenaClient({ ...account.config('ATHENA', region), ...PACED_CLIENT })),
    pacers: createAthenaPacers(common),
    accountId: account.accountId,
    region,
    ...common,
  });
  // A trail shows queries of every Region: Athena is asked wherever one of these accounts ran some.
  const known = new Map<string, ExecutionSource>();
  const executions: ExecutionSources = (place) => {
    const account = accounts.find(({ accountId }) => accountId === place.accountId);
    if (!account) return null;
    const key = `${place.accountId} ${place.region}`;
    const source = known.get(key) ?? openExecutions(account, place);
    known.set(key, source);
    return source;
  };
  const tables = new Map<string, ReturnType<typeof createSystemTable>>();
  const tableOf = (account: AwsAccount, region: string) => {
    const { systemTable: workGroup } = request;
    if (!workGroup) return null;
    const key = `${account.accountId} ${region}`;
    const opened = tables.get(key);
    if (opened) return opened;
    const client = new AthenaClient({ ...account.config('ATHENA', region), ...PACED_CLIENT });
    const pacer = createPacer({ ratePerSecond: QUERY_CALLS_PER_SECOND, ...common });
    const runner = { calls: createQueryCalls(client), workGroup, pacer, ...common };
    const table = createSystemTable({ ...runner, accountId: account.accountId, region });
    tables.set(key, table);
    return table;
  };
  const openExecutions = (account: AwsAccount, place: Place) => {
    const api = createAthenaApi(athena(account, place.region));
    const table = isRead(place) ? tableOf(account, place.region) : null;
    const onFailure = (error: unknown) =>
      request.progress({
        kind: 'warning',
        message: `the system table of ${place.accountId} ${place.region} gives no texts: ${error instanceof Error ? error.message : String(error)}`,
      });
    const source = table ? fallBack(api, table.executions, onFailure) : api;
    return isOne && isRead(place) ? source : guardExecutions(source, place, failures);
  };
  const first = accounts[0];
  return {
    places: places.map(placeOf),
    sources: lookups.filter(isRead).map((place) => createLookupEvents({ ...place, ...common })),
    linkSource: createLookupLinks({
      accountId: accounts.length === 1 ? (first?.accountId ?? null) : null,
      regions: lookups,
      ...(isOne ? {} : { onFailure: (place, error) => failures.note(place, 'credential links', error) }),
      ...common,
    }),
    userNames: createIdentityStore({
      // Identity Center is asked with the first account's credentials: it lives in one account of an organization.
      regions: first
        ? [
            ...new Set(lookups.filter(({ accountId }) => accountId === first.accountId).map(({ region }) => region)),
          ].map((region) => ({
            region,
            describeUser: createDescribeUser(
              new IdentitystoreClient({ ...first.config('IDENTITYSTORE', region), ...PACED_CLIENT }),
            ),
            pacer: createPacer({ ratePerSecond: IDENTITY_STORE_RATE_PER_SECOND, burst: 1, ...common }),
          }))
        : [],
      accountId: first?.accountId ?? '',
      ...common,
      warn: (message) => request.progress({ kind: 'warning', message }),
    }),
    executions,
    listers: places.map((one) => {
      const place = placeOf(one);
      const lister = createAthenaLister(athena(one.account, one.region));
      const witness = tableOf(one.account, one.region);
      return { ...place, lister: isOne ? lister : guardLister(lister, place, failures), witness };
    }),
  };
}
