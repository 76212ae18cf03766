import type { STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../../ports/clock.js';
import { createAssumedRole, type RoleToAssume, type SessionCredentials } from './assumed-role.js';
import type { Place } from './place-failures.js';

/** What the SDK's clients are made with, as far as this project sets it. */
export interface ClientConfig {
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | (() => Promise<SessionCredentials>);
}

/** Services as in `AWS_ENDPOINT_URL_<SERVICE>`. */
export type AccountService = 'CLOUDTRAIL' | 'ATHENA' | 'GLUE' | 'IDENTITYSTORE';

/** An account to read, the Regions of it, and what clients of it are made with. */
export interface AwsAccount {
  readonly accountId: string;
  readonly regions: readonly string[];
  config(service: AccountService, region: string): ClientConfig;
}

/** An account that is read by a role of its own. */
export interface RoleAccount extends RoleToAssume {
  readonly accountId: string;
  /** Null: the Regions of the run. */
  readonly regions: readonly string[] | null;
}

/**
 * The accounts in order: the caller's own, then those of the roles. A role of the caller's own account takes its place.
 * `bare` makes clients without credentials, for the sessions of the roles.
 */
export function planAwsAccounts(request: {
  readonly own: AwsAccount;
  readonly includesOwn: boolean;
  readonly roles: readonly RoleAccount[];
  readonly sts: Pick<STSClient, 'send'>;
  readonly clock: Clock;
  readonly bare: (service: AccountService, region: string) => ClientConfig;
}): AwsAccount[] {
  const { own, includesOwn, roles, sts, clock, bare } = request;
  const byRole = roles.map((role): AwsAccount => {
    const credentials = createAssumedRole({ sts, role, clock });
    return {
      accountId: role.accountId,
      regions: role.regions ?? own.regions,
      config: (service, region) => ({ ...bare(service, region), credentials }),
    };
  });
  const isOwnByRole = roles.some(({ accountId }) => accountId === own.accountId);
  return [...(includesOwn && !isOwnByRole ? [own] : []), ...byRole];
}

/** Every account in every Region of it. */
export function placesOf(accounts: readonly AwsAccount[]): Place[] {
  return accounts.flatMap(({ accountId, regions }) => regions.map((region) => ({ accountId, region })));
}
