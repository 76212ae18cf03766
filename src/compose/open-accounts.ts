import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { regionsAround } from '../athena/regions.js';
import type { Progress } from '../ports/progress.js';
import { openAthena } from '../sources/accounts/account-athena.js';
import { openLookups } from '../sources/accounts/account-lookups.js';
import { openUserNames } from '../sources/accounts/account-user-names.js';
import { type AwsAccount, placesOf, planAwsAccounts, type RoleAccount } from '../sources/accounts/aws-accounts.js';
import type { PlaceFailures } from '../sources/accounts/place-failures.js';
import { type ProbedRegion, probeRegions } from '../sources/accounts/probe-regions.js';
import { openLookupEventsPage } from '../sources/lookup/lookup-events-client.js';
import { type AwsOptions, awsConfig, checkProfile } from './aws-config.js';
import type { Machine } from './machine.js';
import { UsageError } from './usage-error.js';

/** The accounts to read. */
export interface AccountPlan {
  readonly includesOwn: boolean;
  readonly roles: readonly RoleAccount[];
}

/** The caller's own account, and no other. */
export const OWN_ACCOUNT: AccountPlan = { includesOwn: true, roles: [] };

export interface AccountsRequest {
  readonly accounts: AccountPlan;
  /** The caller's account, where it is known; STS is asked otherwise. */
  readonly ownAccountId?: string | undefined;
  /** Where STS is asked; the first Region that is read when absent. */
  readonly stsRegion?: string | undefined;
  readonly regions?: readonly string[] | undefined;
  /** Further Regions whose STS your people use: the events that issue credentials are looked for there, too. */
  readonly linkRegions?: readonly string[] | undefined;
  readonly profile?: string | undefined;
  /** Workgroup for queries of Athena's system table, the third witness; it is not asked without one. */
  readonly systemTable?: string | null;
  /** Whether the data catalogs are asked what tables are; absent: they are. */
  readonly catalog?: boolean | undefined;
  readonly progress: Progress;
  readonly failures: PlaceFailures;
}

/** Opens what is read of AWS, account by account, Region by Region. Loads the AWS SDK: import it where AWS is asked. */
export async function openAccounts(request: AccountsRequest, machine: Machine) {
  const accounts = await accountsOf(request, machine);
  const { failures, systemTable = null, catalog = true, linkRegions = [], progress } = request;
  const warn = (message: string) => progress({ kind: 'warning', message });
  const { clock, random } = machine;
  const common = { accounts, failures, systemTable, catalog, linkRegions, warn, clock, random };
  return {
    places: placesOf(accounts),
    ...openLookups(common),
    ...openAthena(common),
    userNames: openUserNames(common),
  };
}

/** Puts the accounts together from options, environment and profile. */
async function accountsOf(request: AccountsRequest, machine: Machine): Promise<AwsAccount[]> {
  const aws = { env: machine.env, profile: request.profile };
  await checkProfile(aws);
  const { roles, includesOwn } = request.accounts;
  const needsRegions = includesOwn || roles.some(({ regions }) => regions === null);
  const regions =
    request.regions && request.regions.length > 0
      ? [...new Set(request.regions)]
      : needsRegions
        ? [await defaultRegion(aws)]
        : [];
  const isAll = regions.includes(ALL_REGIONS);
  const home = (isAll ? await homeRegion(aws) : regions[0]) ?? roles[0]?.regions?.[0] ?? 'us-east-1';
  const sts = new STSClient(awsConfig('STS', { ...aws, region: request.stsRegion ?? home }));
  const accountId = request.ownAccountId ?? (await sts.send(new GetCallerIdentityCommand({}))).Account ?? '';
  const accounts = planAwsAccounts({
    own: {
      accountId,
      regions: isAll ? regionsAround(home) : regions,
      config: (service, region) => awsConfig(service, { ...aws, region }),
    },
    includesOwn,
    roles,
    sts,
    clock: machine.clock,
    bare: (service, region) => awsConfig(service, { ...aws, region, isBare: true }),
  });
  if (!isAll) return accounts;
  const listed = new Map(roles.map((role) => [role.accountId, role.regions]));
  const all = accounts.map((one) => (listed.get(one.accountId) ? one : withEnabledRegions(one, request, machine)));
  return Promise.all(all);
}

/** Stands for every Region that an account has enabled. */
const ALL_REGIONS = 'all';

/** Leaves the Regions that the account has not enabled, and, with a warning, those that nobody may ask. */
async function withEnabledRegions(
  account: AwsAccount,
  { progress }: AccountsRequest,
  machine: Machine,
): Promise<AwsAccount> {
  const { accountId, regions, config } = account;
  const pageOf = (region: string) => openLookupEventsPage(config('CLOUDTRAIL', region));
  const probed = await probeRegions({ ...machine, regions, pageOf });
  const denied = probed.filter(({ outcome }) => outcome === 'denied').map(({ region }) => region);
  if (denied.length > 0) {
    const message = `${accountId}: cloudtrail:LookupEvents is denied in ${denied.join(', ')}: these Regions are not read`;
    progress({ kind: 'warning', message });
  }
  const isRead = ({ outcome }: ProbedRegion) => outcome !== 'not-enabled' && outcome !== 'denied';
  const read = probed.filter(isRead).map(({ region }) => region);
  // Where nothing can be asked of an account, reading it fails, and says why.
  return { ...account, regions: read.length > 0 ? read : regions.slice(0, 1) };
}

/** The Region of environment or profile, whose partition is read; us-east-1 where none is set. */
async function homeRegion(aws: AwsOptions): Promise<string> {
  try {
    return await new STSClient(awsConfig('STS', aws)).config.region();
  } catch {
    return 'us-east-1';
  }
}

/** @throws UsageError where neither environment nor profile has one; it names the option that gives one */
export async function defaultRegion(aws: AwsOptions, option = '--region'): Promise<string> {
  try {
    return await new STSClient(awsConfig('STS', aws)).config.region();
  } catch (error) {
    throw new UsageError(`no AWS Region: give ${option}, or set AWS_REGION, or a region in the profile`, {
      cause: error,
    });
  }
}
