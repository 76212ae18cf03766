import type { CollectRequest } from '../collect/collect-range.js';
import type { ExecutionSources } from '../collect/fetch-answers.js';
import { createPacer } from '../collect/pacer.js';
import { guardExecutions, guardLister, type Place, type PlaceFailures } from '../collect/place-failures.js';
import type { ExecutionSource, LinkSource, Progress, StartSource, UserNameSource } from '../collect/ports.js';
import type { AccountPlan, RoleAccount } from './account-options.js';
import { type AwsConfig, type AwsService, awsConfig, checkProfile } from './aws-config.js';
import { UsageError } from './failure.js';
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
  readonly progress: Progress;
  readonly failures: PlaceFailures;
}

/** An account with what its clients are made with. */
interface Account {
  readonly accountId: string;
  readonly regions: readonly string[];
  config(service: AwsService, region: string): AwsConfig;
}

/**
 * Opens the accounts: the caller's own, and those whose roles are assumed. With several accounts or Regions, one that fails
 * is noted and does not stop the others.
 */
export async function openAccounts(request: AccountsRequest, io: Io): Promise<OpenedAccounts> {
  const { failures, linkRegions = [] } = request;
  const accounts = await planClients(request, io);
  const modules = await loadSources();
  const common = { clock: io.clock, random: io.random };
  const places = accounts.flatMap((account) => account.regions.map((region) => ({ account, region })));
  const isOne = places.length === 1;
  const placeOf = ({ account, region }: { account: Account; region: string }): Place => ({
    accountId: account.accountId,
    region,
  });
  // Links are looked for where the query ran and where global STS events are recorded (fact sheet 1.3).
  const lookups = accounts.flatMap((account) =>
    [...new Set([...account.regions, ...linkRegions, 'us-east-1'])].map((region) => ({
      accountId: account.accountId,
      region,
      page: modules.createLookupEventsPage(
        new modules.CloudTrailClient({ ...account.config('CLOUDTRAIL', region), ...modules.PACED_CLIENT }),
      ),
      pacer: createPacer({ ratePerSecond: modules.LOOKUP_RATE_PER_SECOND, burst: 1, ...common }),
    })),
  );
  const isRead = (place: Place) =>
    places.some((one) => one.account.accountId === place.accountId && one.region === place.region);
  const athena = (account: Account, region: string) => ({
    calls: modules.createAthenaCalls(
      new modules.AthenaClient({ ...account.config('ATHENA', region), ...modules.PACED_CLIENT }),
    ),
    pacers: modules.createAthenaPacers(common),
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
  const openExecutions = (account: Account, place: Place) => {
    const source = modules.createAthenaApi(athena(account, place.region));
    return isOne && isRead(place) ? source : guardExecutions(source, place, failures);
  };
  const first = accounts[0];
  return {
    places: places.map(placeOf),
    sources: lookups.filter(isRead).map((place) => modules.createLookupEvents({ ...place, ...common })),
    linkSource: modules.createLookupLinks({
      accountId: accounts.length === 1 ? (first?.accountId ?? null) : null,
      regions: lookups,
      ...(isOne ? {} : { onFailure: (place, error) => failures.note(place, 'credential links', error) }),
      ...common,
    }),
    userNames: modules.createIdentityStore({
      // Identity Center is asked with the first account's credentials: it lives in one account of an organization.
      regions: first
        ? [
            ...new Set(lookups.filter(({ accountId }) => accountId === first.accountId).map(({ region }) => region)),
          ].map((region) => ({
            region,
            describeUser: modules.createDescribeUser(
              new modules.IdentitystoreClient({ ...first.config('IDENTITYSTORE', region), ...modules.PACED_CLIENT }),
            ),
            pacer: createPacer({ ratePerSecond: modules.IDENTITY_STORE_RATE_PER_SECOND, burst: 1, ...common }),
          }))
        : [],
      accountId: first?.accountId ?? '',
      ...common,
      warn: (message) => request.progress({ kind: 'warning', message }),
    }),
    executions,
    listers: places.map((one) => {
      const place = placeOf(one);
      const lister = modules.createAthenaLister(athena(one.account, one.region));
      return { ...place, lister: isOne ? lister : guardLister(lister, place, failures) };
    }),
  };
}

/** The accounts in order, each with its Regions and credentials. A role of the caller's own account takes its place. */
async function planClients(request: AccountsRequest, io: Io): Promise<Account[]> {
  const aws = { env: io.env, ...(request.profile ? { profile: request.profile } : {}) };
  await checkProfile(aws);
  const [{ STSClient, GetCallerIdentityCommand }, { createAssumedRole }] = await Promise.all([
    import('@aws-sdk/client-sts'),
    import('../sources/assumed-role.js'),
  ]);
  const { roles, includesOwn } = request.accounts;
  const needsRegions = includesOwn || roles.some(({ regions }) => regions === null);
  const regions =
    request.regions && request.regions.length > 0
      ? [...new Set(request.regions)]
      : needsRegions
        ? [await defaultRegion(new STSClient(awsConfig('STS', aws)))]
        : [];
  const home = regions[0] ?? roles[0]?.regions?.[0] ?? 'us-east-1';
  const sts = new STSClient(awsConfig('STS', { ...aws, region: home }));
  const identity = await sts.send(new GetCallerIdentityCommand({}));
  const ownId = identity.Account ?? '';
  const byRole = (role: RoleAccount): Account => {
    const credentials = createAssumedRole({ sts, role, clock: io.clock });
    return {
      accountId: role.accountId,
      regions: role.regions ?? regions,
      config: (service, region) => ({ ...awsConfig(service, { ...aws, region, isBare: true }), credentials }),
    };
  };
  const own: Account = {
    accountId: ownId,
    regions,
    config: (service, region) => awsConfig(service, { ...aws, region }),
  };
  const isOwnByRole = roles.some(({ accountId }) => accountId === ownId);
  return [...(includesOwn && !isOwnByRole ? [own] : []), ...roles.map(byRole)];
}

/** The AWS SDK, and what is built on it, is loaded when AWS is asked for something. */
async function loadSources() {
  const [cloudTrail, athena, identityStore, events, page, links, names, api, calls, lister, pacers] = await Promise.all(
    [
      import('@aws-sdk/client-cloudtrail'),
      import('@aws-sdk/client-athena'),
      import('@aws-sdk/client-identitystore'),
      import('../sources/lookup-events.js'),
      import('../sources/lookup-events-client.js'),
      import('../sources/lookup-links.js'),
      import('../sources/identity-store.js'),
      import('../sources/athena-api.js'),
      import('../sources/athena-calls.js'),
      import('../sources/athena-lister.js'),
      import('../sources/athena-pacers.js'),
    ],
  );
  return {
    ...{ CloudTrailClient: cloudTrail.CloudTrailClient, AthenaClient: athena.AthenaClient },
    IdentitystoreClient: identityStore.IdentitystoreClient,
    ...events,
    ...page,
    ...links,
    ...names,
    ...api,
    ...calls,
    ...lister,
    ...pacers,
  };
}

async function defaultRegion(client: { readonly config: { region(): Promise<string> } }): Promise<string> {
  try {
    return await client.config.region();
  } catch (error) {
    throw new UsageError('no AWS Region: give --region, or set AWS_REGION, or a region in the profile', {
      cause: error,
    });
  }
}
