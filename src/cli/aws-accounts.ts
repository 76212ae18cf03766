import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { createAssumedRole } from '../sources/assumed-role.js';
import type { AccountPlan, RoleAccount } from './account-options.js';
import { type AwsConfig, type AwsService, awsConfig, checkProfile } from './aws-config.js';
import { UsageError } from './failure.js';
import type { Io } from './io.js';

/** An account with what its clients are made with. */
export interface AwsAccount {
  readonly accountId: string;
  readonly regions: readonly string[];
  config(service: AwsService, region: string): AwsConfig;
}

/** The accounts in order, each with its Regions and credentials. A role of the caller's own account takes its place. */
export async function planAwsAccounts(
  request: { readonly accounts: AccountPlan; readonly regions?: readonly string[]; readonly profile?: string },
  io: Io,
): Promise<AwsAccount[]> {
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
  const home = regions[0] ?? roles[0]?.regions?.[0] ?? 'us-east-1';
  const sts = new STSClient(awsConfig('STS', { ...aws, region: home }));
  const identity = await sts.send(new GetCallerIdentityCommand({}));
  const ownId = identity.Account ?? '';
  const byRole = (role: RoleAccount): AwsAccount => {
    const credentials = createAssumedRole({ sts, role, clock: io.clock });
    return {
      accountId: role.accountId,
      regions: role.regions ?? regions,
      config: (service, region) => ({ ...awsConfig(service, { ...aws, region, isBare: true }), credentials }),
    };
  };
  const own: AwsAccount = {
    accountId: ownId,
    regions,
    config: (service, region) => awsConfig(service, { ...aws, region }),
  };
  const isOwnByRole = roles.some(({ accountId }) => accountId === ownId);
  return [...(includesOwn && !isOwnByRole ? [own] : []), ...roles.map(byRole)];
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
