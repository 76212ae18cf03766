import { readFile } from 'node:fs/promises';
import type { AccountPlan } from '../../compose/open-accounts.js';
import { UsageError } from '../../compose/usage-error.js';
import type { RoleAccount } from '../../sources/accounts/aws-accounts.js';
import type { OptionsOf } from '../terminal/command-run.js';
import type { addRescue } from './commands-collect.js';

/** What the user typed about accounts. */
export type AccountArguments = Partial<
  Pick<OptionsOf<typeof addRescue>, 'accountRole' | 'externalId' | 'accounts' | 'ownAccount'>
>;

/**
 * Checks the options that say which accounts are read.
 * @throws UsageError naming the option or the entry of the file, the value and what is allowed
 */
export async function planAccounts(options: AccountArguments): Promise<AccountPlan> {
  const { accountRole = [], externalId = null, accounts, ownAccount = true } = options;
  if (externalId !== null && accountRole.length === 0)
    throw new UsageError('--external-id belongs to --account-role; in a file of --accounts each entry has its own');
  const roles = [
    ...accountRole.map((roleArn) => roleAccount({ role: roleArn, externalId }, `--account-role ${roleArn}`)),
    ...(accounts === undefined ? [] : await readAccounts(accounts)),
  ];
  if (!ownAccount && roles.length === 0)
    throw new UsageError('--no-own-account leaves no account to read: name others with --account-role or --accounts');
  const seen = new Set<string>();
  for (const { accountId } of roles) {
    if (seen.has(accountId))
      throw new UsageError(`account ${accountId} is named twice: give one role for each account`);
    seen.add(accountId);
  }
  return { includesOwn: ownAccount, roles };
}

async function readAccounts(path: string): Promise<RoleAccount[]> {
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`--accounts ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  const list = isObject(value) ? value.accounts : value;
  if (!Array.isArray(list) || list.length === 0)
    throw new UsageError(
      `--accounts ${path}: write a list of entries like "- role: arn:aws:iam::111122223333:role/athena-query-tracker"`,
    );
  return list.map((entry, index) => roleAccount(entry, `--accounts ${path}, entry ${index + 1}`));
}

const ROLE_ARN = /^arn:aws[\w-]*:iam::(\d{12}):role\/[\w+=,.@/-]{1,512}$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

function roleAccount(entry: unknown, where: string): RoleAccount {
  const { role, externalId = null, regions = null } = isObject(entry) ? entry : { role: entry };
  const accountId = typeof role === 'string' ? ROLE_ARN.exec(role)?.[1] : undefined;
  if (typeof role !== 'string' || accountId === undefined)
    throw new UsageError(
      `${where}: ${JSON.stringify(role)} is no role; write arn:aws:iam::<account>:role/<path and name>`,
    );
  if (externalId !== null && (typeof externalId !== 'string' || !EXTERNAL_ID.test(externalId)))
    throw new UsageError(
      `${where}: the external id ${JSON.stringify(externalId)} is not valid: use 2 to 1224 letters, digits and _+=,.@:/-`,
    );
  const isRegions =
    regions === null ||
    (Array.isArray(regions) && regions.length > 0 && regions.every((one) => REGION.test(String(one))));
  if (!isRegions)
    throw new UsageError(
      `${where}: regions is ${JSON.stringify(regions)}; write a list of Regions like [us-east-1, eu-west-1]`,
    );
  return { roleArn: role, accountId, externalId, regions: regions === null ? null : [...new Set(regions.map(String))] };
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
