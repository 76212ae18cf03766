import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { regionsAround } from '../athena/regions.js';
import type { AccountPlan } from '../cli/collect/account-options.js';
import { UsageError } from '../cli/terminal/failure.js';
import type { Io } from '../cli/terminal/io.js';
import type { Progress } from '../ports/progress.js';
import { openAthena } from '../sources/accounts/account-athena.js';
import { openLookups } from '../sources/accounts/account-lookups.js';
import { openUserNames } from '../sources/accounts/account-user-names.js';
import { type AwsAccount, placesOf, planAwsAccounts } from '../sources/accounts/aws-accounts.js';
import type { PlaceFailures } from '../sources/accounts/place-failures.js';
import { type ProbedRegion, probeRegions } from '../sources/accounts/probe-regions.js';
import { openLookupEventsPage } from '../sources/lookup/lookup-events-client.js';
import { awsConfig, checkProfile } from './aws-config.js';

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

/** Opens what is read of AWS, account by account, Region by Region. Loads the AWS SDK: import it where AWS is asked. */
export async function openAccounts(request: AccountsRequest, io: Io) {
  const accounts = await accountsOf(request, io);
  const warn = (message: string) => request.progress({ kind: 'warning', message });
  const common = { ...request, accounts, warn, clock: io.clock, random: io.random };
  return {
    places: placesOf(accounts),
    ...openLookups(common),
    ...openAthena(common),
    userNames: openUserNames(common),
  };
}

/** Puts the accounts together from options, environment and profile. */
async function accountsOf(request: AccountsRequest, io: Io): Promise<AwsAccount[]> {
  const aws = { env: io.env, ...(request.profile ? { profile: request.profile } : {}) };
  await checkProfile(aws);
  const { roles, includesOwn } = request.accounts;
  const needsRegions = includesOwn || roles.some(({ regions }) => regions === null);
  const regions =
    request.regions && request.regions.length > 0
      ? [...new Set(request.regions)]
      : needsRegions
        ? [await defaultRegion(new STSClient(awsConfig('STS', aws)))]
        : [];
  const isAll = regions.includes(ALL_REGIONS);
  const home = (isAll ? await homeRegion(aws) : regions[0]) ?? roles[0]?.regions?.[0] ?? 'us-east-1';
  const sts = new STSClient(awsConfig('STS', { ...aws, region: home }));
  const { Account: accountId = '' } = await sts.send(new GetCallerIdentityCommand({}));
  const accounts = planAwsAccounts({
    own: {
      accountId,
      regions: isAll ? regionsAround(home) : regions,
      config: (service, region) => awsConfig(service, { ...aws, region }),
    },
    includesOwn,
    roles,
    sts,
    clock: io.clock,
    bare: (service, region) => awsConfig(service, { ...aws, region, isBare: true }),
  });
  if (!isAll) return accounts;
  const listed = new Map(roles.map((role) => [role.accountId, role.regions]));
  return Promise.all(accounts.map((one) => (listed.get(one.accountId) ? one : withEnabledRegions(one, request, io))));
}

/** Stands for every Region that an account has enabled. */
const ALL_REGIONS = 'all';

/** Leaves the Regions that the account has not enabled, and, with a warning, those that nobody may ask. */
async function withEnabledRegions(account: AwsAccount, { progress }: AccountsRequest, io: Io): Promise<AwsAccount> {
  const { accountId, regions, config } = account;
  const pageOf = (region: string) => openLookupEventsPage(config('CLOUDTRAIL', region));
  const probed = await probeRegions({ ...io, regions, pageOf });
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
async function homeRegion(aws: Parameters<typeof awsConfig>[1]): Promise<string> {
  try {
    return await new STSClient(awsConfig('STS', aws)).config.region();
  } catch {
    return 'us-east-1';
  }
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
